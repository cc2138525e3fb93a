"""Scenarios in, verdicts out."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from topology.errors import ScenarioError
from topology.scenario import answer


def scenario(**changes: Any) -> dict[str, Any]:
    """m--a--b, a--c: a and what is behind it has gone silent; long ago it was all different."""
    links = [("m", "a"), ("a", "b"), ("a", "c")]
    observations = [
        {"at": -300, "node": "a", "reachable": True},
        {"at": 10, "node": "m", "reachable": True},
        {"at": 11, "node": "a", "reachable": False},
        {"at": 12, "node": "b", "reachable": False},
        {"at": 13, "node": "m", "link": "m--a", "oper": "down"},
    ]
    network = {
        "nodes": [{"id": node} for node in "mabc"],
        "links": [{"id": f"{a}--{b}", "a": a, "b": b, "oper_follows": True} for a, b in links],
        "groups": [],
        "monitors": ["m"],
    }
    return {
        "name": "one", "network": network, "now": 60, "observations": observations
    } | changes  # fmt: skip


def test_the_verdict_names_the_root_and_its_shadow() -> None:
    said = json.loads(answer(json.dumps(scenario())))
    assert said["name"] == "one"
    ((outage),) = said["outages"]
    assert outage["root"] == {"kind": "node", "id": "a"}
    assert outage["alternatives"] == [{"kind": "link", "id": "m--a"}]
    assert outage["shadowed"] == ["b", "c"]
    assert said["unknown"] == []


def test_what_was_seen_over_a_minute_ago_is_unknown() -> None:
    old = [{"at": -1, "node": node, "reachable": False} for node in "abc"]
    said = json.loads(answer(json.dumps(scenario(observations=old))))
    assert said["outages"] == []
    assert said["unknown"] == ["m", "a", "b", "c"]


def test_the_newest_word_wins_in_whatever_order_it_is_told() -> None:
    words = scenario()["observations"] + [
        {"at": 20, "node": "a", "reachable": True},
        {"at": 20, "node": "b", "reachable": True},
        {"at": 20, "node": "m", "link": "m--a", "oper": "up"},
    ]
    for order in (words, words[::-1]):
        assert json.loads(answer(json.dumps(scenario(observations=order))))["outages"] == []


def test_what_is_said_of_nodes_and_links_that_are_not_there_changes_nothing() -> None:
    silent = [{"at": 20, "node": node, "reachable": False} for node in "mabc"]
    ghosts = [
        {"at": 30, "node": "ghost", "reachable": True},
        {"at": 30, "node": "ghost", "link": "m--a", "oper": "up"},
        {"at": 30, "node": "m", "link": "ghost", "oper": "up"},
    ]
    for words in (silent, scenario()["observations"]):
        plain = answer(json.dumps(scenario(observations=words)))
        assert answer(json.dumps(scenario(observations=words + ghosts))) == plain


def test_words_on_power_are_heard_and_told_as_clues() -> None:
    words = [*scenario()["observations"], {"at": 5, "node": "a", "mains": False}]
    said = json.loads(answer(json.dumps(scenario(observations=words))))
    (outage,) = said["outages"]
    assert outage["clues"] == [{"sign": "battery", "node": "a"}]
    assert outage["alternatives"] == []
    late = [*words, {"at": 9, "node": "a", "mains": True}]
    said = json.loads(answer(json.dumps(scenario(observations=late))))
    assert "clues" not in said["outages"][0]


@pytest.mark.parametrize(
    ("part", "value", "complaint"),
    [
        ("links", [{"id": "x", "a": "m", "b": "z"}], "link 'x' leads to no node 'z'"),
        ("groups", [{"id": "g", "members": ["m"]}], "group 'g' names 'm'"),
        ("monitors", ["z"], "no node 'z' to monitor from"),
        ("nodes", "many", "network.nodes"),
        ("nodes", [{"id": "m"}, {"id": "a"}, {"id": "m"}], "two nodes 'm'"),
        ("groups", [{"id": "g", "members": []}] * 2, "two groups 'g'"),
    ],
)
def test_a_scenario_that_cannot_be_read_says_where_and_why(
    part: str, value: object, complaint: str
) -> None:
    wrong = scenario()
    wrong["network"][part] = value
    with pytest.raises(ScenarioError, match=complaint):
        answer(json.dumps(wrong))


def test_two_links_of_one_id_are_refused() -> None:
    wrong = scenario()
    wrong["network"]["links"] += [{"id": "a--b", "a": "m", "b": "b"}]
    with pytest.raises(ScenarioError, match="two links 'a--b'"):
        answer(json.dumps(wrong))


@pytest.mark.parametrize("never", [math.nan, math.inf])
def test_a_time_that_is_no_number_is_refused(never: float) -> None:
    with pytest.raises(ScenarioError, match="now"):
        answer(json.dumps(scenario(now=never)))


def test_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(ScenarioError, match="the scenario"):
        answer("{")
