"""What the API tells of one node."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from collector.sample import Facts, Failure, Layout, PollFailed, Readings, Series
from store.record import Record
from store.series import SeriesMemory
from tests.exporters.daemon import NOW, Daemon, country, hub_cut
from tests.exporters.test_vitals import of_ups
from tests.exporters.test_vitals import polled as vitals_polled
from topology.identity import NodeIdentity, Sighting
from topology.state import NodeState


async def test_a_node_is_shown_with_its_interfaces_and_its_last_hour(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    detail = (await http.get("/api/v1/nodes/cpe-1")).json()
    assert detail["interfaces"][0]["in_bps"] == 8000
    assert detail["interfaces"][0]["name"] == "ifName-1"
    assert detail["version"] == "15.2(4)M"
    assert detail["uptime_s"] == 70
    assert detail["polled_at"] == "2026-01-31T07:59:40Z"
    assert detail["rtt_history"]["end"] == "2026-01-31T08:00:00Z"
    assert detail["rtt_history"]["values"][-1] == pytest.approx(0.012, rel=0.004)
    assert detail["rtt_history"]["values"][0] is None
    assert detail["in_history"]["values"][-1] == 16_000
    assert [link["id"] for link in detail["links"]] == ["l-1"]


@pytest.mark.parametrize(
    ("object_id", "vendor"),
    [
        ("1.3.6.1.4.1.9.1.1", "Cisco"),
        ("1.3.6.1.4.1." + "9" * 5000, ""),
        ("1.3.6.1.4.1.", ""),
        ("x", ""),
    ],
)
async def test_whatever_a_node_says_that_it_is_it_can_be_shown(
    http: httpx.AsyncClient, daemon: Daemon, object_id: str, vendor: str
) -> None:
    told = Layout("system", (), (Series("sysObjectID"),))
    daemon.series.put(Readings("cpe-1", 85.0, 0.1, told, (), (object_id,)))
    daemon.series.tick(90.0)
    assert (await http.get("/api/v1/nodes/cpe-1")).json()["vendor"] == vendor


async def test_a_node_is_shown_with_what_it_is_and_was_and_how_it_feels(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    now = NodeIdentity("Cisco", "iosxe", "ISR4321/K9", "17.9.5a", "FDO1")
    past = (
        Sighting("cpe-1", replace(now, version="17.9.4a"), NOW - timedelta(days=9), NOW),
        Sighting("cpe-1", now, NOW - timedelta(days=1), NOW),
    )
    await daemon.store.commit(Record(sightings=past))
    daemon.series.put_identities((await daemon.store.identities()).values())
    readings = vitals_polled((235, 5, 40), of_ups())
    daemon.series.put(replace(readings, at=85.0))
    daemon.series.tick(90.0)
    detail = (await http.get("/api/v1/nodes/cpe-1")).json()
    told = [detail[key] for key in ("vendor", "os", "hardware", "version", "serial")]
    assert told == ["Cisco", "iosxe", "ISR4321/K9", "17.9.5a", "FDO1"]
    assert [seen["version"] for seen in detail["identities"]] == ["17.9.5a", "17.9.4a"]
    assert detail["identities"][0]["first_seen"] == "2026-01-30T08:00:00Z"
    warm, output, cpu = detail["vitals"]
    assert warm == {
        "metric": "wanwatch_sensor_temperature_celsius",
        "oid": "1.3.6.1.4.1.1.1.0",
        "name": "Tủ máy",
        "value": 23.5,
        "state": "",
        "ok": None,
    }
    assert (output["value"], output["state"], output["ok"]) == (5, "onBattery", False)
    assert cpu["value"] == 0.4
    daemon.series.tick(120.0)
    answer = await http.get(
        "/api/v1/nodes/cpe-1/history", params={"metric": warm["metric"], "index": warm["oid"]}
    )
    assert answer.json()["values"][-1] == pytest.approx(23.5, rel=0.004)


async def test_a_node_without_snmp_tells_what_its_command_line_said(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    series = SeriesMemory(country())
    facts = Facts("cpe-1", 10.0, "17.9.4", 500.0, interfaces={"Gi0/0": True, "Gi0/1": False})
    series.put_facts(facts)
    series.tick(70.0)
    daemon.series = series
    detail = (await http.get("/api/v1/nodes/cpe-1")).json()
    assert [(p["name"], p["oper_status"]) for p in detail["interfaces"]] == [
        ("Gi0/0", "up"),
        ("Gi0/1", "down"),
    ]
    assert detail["uptime_s"] == 560
    assert detail["polled_at"] is None
    daemon.publish(hub_cut(daemon.present))
    assert (await http.get("/api/v1/nodes/cpe-1")).json()["uptime_s"] is None


async def test_a_node_that_nobody_has_looked_at_is_neither_up_nor_down(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    sites = dict(daemon.present.sites) | {"c-1": NodeState.UNKNOWN}
    nodes = {id_: view for id_, view in daemon.present.nodes.items() if id_ != "cpe-1"}
    daemon.publish(replace(daemon.present, sequence=2, sites=sites, nodes=nodes))
    assert (await http.get("/api/v1/sites/c-1")).json()["state"] == "UNKNOWN"
    assert (await http.get("/api/v1/nodes/cpe-1")).status_code == 404


async def test_why_a_node_gave_nothing_is_told_by_kind_too(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    kinds = (await http.get("/api/v1/nodes/cpe-1")).json()["failure_kinds"]
    assert kinds == []
    cut = hub_cut(daemon.present)
    silent = replace(cut.nodes["cpe-1"], failure="no answer within 1 s", failure_kind="timeout")
    daemon.publish(replace(cut, nodes={**cut.nodes, "cpe-1": silent}))
    told = (await http.get("/api/v1/nodes/cpe-1")).json()
    assert (told["failure"], told["failure_kinds"]) == ("no answer within 1 s", ["timeout"])
    for module in ("wan", "ups"):
        daemon.series.put_failed(PollFailed("cpe-1", 80.0, module, Failure.REFUSED, "port 161"))
    told = (await http.get("/api/v1/nodes/cpe-1")).json()
    assert told["poll_failure"] == "wan: refused port 161; ups: refused port 161"
    assert told["failure_kinds"] == ["refused"]


async def test_a_poll_is_asked_of_the_daemon(http: httpx.AsyncClient, daemon: Daemon) -> None:
    answer = await http.post("/api/v1/nodes/cpe-1/poll", json={})
    assert answer.status_code == 202
    assert daemon.asked == ["cpe-1"]
    assert (await http.post("/api/v1/nodes/nobody/poll", json={})).status_code == 404
