"""The ground truth is what a search of the graph says."""

from __future__ import annotations

import time

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.country import build
from lab.errors import UnknownTargetError
from lab.faults import Faults

INVENTORY = build(1, 200).inventory
TARGETS = [
    *(f"node:{node}" for node in INVENTORY.nodes),
    *(f"link:{link}" for link in INVENTORY.links),
    *(f"site:{site}" for site in INVENTORY.sites),
    *(f"group:{group}" for group in INVENTORY.groups),
    *(f"mains:{site}" for site in INVENTORY.sites),
]


@given(st.lists(st.sampled_from(TARGETS), max_size=8))
@settings(max_examples=100, deadline=None)
def test_silent_nodes_are_those_that_networkx_cannot_reach_either(failed: list[str]) -> None:
    faults = Faults(INVENTORY)
    faults.fail(failed)
    graph = nx.Graph()
    graph.add_nodes_from(INVENTORY.nodes)
    graph.add_edges_from((link.a, link.b, {"id": link.id}) for link in INVENTORY.links.values())
    for target in failed:
        for member in faults.members(target):
            kind, _, key = member.partition(":")
            if kind == "node" and key in graph:
                graph.remove_node(key)
            elif kind == "link" and graph.has_edge(*_ends(key)):
                graph.remove_edge(*_ends(key))
    monitor = INVENTORY.monitors[0]
    reached = nx.node_connected_component(graph, monitor) if monitor in graph else set()
    assert set(faults.silent()) == set(INVENTORY.nodes) - reached
    faults.heal(failed)
    assert faults.silent() == ()
    assert faults.failed == ()


def _ends(link: str) -> tuple[str, str]:
    return INVENTORY.links[link].a, INVENTORY.links[link].b


def test_a_hub_without_power_silences_its_province_and_is_the_only_root() -> None:
    faults = Faults(INVENTORY)
    faults.fail(["group:power-hub-04"])
    truth = faults.truth()
    province = {node for node in INVENTORY.nodes if INVENTORY.province_of(node) == "cao-bang"}
    assert set(faults.silent()) == province
    assert truth["roots"] == [
        {
            "kind": "group",
            "id": "power-hub-04",
            "visible": True,
            "silences": [node for node in INVENTORY.nodes if node in province],
            "equivalent": ["site:hub-04"],
        }
    ]


def test_a_fault_behind_another_is_hidden() -> None:
    faults = Faults(INVENTORY)
    cpe = next(
        n
        for n in INVENTORY.nodes
        if n.startswith("cpe-") and INVENTORY.province_of(n) == "cao-bang"
    )
    faults.fail(["site:hub-04", f"node:{cpe}"])
    roots = faults.truth()["roots"]
    assert isinstance(roots, list)
    assert [root["visible"] for root in roots] == [True, False]


@pytest.mark.parametrize("target", ["node:hub-4-r1", "hub-04-r1", "province:ha-noi", "node:"])
def test_an_unknown_target_is_named_and_breaks_nothing(target: str) -> None:
    faults = Faults(INVENTORY)
    with pytest.raises(UnknownTargetError, match=target):
        faults.fail(["site:hub-04", target])
    assert faults.failed == ()
    assert faults.silent() == ()


def test_a_slip_of_the_pen_gets_a_suggestion() -> None:
    with pytest.raises(UnknownTargetError, match="did you mean node:hub-04-r1"):
        Faults(INVENTORY).fail(["node:hub-004-r1"])


def test_a_refusal_is_told_in_either_language() -> None:
    with pytest.raises(UnknownTargetError) as refused:
        Faults(INVENTORY).fail(["node:nowhere"])
    assert str(refused.value) == refused.value.text("en")
    assert "không có" in refused.value.text("vi")


def test_a_cut_link_and_a_dead_node_behind_it_look_the_same_from_outside() -> None:
    faults = Faults(INVENTORY)
    links = INVENTORY.links.values()
    cpe = next(
        node
        for node in INVENTORY.nodes
        if node.startswith("cpe-")
        and sum(node in (link.a, link.b) for link in links) == 1
        and not any(f"node:{node}" == group.members[0] for group in INVENTORY.groups.values())
    )
    link = next(link.id for link in links if link.b == cpe)
    faults.fail([f"link:{link}"])
    (root,) = faults.truth()["roots"]
    assert {f"node:{cpe}", f"site:{INVENTORY.nodes[cpe].site}"} <= set(root["equivalent"])
    assert root["silences"] == [cpe]


def test_the_whole_truth_is_quickly_told() -> None:
    """The lab answers nobody meanwhile."""
    faults = Faults(build(1).inventory)
    faults.fail(["site:hub-01", "group:duct-backbone-1", "node:hub-79-r1", "site:commune-00004"])
    began = time.process_time()
    assert len(faults.truth()["roots"]) == 4
    assert time.process_time() - began < 1.0


@given(st.sampled_from(TARGETS))
@settings(max_examples=60, deadline=None)
def test_what_is_called_equivalent_silences_the_same_nodes(target: str) -> None:
    faults = Faults(INVENTORY)
    faults.fail([target])
    silent = faults.silent()
    (root,) = faults.truth()["roots"]
    assert tuple(root["silences"]) == silent
    for other in root["equivalent"]:
        assert faults.silent(faults.with_failed([other])) == silent
