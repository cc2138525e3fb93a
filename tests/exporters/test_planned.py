from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from configs.inventory import Link
from configs.messages import messages
from store.errors import DiskFullError
from store.record import Record
from tests.exporters.daemon import NOW, Daemon, hub_cut

STARTS = datetime.now(timezone(timedelta(hours=7))).replace(microsecond=0)
WINDOW: dict[str, Any] = {
    "targets": ["site:c-1", "province:66", "link:l-1", "group:duct", "node:cpe-2"],
    "starts": STARTS.isoformat(),
    "ends": (STARTS + timedelta(hours=2)).isoformat(),
    "author": "Nguyễn Văn A",
    "comment": "Thay nguồn",
}
SILENCE: dict[str, Any] = {
    "matchers": {"province": "66"},
    "starts": WINDOW["starts"],
    "ends": WINDOW["ends"],
    "author": "Nguyễn Văn A",
    "comment": "Bão số 5",
}


@pytest.mark.parametrize(("path", "body"), [("maintenance", WINDOW), ("silences", SILENCE)])
async def test_what_is_planned_is_kept_listed_and_ended(
    http: httpx.AsyncClient, daemon: Daemon, path: str, body: dict[str, Any]
) -> None:
    made = await http.post(f"/api/v1/{path}", json=body)
    assert made.status_code == 201
    (told,) = daemon.told
    for language in ("vi", "en"):
        said = messages(language)(told.kind, **told.params)
        assert "Nguyễn Văn A" in said
        assert body["comment"] in said
    (listed,) = (await http.get(f"/api/v1/{path}")).json()
    assert listed == made.json()
    assert listed["author"] == "Nguyễn Văn A"
    id_ = listed["id"]
    assert (await http.delete(f"/api/v1/{path}/{id_}")).status_code == 204
    assert daemon.told[1].kind.endswith(".ended")
    assert (await http.get(f"/api/v1/{path}")).json() == []
    assert [entry["id"] for entry in (await http.get(f"/api/v1/{path}?ended=true")).json()] == [id_]
    again = await http.delete(f"/api/v1/{path}/{id_}")
    assert again.status_code == 404
    assert len(daemon.told) == 2


async def test_a_silence_by_a_label_that_no_alert_has_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/v1/silences", json=SILENCE | {"matchers": {"provnce": ""}})
    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "matchers: there is no label 'provnce'; did you mean province?"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"targets": []}, "at least one"),
        ({"targets": ["c-1"]}, "as KIND:ID"),
        ({"targets": ["planet:x"]}, "as KIND:ID"),
        ({"targets": ["site:c-11"]}, "did you mean site:c-1?"),
        ({"ends": WINDOW["starts"]}, "after starts"),
        ({"starts": "2020-01-01T00:00:00Z", "ends": "2020-01-02T00:00:00Z"}, "over already"),
        ({"starts": "2026-01-01T00:00:00"}, "time zone"),
        ({"author": " "}, "who you are"),
        ({"comment": "a\0b"}, "code 0"),
        ({"comment": "a\ud800b"}, "half a character"),
        ({"ends": "9999-12-31T23:59:59-12:00"}, "years 2000 and 2200"),
        ({"starts": "0001-01-01T00:00:00+14:00"}, "years 2000 and 2200"),
        ({"starts": "soon"}, "starts"),
    ],
)
async def test_a_wrong_window_is_refused_with_what_to_do(
    http: httpx.AsyncClient, daemon: Daemon, change: dict[str, Any], said: str
) -> None:
    body = json.dumps(WINDOW | change).encode()
    kind = {"content-type": "application/json"}
    answer = await http.post("/api/v1/maintenance", content=body, headers=kind)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert await daemon.store.windows() == []
    assert not daemon.told


async def test_a_silence_of_everything_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/v1/silences", json=SILENCE | {"matchers": {}})
    assert answer.status_code == 422


async def test_a_body_that_is_no_json_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/api/v1/silences", content=b"{", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_store_that_fails_is_a_503_that_says_why(
    http: httpx.AsyncClient, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise DiskFullError("t.db: no room on the disk; make room")

    monkeypatch.setattr(daemon.store, "add_silence", full)
    answer = await http.post("/api/v1/silences", json=SILENCE)
    assert answer.status_code == 503
    assert answer.json()["detail"] == "t.db: no room on the disk; make room"
    assert not daemon.told


async def test_a_window_tells_its_targets_by_name_and_how_many_sites_it_covers(
    http: httpx.AsyncClient,
) -> None:
    made = (await http.post("/api/v1/maintenance", json=WINDOW)).json()
    assert made["names"] == [
        "Xã Ea Súp", 'Đắk "Lắk" \\ Cao\nnguyên', "Bộ định tuyến A – CPE Ea Súp", "Cống bể",
        "CPE Buôn Ma Thuột",
    ]  # fmt: skip
    assert made["sites"] == 3
    for target, sites in (("node:hub-66-a", 3), ("link:l-hub", 3), ("group:duct", 2),
                          ("site:c-1", 1), ("province:66", 3), ("node:core-1", 4)):  # fmt: skip
        one = await http.post("/api/v1/maintenance", json=WINDOW | {"targets": [target]})
        assert (target, one.json()["sites"]) == (target, sites)
    listed = (await http.get("/api/v1/maintenance")).json()
    assert [window["sites"] for window in listed] == [3, 3, 3, 2, 1, 3, 4]


async def test_what_a_window_covers_is_counted_anew_when_the_inventory_changes(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    await http.post("/api/v1/maintenance", json=WINDOW | {"targets": ["link:l-hub"]})
    before = daemon.present
    second = Link("found:l-second", "core-1", "cpe-1")
    inventory = before.inventory
    (window,) = (await http.get("/api/v1/maintenance")).json()
    assert window["sites"] == 3
    present = replace(inventory, links={**inventory.links, second.id: second})
    daemon.publish(replace(before, inventory=present))
    (window,) = (await http.get("/api/v1/maintenance")).json()
    assert window["sites"] == 0
    gone = replace(inventory, links={k: v for k, v in inventory.links.items() if k != "l-hub"})
    daemon.publish(replace(before, inventory=gone))
    (window,) = (await http.get("/api/v1/maintenance")).json()
    assert window["names"] == ["l-hub"]


async def test_a_silence_tells_names_and_how_many_open_outages_it_covers(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    matchers = {"outage": "o-1", "root": "hub-66-a", "site": "hub-66", "severity": "critical"}
    made = (await http.post("/api/v1/silences", json=SILENCE | {"matchers": matchers})).json()
    assert made["names"] == {
        "outage": "Bộ định tuyến A", "root": "Bộ định tuyến A", "site": "Trung tâm tỉnh Đắk Lắk",
        "severity": "critical",
    }  # fmt: skip
    assert made["outages"] == 1
    later = {"starts": WINDOW["ends"], "ends": (STARTS + timedelta(hours=4)).isoformat()}
    other = {"matchers": {"root": "site:c-1", "outage": "o-0", "province": "?"}}
    made = (await http.post("/api/v1/silences", json=SILENCE | later | other)).json()
    assert made["names"] == {"root": "Xã Ea Súp", "outage": "o-0", "province": "?"}
    assert made["outages"] == 0
    far = await http.post("/api/v1/silences", json=SILENCE | later)
    assert far.json()["outages"] == 0


async def test_a_silence_of_an_outage_that_is_over_still_has_its_name(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    before = daemon.present
    (outage,) = hub_cut(before).outages
    await daemon.store.commit(Record(outages=(replace(outage, ended=NOW),)))
    made = await http.post("/api/v1/silences", json=SILENCE | {"matchers": {"outage": "o-1"}})
    assert made.json()["names"] == {"outage": "Bộ định tuyến A"}


@pytest.mark.parametrize(("path", "body"), [("maintenance", WINDOW), ("silences", SILENCE)])
async def test_who_ends_it_is_among_the_events_and_what_ended_lately_can_be_asked_for(
    http: httpx.AsyncClient, daemon: Daemon, path: str, body: dict[str, Any]
) -> None:
    id_ = (await http.post(f"/api/v1/{path}", json=body)).json()["id"]
    ended = await http.delete(f"/api/v1/{path}/{id_}", params={"author": "Trần Thị B"})
    assert ended.status_code == 204
    for language in ("vi", "en"):
        said = messages(language)(daemon.told[1].kind, **daemon.told[1].params)
        assert f"Trần Thị B {'ended' if language == 'en' else 'kết thúc'}" in said
    for since, there in ((-60, True), (60, False)):
        asked = {"since": (datetime.now(UTC) + timedelta(seconds=since)).isoformat()}
        assert bool((await http.get(f"/api/v1/{path}", params=asked)).json()) is there
    await http.post(f"/api/v1/{path}", json=body)
    assert len((await http.get(f"/api/v1/{path}", params=asked)).json()) == 1
