from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from collector.sample import Facts, Failure, Layout, PollFailed, Readings, Series
from exporters import schema
from exporters.api import network
from store.record import Event, Record
from store.series import SeriesMemory
from tests.exporters.daemon import NOW, Daemon, all_up, country, hub_cut
from tests.exporters.test_vitals import of_ups
from tests.exporters.test_vitals import polled as vitals_polled
from topology.identity import NodeIdentity, Sighting
from topology.outage import Root, RootKind
from topology.state import NodeState

ROUTES: list[tuple[str, Any]] = [
    ("snapshot", schema.SnapshotOut),
    ("coverage", schema.CoverageOut),
    ("coverage?province=66", schema.CoverageOut),
    ("provinces", list[schema.ProvinceOut]),
    ("nodes", list[schema.NodeOut]),
    ("nodes/cpe-1", schema.NodeDetail),
    ("nodes/cpe-1/interfaces?limit=1", list[schema.InterfaceOut]),
    ("nodes/cpe-1/history?metric=ifHCInOctets&index=1", schema.History),
    ("nodes/cpe-1/history?metric=rtt_s", schema.History),
    ("sites", list[schema.SiteOut]),
    ("sites/c-1", schema.SiteOut),
    ("links", list[schema.LinkOut]),
    ("links?node=cpe-1", list[schema.LinkOut]),
    ("outages", list[schema.OutageOut]),
    ("outages?ended=true", list[schema.OutageOut]),
    ("outages/o-1", schema.OutageDetail),
    ("events", list[schema.EventOut]),
    ("alerts", list[schema.AlertOut]),
    ("silences", list[schema.SilenceOut]),
    ("maintenance", list[schema.MaintenanceOut]),
]


@pytest.mark.parametrize(("path", "shape"), ROUTES, ids=[path for path, _ in ROUTES])
async def test_every_answer_has_the_shape_that_the_schema_promises(
    http: httpx.AsyncClient, daemon: Daemon, path: str, shape: Any
) -> None:
    daemon.publish(hub_cut(daemon.present))
    await daemon.store.commit(
        Record(outages=daemon.present.outages, events=(Event(NOW, "node_down", "cpe-1"),))
    )
    answer = await http.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    parsed = TypeAdapter(shape).validate_json(answer.content)
    # Nothing beyond the schema either: what is not promised is not sent.
    body = answer.json()
    pairs = zip(body, parsed, strict=True) if isinstance(body, list) else [(body, parsed)]
    for sample, model in pairs:
        assert sample.keys() == type(model).model_fields.keys()


async def test_the_snapshot_tells_what_broke_and_whom_it_hurts(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    whole = (await http.get("/api/v1/snapshot")).json()
    assert whole["coverage"] == {
        "total": 4, "up": 1, "down": 1, "unreachable": 2, "unknown": 0, "maintenance": 0,
        "ratio": 0.25,
    }  # fmt: skip
    assert [site["province"] for site in whole["sites"]] == ["01", "66", "66", "66"]
    (outage,) = whole["outages"]
    assert outage["root"] == {"kind": "node", "id": "hub-66-a", "name": "Bộ định tuyến A"}
    assert outage["sites_hurt"] == 3
    assert outage["shadowed_count"] == 2
    assert outage["site"] == "hub-66"
    assert not outage["silenced"]
    daemon.silenced_outages.add("o-1")
    assert (await http.get("/api/v1/outages")).json()[0]["silenced"]
    detail = (await http.get("/api/v1/outages/o-1")).json()
    assert detail["shadowed"] == ["cpe-1", "cpe-2"]


async def test_a_site_with_a_node_in_maintenance_is_in_maintenance(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present, maintenance=True))
    sites = {site["id"]: site for site in (await http.get("/api/v1/sites")).json()}
    assert sites["c-1"]["maintenance"]
    assert not sites["dc-1"]["maintenance"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["core-1", "hub-66-a", "cpe-1", "cpe-2"]),
        ("q=buon ma", ["cpe-2"]),
        ("q=BUÔN thuot", ["cpe-2"]),
        ("q=127.1.0.3", ["cpe-1"]),
        ("q=dak lak", ["hub-66-a"]),
        ("q=nothing", []),
        ("province=66", ["hub-66-a", "cpe-1", "cpe-2"]),
        ("province=66&province=01", ["core-1", "hub-66-a", "cpe-1", "cpe-2"]),
        ("role=cpe&state=UNREACHABLE", ["cpe-1", "cpe-2"]),
        ("state=DOWN&state=UP", ["core-1", "hub-66-a"]),
        ("site=c-2", ["cpe-2"]),
        ("limit=2&offset=1", ["hub-66-a", "cpe-1"]),
    ],
)
async def test_nodes_are_filtered_and_paged(
    http: httpx.AsyncClient, daemon: Daemon, query: str, found: list[str]
) -> None:
    daemon.publish(hub_cut(daemon.present))
    answer = await http.get(f"/api/v1/nodes?{query}")
    assert [node["id"] for node in answer.json()] == found
    if "limit" in query:
        assert answer.headers["x-total-count"] == "4"


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=ea sup", ["c-1"]), ("kind=commune", ["c-1", "c-2"]), ("state=DOWN", ["hub-66"])],
)
async def test_sites_are_filtered(
    http: httpx.AsyncClient, daemon: Daemon, query: str, found: list[str]
) -> None:
    daemon.publish(hub_cut(daemon.present))
    assert [site["id"] for site in (await http.get(f"/api/v1/sites?{query}")).json()] == found


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


@pytest.mark.parametrize(
    "path",
    [
        "nodes/nobody",
        "nodes/nobody/interfaces",
        "nodes/cpe-1/history?metric=nothing",
        "nodes?province=99",
        "nodes?site=nowhere",
        "sites/nowhere",
        "links?node=nobody",
        "outages/never",
        "coverage?province=99",
        "nothing-at-all",
    ],
)
async def test_what_is_not_there_is_a_404_that_names_it(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["detail"]


async def test_a_wrong_filter_is_refused_with_its_place(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/nodes?state=SIDEWAYS&limit=0")
    assert answer.status_code == 422
    assert {error["place"] for error in answer.json()["errors"]} == {"query.state.0", "query.limit"}


NASTY = [
    "",
    "%00",
    "%F0%9F%92%A5",
    "-1",
    "9" * 30,
    "..%2F..%2Fetc",
    "%27%3B--",
    "a" * 300,
    "NaN",
    "%FF",
]
NAMES = [
    "node",
    "site",
    "province",
    "state",
    "role",
    "kind",
    "q",
    "limit",
    "offset",
    "outage",
    "before",
    "since",
    "until",
    "ended",
]


@pytest.mark.parametrize(
    "route", ["nodes", "sites", "links", "outages", "events", "alerts", "silences", "coverage"]
)
async def test_nothing_that_is_asked_upsets_the_daemon(http: httpx.AsyncClient, route: str) -> None:
    for nasty in NASTY:
        for path in (f"{route}/{nasty}", *(f"{route}?{name}={nasty}" for name in NAMES)):
            answer = await http.get(f"/api/v1/{path}")
            assert answer.status_code in (200, 307, 404, 405, 422), path


async def test_an_outage_that_is_over_is_still_told(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    cut = hub_cut(daemon.present)
    over = replace(cut.outages[0], ended=NOW)
    await daemon.store.commit(Record(outages=(over,)))
    daemon.publish(all_up(country(), 3))
    assert (await http.get("/api/v1/outages")).json() == []
    (told,) = (await http.get("/api/v1/outages?ended=true")).json()
    assert told["ended"] == "2026-01-31T08:00:00Z"
    assert (await http.get("/api/v1/outages/o-1")).json()["id"] == "o-1"


async def test_a_filter_finds_outages_however_many_others_are_newer(
    http: httpx.AsyncClient, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "PAGE", 2)
    (cut,) = hub_cut(daemon.present).outages
    core = Root(RootKind.NODE, "core-1")
    newer = [
        replace(cut, id=f"n-{i}", root=core, since=NOW + timedelta(minutes=i), ended=NOW)
        for i in range(5)
    ]
    await daemon.store.commit(Record(outages=(replace(cut, ended=NOW), *newer)))
    for query in (
        "province=66",
        "province=66&limit=1",
        f"until={NOW:%Y-%m-%d}T09:00:00Z&province=66",
    ):
        found = (await http.get(f"/api/v1/outages?ended=true&{query}")).json()
        assert [outage["id"] for outage in found] == ["o-1"]
    newest = (await http.get("/api/v1/outages?ended=true&limit=3&severity=critical")).json()
    assert [outage["id"] for outage in newest] == ["n-4", "n-3", "n-2"]


async def test_an_outage_that_lasts_flaps_in_every_list(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    cut = hub_cut(daemon.present)
    flapping = replace(cut.outages[0], flapping=True)
    await daemon.store.commit(Record(outages=(flapping,)))
    daemon.publish(replace(cut, outages=(flapping,)))
    for query in ("", "?ended=true"):
        (told,) = (await http.get(f"/api/v1/outages{query}")).json()
        assert told["flapping"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/silences", "GET, HEAD, POST"),
        ("PUT", "/api/v1/nodes/cpe-1", "GET, HEAD"),
        ("GET", "/api/v1/nodes/cpe-1/poll", "POST"),
        ("GET", "/api/v1/maintenance/1", "DELETE"),
        ("DELETE", "/metrics", "GET, HEAD"),
        ("OPTIONS", "/metrics", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    http: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await http.request(method, path, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["detail"] == f"{method} cannot be done here; use {allowed}"


@pytest.mark.parametrize("path", ["healthz", "readyz", "metrics", "sd", "api/v1/nodes"])
async def test_head_tells_what_get_would_without_its_body(
    http: httpx.AsyncClient, path: str
) -> None:
    got, head = await http.get(f"/{path}"), await http.head(f"/{path}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers.keys() == got.headers.keys()
    assert head.headers["content-type"] == got.headers["content-type"]


async def test_where_nothing_is_the_way_to_something_is_told(http: httpx.AsyncClient) -> None:
    detail = (await http.get("/api/v1/nothing")).json()["detail"]
    assert "/api/v1/nothing" in detail
    assert "/openapi.json" in detail


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


async def test_readiness_tells_its_reasons(http: httpx.AsyncClient, daemon: Daemon) -> None:
    assert (await http.get("/healthz")).text == "ok\n"
    assert (await http.get("/readyz")).status_code == 200
    daemon.reasons.append("no node has been looked at yet")
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": ["no node has been looked at yet"]}
