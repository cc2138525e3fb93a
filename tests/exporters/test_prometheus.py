"""What Prometheus itself makes of `/metrics` and `/sd`."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from collector.failure import Failure
from collector.icmp.engine import IcmpStats
from collector.sample import Layout, PollFailed, Readings, Series
from collector.schedule import ScheduleStats
from collector.snmp.stats import SnmpStats
from configs.modulefile import built_in_modules
from configs.settings import Http, Polling, Secret, Settings
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import Served, serve
from exporters.exposition import Format
from exporters.fleet import Fleet
from exporters.generate import prometheus
from exporters.program import DAEMON, ICMP, MEMORY, SCHEDULE, SNMP, DaemonStats, program_registry
from tests.exporters.daemon import Daemon, hub_cut
from tests.exporters.test_vitals import NODE, of_ups, polled

TOKEN = "t0ken-of-sixteen-and-more"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"{program} is missing: apt install prometheus"
    )


def app_of(daemon: Daemon, access: Access) -> FastAPI:
    """With every source of metrics that the daemon has."""
    registry = program_registry(
        [
            (SnmpStats, SNMP),
            (IcmpStats, ICMP),
            (ScheduleStats, SCHEDULE),
            (DaemonStats, DAEMON),
            (lambda: daemon.series.stats, MEMORY),
        ]
    )
    fleet = Fleet(built_in_modules().values())
    return create_app(daemon, access=access, registry=registry, fleet=fleet)


@pytest.fixture
async def full_app(daemon: Daemon) -> AsyncIterator[FastAPI]:
    made = app_of(daemon, Access())
    yield made
    made.state.scraper.close()


@pytest.fixture
async def served(daemon: Daemon) -> AsyncIterator[Served]:
    """With a token."""
    app = app_of(daemon, Access(TOKEN, loopback_only=False))
    async with serve(app, Http(port=0)) as made:
        yield made


@needs("promtool")
@pytest.mark.parametrize(
    ("query", "ours_alone"),
    [
        ("", False),
        ("?province=66", False),
        ("?scope=country", True),
        ("?scope=own", True),
        ("?scope=own&province=66", True),
    ],
)
async def test_promtool_finds_nothing_to_say(
    full_app: FastAPI, daemon: Daemon, query: str, ours_alone: bool
) -> None:
    with_a_ups_and_a_failed_poll(daemon)
    daemon.publish(hub_cut(daemon.present))
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        text = (await client.get(f"/metrics{query}")).content
    lint = await asyncio.create_subprocess_exec(
        "promtool", "check", "metrics", stdin=-1, stdout=-1, stderr=-1
    )
    out, err = await lint.communicate(text)
    # Names that the devices' MIBs gave are not ours to change (docs/decisions/device-names.md).
    foreign = re.compile(
        r"(if|sys|ip|snmp|ent|ups)\w* (metric|label) names should be written in 'snake_case' not"
        r" 'camelCase'|(if|ip)\w* counter metrics should have \"_total\" suffix"
    )
    said = [line for line in (out + err).decode().splitlines() if not foreign.fullmatch(line)]
    assert said == []
    assert b"wanwatch_" in text
    assert (lint.returncode == 0) is ours_alone


def with_a_ups_and_a_failed_poll(daemon: Daemon) -> None:
    """One node tells of its UPS, by vital signs and by the module `ups`; another is mute."""
    daemon.series.put(polled((418, 5, 40), of_ups()))
    battery = Layout("ups", (Series("upsOutputSource"), Series("upsSecondsOnBattery")), ())
    daemon.series.put(Readings(NODE, 80.0, 0.1, battery, (5.0, 60.0), ()))
    daemon.series.put_failed(PollFailed("cpe-2", 80.0, "wan", Failure.TIMEOUT))
    daemon.series.tick(91.0)


async def test_the_whole_fleet_is_had_without_the_devices_own_series(
    full_app: FastAPI, daemon: Daemon
) -> None:
    with_a_ups_and_a_failed_poll(daemon)
    daemon.publish(hub_cut(daemon.present))
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        everything, own, of_one = [
            (await client.get(f"/metrics{query}")).text.splitlines()
            for query in ("", "?scope=own", "?scope=own&province=66")
        ]
    foreign = re.compile(r"(# (HELP|TYPE) )?(if|ip|sys|snmpEngine|ups)[A-Z]")
    devices = [line for line in everything if foreign.match(line)]
    assert any("upsOutputSource" in line for line in devices)
    kept = [line.rpartition(" ")[0] for line in everything if line not in devices]
    assert [line.rpartition(" ")[0] for line in own] == kept
    for family in ("sensor_status", "outage_sites_hurt", "node_poll_success", "country_coverage"):
        assert any(f"wanwatch_{family}" in line for line in own)
    assert not any(foreign.match(line) or 'province="01"' in line for line in of_one)
    assert any(line.startswith("wanwatch_cpu_usage_ratio{") for line in of_one)


@needs("prometheus")
async def test_a_real_prometheus_scrapes_every_province_without_a_warning(
    served: Served, daemon: Daemon, tmp_path: Path
) -> None:
    """By the configuration that `wanwatch generate prometheus` writes."""
    daemon.publish(hub_cut(daemon.present))
    (tmp_path / "token").write_text(f"{TOKEN}\n", "utf-8")
    http = Http(port=served.port, token=Secret(file=tmp_path / "token"))
    settings = Settings(inventory=[], http=http, polling=Polling(counters_interval_s=1))
    written = prometheus(settings, daemon.present.inventory)
    (tmp_path / "prometheus.yml").write_text(written, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (tmp_path / "log").open("wb") as log:
        server = await asyncio.create_subprocess_exec(
            "prometheus",
            f"--config.file={tmp_path / 'prometheus.yml'}",
            f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address={address}",
            "--log.level=warn",
            stdout=log,
            stderr=log,
        )
        try:
            async with asyncio.timeout(15), httpx.AsyncClient(base_url=f"http://{address}") as api:
                up = await until(api, "up", 3)
                # A second round, so that a clash between rounds would have shown.
                daemon.publish(replace(daemon.present, sequence=3))
                await until(api, "count_over_time(up[1m]) > 1", 3)
                states = await query(api, 'wanwatch_node_state{state="UNREACHABLE"} == 1')
                octets = await query(api, 'ifHCInOctets{node="cpe-1",ifName="ifName-1"}')
                own = await query(api, "wanwatch_snmp_refused_total")
            said = (tmp_path / "log").read_text("utf-8")
        finally:
            server.terminate()
            await server.wait()
    assert {sample["metric"]["instance"].partition("/")[2] for sample in up} == {"", "01", "66"}
    assert {sample["value"][1] for sample in up} == {"1"}
    assert {sample["metric"]["node"] for sample in states} == {"cpe-1", "cpe-2"}
    assert {float(sample["value"][1]) for sample in octets} == {2.0**40 + 70_000}
    assert {"mac_wrong", "source"} <= {sample["metric"]["reason"] for sample in own}
    assert said == ""


async def query(api: httpx.AsyncClient, expression: str) -> list[dict[str, Any]]:
    answer = await api.get("/api/v1/query", params={"query": expression})
    found: list[dict[str, Any]] = answer.json()["data"]["result"]
    return found


async def until(api: httpx.AsyncClient, expression: str, count: int) -> list[dict[str, Any]]:
    """What `expression` gives once it has `count` results, all of them true."""
    while True:
        try:
            found = await query(api, expression)
        except (httpx.TransportError, ValueError, KeyError):  # it is still starting
            found = []
        if len(found) >= count and all(sample["value"][1] != "0" for sample in found):
            return found
        await asyncio.sleep(0.1)


async def test_formats_are_negotiated_and_both_end_as_they_should(full_app: FastAPI) -> None:
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        plain = await client.get("/metrics")
        accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
        modern = await client.get("/metrics", headers={"accept": accept})
    assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert modern.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert modern.content.endswith(b"\n# EOF\n")
    assert b"\n\n" not in modern.content
    assert b"# EOF" not in plain.content
    for text in (plain.content, modern.content):
        heads = [line for line in text.splitlines() if line.startswith(b"# TYPE")]
        assert len(heads) == len(set(heads))


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/plain; version=0.0.4"),
        ("*/*", "text/plain; version=0.0.4"),
        ("text/plain;version=1.0.0;escaping=allow-utf-8", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=2.0.0", "application/openmetrics-text; version=1."),
        ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0"),
        ("application/openmetrics-text;version=new", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=0.0.1", "text/plain; version=0.0.4"),
        (f"{OPENMETRICS}, text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "application/openmetrics"),
        (f"text/plain;version=0.0.4;q=0.2, {OPENMETRICS};q=0.5", "application/openmetrics-text"),
        (f"text/plain;version=0.0.4;q=0.5, {OPENMETRICS};q=0.4, */*;q=0.3", "text/plain"),
        (f"{OPENMETRICS};q=0", "text/plain; version=0.0.4"),
        (f"{OPENMETRICS};q=much", "text/plain; version=0.0.4"),
    ],
)
async def test_any_accept_header_gets_a_format_that_is_spoken_here(
    full_app: FastAPI, accept: str, content_type: str
) -> None:
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/metrics?scope=country", headers={"accept": accept})
    assert answer.headers["content-type"].startswith(content_type)


async def test_one_tick_has_one_answer_and_the_next_a_new_one(
    full_app: FastAPI, daemon: Daemon
) -> None:
    scraper, calls = full_app.state.scraper, []
    render = scraper._fleet.render

    def counted(*args: Any, **options: Any) -> Any:
        calls.append(args[2])
        return render(*args, **options)

    scraper._fleet.render = counted
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        first, second = await asyncio.gather(client.get("/metrics"), client.get("/metrics"))
        assert first.headers["content-encoding"] == "gzip"
        assert first.content == second.content
        assert calls == [Format.TEXT]
        daemon.publish(replace(hub_cut(daemon.present)))
        third = await client.get("/metrics")
    assert len(calls) == 2
    assert third.content != first.content


async def test_an_unknown_province_is_a_404(full_app: FastAPI) -> None:
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/metrics?province=99")).status_code == 404


async def test_service_discovery_names_each_target_by_itself(full_app: FastAPI) -> None:
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:9464") as client:
        groups = (await client.get("/sd")).json()
    assert [group["targets"] for group in groups] == [["localhost:9464"]] * 3
    labels = [group["labels"] for group in groups]
    assert labels[0]["__param_scope"] == "country"
    assert labels[2]["__param_province"] == "66"
    assert len({label["instance"] for label in labels}) == 3


async def test_service_discovery_offers_our_own_families_as_one_target(full_app: FastAPI) -> None:
    transport = httpx.ASGITransport(full_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:9464") as client:
        (group,) = (await client.get("/sd?scope=own")).json()
        assert (await client.get("/sd?scope=country")).status_code == 422
    assert group["targets"] == ["localhost:9464"]
    assert group["labels"] == {
        "__scheme__": "http",
        "__metrics_path__": "/metrics",
        "__param_scope": "own",
        "instance": "localhost:9464",
    }
