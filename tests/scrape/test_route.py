"""`/snmp` answers and refuses as snmp_exporter does, and keeps the inventory's secrets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI

from collector.modules.request import Request
from collector.snmp.engine import Found
from collector.snmp.repeat import Steps
from collector.snmp.target import Target
from configs.credentials import SnmpCredential, Version
from configs.inventory import Inventory, Node
from exporters.api import snmp
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.errors import ScrapeError
from exporters.program import program_registry
from exporters.snmp.logins import Logins
from exporters.snmp.scrape import DeviceScraper, Scrape
from tests.exporters.daemon import Daemon
from tests.scrape.material import INTERFACES, MODULES, Device

OPEN = SnmpCredential("lab", Version.V2C, "everybody")
RESERVED = SnmpCredential("wan", Version.V2C, "secret-community")
INVENTORY = Inventory({}, {}, {"hub": Node("hub", "s", "10.1.0.1", credential="wan")})


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
async def http(device: Device) -> AsyncIterator[httpx.AsyncClient]:
    logins = Logins({"lab": OPEN}, {"wan": RESERVED}, INVENTORY)
    app = snmp.SnmpRoute(FastAPI(), DeviceScraper(device, MODULES, logins))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_a_scrape_is_text_with_the_modules_and_its_own_metrics(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/snmp?target=10.0.0.1")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.split("\n")
    assert 'ifInOctets{ifDescr="Gi0/1 \\"Hà Nội\\"",ifIndex="2"} 200' in lines
    assert 'ifInOctets{ifDescr="lo",ifIndex="1"} 5' in lines
    assert "sysUpTime 4711" in lines
    assert "# TYPE ifInOctets counter" in lines
    assert 'snmp_scrape_packets_sent{module="if_mib"} 3' in lines
    assert 'snmp_scrape_packets_retried{module="if_mib"} 1' in lines
    assert 'snmp_scrape_pdus_returned{module="if_mib"} 5' in lines
    assert any(line.startswith("snmp_scrape_duration_seconds{") for line in lines)
    assert any(line.startswith("snmp_scrape_walk_duration_seconds{") for line in lines)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "'target' parameter must be specified once"),
        ("target=", "'target' parameter must be specified once"),
        ("target=a&target=b", "'target' parameter must be specified once"),
        ("target=a&auth=x&auth=y", "'auth' parameter must only be specified once"),
        ("target=a&module=,", "'module' parameter must contain at least one module name"),
        ("target=a&module=nonsense", "Unknown module 'nonsense'"),
        ("target=a&auth=nonsense", "Unknown auth 'nonsense'"),
        (
            "target=a&snmp_engineid=nonsense",
            "'snmp_engineid' parameter must be 5 to 32 octets in hexadecimal",
        ),
        (
            f"target=a&snmp_context={'x' * 256}",
            "'snmp_context' parameter may have 255 octets at most",
        ),
        (
            "target=a&snmp_context=x&snmp_context=y",
            "'snmp_context' parameter must only be specified once",
        ),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_the_words_of_the_original(
    http: httpx.AsyncClient, device: Device, query: str, reason: str
) -> None:
    answer = await http.get(f"/snmp?{query}")
    assert (answer.status_code, answer.text) == (400, f"{reason}\n")
    assert not device.asked


async def test_a_device_that_gives_nothing_is_an_error_500_that_says_why(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/snmp?target=10.0.0.1&module=silent")
    assert answer.status_code == 500
    assert answer.text.startswith("An error has occurred while serving metrics:\n\n")
    assert 'constLabels: {module="silent"}' in answer.text
    assert "no answer to 4 requests" in answer.text


async def test_of_several_modules_those_that_answer_are_shown(
    http: httpx.AsyncClient, device: Device
) -> None:
    answer = await http.get("/snmp?target=10.0.0.1&module=silent,if_mib&module=if_mib")
    assert answer.status_code == 200
    assert "sysUpTime 4711" in answer.text
    assert len(device.asked) == 2


async def test_a_reserved_credential_is_sent_to_its_own_nodes_only(
    http: httpx.AsyncClient, device: Device
) -> None:
    refused = await http.get("/snmp?target=10.0.0.9&auth=wan")
    assert refused.status_code == 400
    assert "secret-community" not in refused.text
    other_port = await http.get("/snmp?target=10.1.0.1:9999&auth=wan")
    assert other_port.status_code == 400
    assert not device.asked
    assert (await http.get("/snmp?target=10.1.0.1&auth=wan")).status_code == 200
    assert device.asked[0].credential is RESERVED


async def test_without_auth_a_node_is_asked_with_its_own_and_a_stranger_with_public(
    http: httpx.AsyncClient, device: Device
) -> None:
    await http.get("/snmp?target=10.1.0.1")
    await http.get("/snmp?target=10.9.9.9:1161")
    await http.get("/snmp?target=10.9.9.9&auth=lab&snmp_context=vrf-a&snmp_engineid=0x8000000001")
    node, stranger, named = device.asked
    assert node.credential.community == "secret-community"
    assert (stranger.credential.community, stranger.port) == ("public", 1161)
    assert (named.credential.community, named.credential.context) == ("everybody", "vrf-a")
    assert named.credential.context_engine == bytes.fromhex("8000000001")


@pytest.mark.parametrize(
    ("header", "patience_s"),
    [(b"10", 9.75), (b"0.1", 0.1), (b"", 120), (b"x", 120), (b"-1", 120), (b"nan", 120)],
)
def test_an_answer_is_there_before_prometheus_gives_up(header: bytes, patience_s: float) -> None:
    assert snmp.patience_s(header) == patience_s


async def test_a_large_answer_is_sent_packed(http: httpx.AsyncClient) -> None:
    answer = await http.get("/snmp?target=10.0.0.1", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "sysUpTime 4711" in answer.text


async def test_the_daemons_own_metrics_count_scrapes_under_the_names_of_the_original(
    daemon: Daemon, device: Device
) -> None:
    devices = DeviceScraper(device, MODULES, Logins({}))
    registry = program_registry([])
    app = create_app(daemon, access=Access(token="x" * 16), registry=registry, devices=devices)
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer " + "x" * 16}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/snmp?target=10.0.0.1")).status_code == 401
        await client.get("/snmp?target=10.0.0.1", headers=headers)
        await client.get("/snmp?target=10.0.0.1&module=x", headers=headers)
        text = (await client.get("/metrics", headers=headers)).text
    app.state.scraper.close()
    assert "snmp_packets_total 3.0\n" in text
    assert "snmp_packet_retries_total 1.0\n" in text
    assert "snmp_request_errors_total 1.0\n" in text
    assert "snmp_request_in_flight 0.0\n" in text
    assert 'snmp_collection_duration_seconds_count{module="if_mib"} 1.0\n' in text


@pytest.fixture
async def guarded(daemon: Daemon, device: Device) -> AsyncIterator[httpx.AsyncClient]:
    devices = DeviceScraper(device, MODULES, Logins({}))
    app = create_app(daemon, access=Access(), registry=program_registry([]), devices=devices)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client
    app.state.scraper.close()


async def test_the_gate_stands_before_it(guarded: httpx.AsyncClient, device: Device) -> None:
    foreign = await guarded.get("/snmp?target=10.0.0.1", headers={"host": "evil.example"})
    assert foreign.status_code == 421
    form = await guarded.post("/snmp?target=10.0.0.1", data={"a": "b"})
    assert form.status_code == 415
    assert not device.asked


async def test_it_is_asked_by_get_or_head_and_by_nothing_else(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.head("/snmp?target=10.0.0.1")).status_code == 200
    answer = await guarded.post("/snmp?target=10.0.0.1", json={})
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await guarded.get("/snmp/")).status_code == 404


async def test_an_error_of_the_program_itself_is_told_without_its_reason(
    guarded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporters.api.snmp.wanted", lambda _: 1 / 0)
    answer = await guarded.get("/snmp?target=10.0.0.1")
    assert answer.status_code == 500
    assert "its log has the details" in answer.json()["detail"]
    assert "division" not in answer.text


async def test_the_document_of_the_api_describes_it(guarded: httpx.AsyncClient) -> None:
    told = (await guarded.get("/openapi.json")).json()
    OpenAPI.model_validate(told)
    names = {each["name"] for each in told["paths"]["/snmp"]["get"]["parameters"]}
    assert names == {"target", "module", "auth", "snmp_context", "snmp_engineid"}


async def test_a_scrape_that_takes_too_long_ends_with_what_there_is() -> None:
    class Slow(Device):
        async def read(self, target: Target, request: Request, steps: Steps | None = None) -> Found:
            if self.asked:
                await asyncio.Event().wait()
            return await super().read(target, request, steps)

    modules = {name: replace(INTERFACES, name=name) for name in ("a", "b")}
    devices = DeviceScraper(Slow(), modules, Logins({}))
    text = await devices.scrape(Scrape("10.0.0.1", ("a", "b")), patience_s=0.05)
    assert b'snmp_scrape_pdus_returned{module="a"}' in text
    with pytest.raises(ScrapeError, match="possible timeout"):
        await devices.scrape(Scrape("10.0.0.1", ("b",)), patience_s=0.05)
    assert devices.figures.in_flight == 0
