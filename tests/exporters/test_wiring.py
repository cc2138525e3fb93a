"""Drift over the API: what differs, and who decided what of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from exporters.schema.network import DriftOut
from exporters.schema.node import LinkOut, NodeDetail
from tests.exporters.daemon import Daemon, rewired
from topology.discovered import Findings

PATH = "/api/v1/topology/drift"


@pytest.fixture
def daemon(daemon: Daemon) -> Daemon:
    daemon.wiring.findings = rewired()
    daemon.present.inventory.links.update({link.id: link for link in daemon.wiring.findings.found})
    return daemon


async def told(http: httpx.AsyncClient, **params: str) -> dict[str, dict[str, Any]]:
    """By kind."""
    answer = await http.get(PATH, params=params)
    assert answer.status_code == 200
    found = answer.json()
    assert [DriftOut.model_validate(one).model_dump(mode="json") for one in found] == found
    return {one["kind"]: one for one in found}


async def test_every_kind_is_told_with_its_ends_sources_confidence_and_age(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    drift = await told(http)
    cable = drift["undeclared"]
    assert (cable["a"], cable["a_port"], cable["b"], cable["b_port"]) == (
        "cpe-1", "Gi0/9", "cpe-2", "Gi0/9",
    )  # fmt: skip
    assert (cable["sources"], cable["confidence"], cable["in_graph"]) == (["lldp"], 0.9975, True)
    assert cable["seen_at"] == "2026-01-31T07:59:00Z"
    moved = drift["disagreeing"]
    assert (moved["link"], moved["a_port"], moved["declared_a_port"]) == ("l-hub", "Gi0/7", "Gi0/1")
    assert not moved["in_graph"]
    assert (drift["unseen"]["a"], drift["unseen"]["b"]) == ("hub-66-a", "cpe-1")
    assert (drift["stranger"]["stranger"], drift["stranger"]["sources"]) == ("máy in", ["cdp"])
    assert list(await told(http, kind="unseen")) == ["unseen"]


async def test_what_is_decided_is_no_longer_told_until_it_is_undone(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    key = (await told(http))["undeclared"]["key"]
    body = {"verdict": "rejected", "author": "Lan", "comment": "máy đo"}
    answer = await http.put(f"{PATH}/{key}", json=body)
    assert answer.status_code == 200
    assert (answer.json()["verdict"], answer.json()["author"]) == ("rejected", "Lan")
    assert daemon.wiring.decisions[key].subject == "cpe-1 Gi0/9 - cpe-2 Gi0/9"
    assert "undeclared" not in await told(http)
    assert (await told(http, decided="true"))["undeclared"]["comment"] == "máy đo"
    assert (await http.delete(f"{PATH}/{key}")).status_code == 204
    assert "undeclared" in await told(http)
    assert (await http.delete(f"{PATH}/{key}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"verdict": "perhaps", "author": "Lan"}, "verdict"),
        ({"verdict": "accepted"}, "author"),
        ({"verdict": "accepted", "author": " "}, "who you are"),
        ({"verdict": "accepted", "author": "L\0"}, "code 0"),
    ],
)
async def test_a_decision_that_makes_no_sense_is_refused(
    http: httpx.AsyncClient, daemon: Daemon, body: dict[str, str], said: str
) -> None:
    key = (await told(http))["unseen"]["key"]
    answer = await http.put(f"{PATH}/{key}", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert not daemon.wiring.decisions


async def test_drift_that_nobody_has_cannot_be_decided_upon(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    answer = await http.put(f"{PATH}/0123456789", json={"verdict": "accepted", "author": "Lan"})
    assert answer.status_code == 404


async def test_links_say_who_saw_them_and_whether_they_are_declared(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    answer = (await http.get("/api/v1/links")).json()
    links = {link["id"]: LinkOut.model_validate(link) for link in answer}
    assert (links["l-hub"].declared, links["l-hub"].sources) == (True, ["lldp"])
    assert (links["l-2"].declared, links["l-2"].sources, links["l-2"].seen_at) == (True, [], None)
    cable = links["found:cpe-1.Gi0-9--cpe-2.Gi0-9"]
    assert (cable.declared, cable.confidence) == (False, 0.9975)
    detail = NodeDetail.model_validate((await http.get("/api/v1/nodes/cpe-1")).json())
    assert {link.id for link in detail.links} == {"l-1", cable.id}


async def test_what_is_not_declared_is_not_relied_upon(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    blast = (await http.get("/api/v1/whatif", params={"fail": "link:l-1"})).json()
    assert blast["nodes"] == ["cpe-1"]


async def test_whether_everybody_was_heard_is_told(http: httpx.AsyncClient, daemon: Daemon) -> None:
    told = (await http.get("/api/v1/topology")).json()
    assert told["whole"] is True
    assert told["found"] == 1
    assert told["edges"]["lldp"] == 2
    daemon.wiring.findings = Findings()
    told = (await http.get("/api/v1/topology")).json()
    assert (told["heard_at"], told["whole"]) == (None, False)
