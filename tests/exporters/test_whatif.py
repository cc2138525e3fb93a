"""What would happen if, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from exporters.schema.whatif import SpofOut, WhatIfOut
from tests.exporters.daemon import Daemon, hub_cut


async def test_a_hub_takes_its_communes_with_it(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/whatif", params={"fail": "hub-66-a"})
    assert answer.status_code == 200, answer.text
    found = WhatIfOut.model_validate_json(answer.content)
    assert found.failed == ["node:hub-66-a"]
    assert [site.id for site in found.sites] == ["hub-66", "c-1", "c-2"]
    assert found.sites[1].name == "Xã Ea Súp"
    assert not found.cut_off
    assert answer.json().keys() == WhatIfOut.model_fields.keys()


async def test_several_may_fail_at_once(http: httpx.AsyncClient) -> None:
    params = {"fail": ["link:l-1", "site:c-2"]}
    found = (await http.get("/api/v1/whatif", params=params)).json()
    assert [site["id"] for site in found["sites"]] == ["c-1", "c-2"]


async def test_who_is_cut_off_already_counts_only_when_the_present_is_left_out(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    found = (await http.get("/api/v1/whatif?fail=l-hub")).json()
    assert (found["failed"], found["sites"]) == (["link:l-hub"], [])
    declared = (await http.get("/api/v1/whatif?fail=l-hub&now=false")).json()
    assert len(declared["sites"]) == 3


async def test_where_the_monitor_stands_is_said_to_blind_it(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/v1/whatif?fail=core-1")).json()["cut_off"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("fail=hub-66-b", 404, "did you mean node:hub-66-a"),
        ("fail=moon:1", 404, "'moon:1' is not the id"),
        ("", 422, "fail"),
        ("fail=", 422, "fail"),
        ("fail=" + "x" * 300, 422, "fail"),
    ],
)
async def test_a_question_that_makes_no_sense_is_answered_with_why(
    http: httpx.AsyncClient, query: str, status: int, words: str
) -> None:
    answer = await http.get(f"/api/v1/whatif?{query}")
    assert answer.status_code == status
    assert words in answer.json()["detail"]


async def test_the_weak_points_are_ranked_and_named(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/spof")
    found = SpofOut.model_validate_json(answer.content)
    assert found.points[0].members == ["link:l-hub"]
    assert found.points[0].name == "Lõi 1 – Bộ định tuyến A"
    assert found.points[0].sites == 3
    assert [(group.group, group.name, group.sites) for group in found.groups] == [
        ("duct", "Cống bể", 2)
    ]
    shorter = (await http.get("/api/v1/spof?limit=1")).json()
    assert shorter["points"] == answer.json()["points"][:1]
