from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from exporters.api import network
from exporters.schema.log import AlertOut, EventOut, OutageDetail
from exporters.schema.node import History, InterfaceOut, LinkOut, NodeDetail, NodeOut
from exporters.schema.picture import CoverageOut, OutageOut, ProvinceOut, SiteOut, SnapshotOut
from exporters.schema.planned import MaintenanceOut, SilenceOut
from store.record import Event, Record
from tests.exporters.daemon import NOW, Daemon, all_up, country, hub_cut
from topology.outage import Root, RootKind

ROUTES: list[tuple[str, Any]] = [
    ("snapshot", SnapshotOut),
    ("coverage", CoverageOut),
    ("coverage?province=66", CoverageOut),
    ("provinces", list[ProvinceOut]),
    ("nodes", list[NodeOut]),
    ("nodes/cpe-1", NodeDetail),
    ("nodes/cpe-1/interfaces?limit=1", list[InterfaceOut]),
    ("nodes/cpe-1/history?metric=ifHCInOctets&index=1", History),
    ("nodes/cpe-1/history?metric=rtt_s", History),
    ("sites", list[SiteOut]),
    ("sites/c-1", SiteOut),
    ("links", list[LinkOut]),
    ("links?node=cpe-1", list[LinkOut]),
    ("outages", list[OutageOut]),
    ("outages?ended=true", list[OutageOut]),
    ("outages/o-1", OutageDetail),
    ("events", list[EventOut]),
    ("alerts", list[AlertOut]),
    ("silences", list[SilenceOut]),
    ("maintenance", list[MaintenanceOut]),
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


async def test_readiness_tells_its_reasons(http: httpx.AsyncClient, daemon: Daemon) -> None:
    assert (await http.get("/healthz")).text == "ok\n"
    assert (await http.get("/readyz")).status_code == 200
    daemon.reasons.append("no node has been looked at yet")
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": ["no node has been looked at yet"]}
