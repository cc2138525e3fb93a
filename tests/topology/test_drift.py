"""Drift between the declared network and the one that was seen, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.inventory import Inventory, Link
from tests.topology.networks import Case, cases, network
from topology.diagnosis import Diagnosis
from topology.drift import Drift, DriftKind, compare, found_links
from topology.evidence import Evidence
from topology.fusion import Discovered, Edge, End, Source, Stranger
from topology.graph import FOUND, Wan, with_links
from topology.rootcause import diagnose


def edge(
    a: str, a_port: str, b: str, b_port: str, confidence: float = 0.95, source: Source = Source.LLDP
) -> Edge:
    return Edge(End(a, a_port), End(b, b_port), (source,), confidence, 0.0)


def declared() -> Inventory:
    inventory = network("mabc", [("m", "a"), ("m", "b"), ("a", "b"), ("b", "c")]).inventory
    inventory.links["m-a"] = Link("m-a", "m", "a", "p1", "u1")
    inventory.links["m-b"] = Link("m-b", "m", "b", "p2", "u1")
    return inventory


SEEN = Discovered(
    (edge("a", "u1", "m", "p1"), edge("b", "u1", "m", "p7"), edge("a", "x", "c", "y"),
     edge("m", "?", "c", "?", confidence=0.3)),
    (Stranger(End("a", "e9"), Source.LLDP, "printer"),),
)  # fmt: skip


def told(inventory: Inventory, seen: Discovered, speaking: str = "mab") -> list[str]:
    def named(one: Drift) -> str:
        if one.stranger:
            return one.stranger.name
        return one.link or (one.edge.b.node if one.edge else "")

    return [
        f"{one.kind} {named(one)}" for one in compare(inventory, seen, frozenset(speaking)).drifts
    ]


def test_drift_tells_what_is_missing_what_is_new_and_what_is_plugged_elsewhere() -> None:
    # Of b-c nothing is told: c was never asked.
    assert told(declared(), SEEN) == [
        "disagreeing m-b", "unseen a-b", "undeclared c", "stranger printer",
    ]  # fmt: skip


def test_a_network_as_declared_has_no_drift() -> None:
    inventory = declared()
    links = inventory.links.values()
    seen = Discovered(tuple(edge(k.a, k.a_port, k.b, k.b_port) for k in links), ())
    found = compare(inventory, seen, frozenset("mabc"))
    assert found.drifts == ()
    assert {id_: (e.a.node, e.b.node) for id_, e in found.seen.items()} == {
        link.id: (link.a, link.b) for link in links
    }


def test_a_link_that_is_down_or_ends_at_a_carrier_is_not_expected_to_be_seen() -> None:
    inventory = declared()
    assert "unseen a-b" in told(inventory, SEEN)
    down = frozenset(inventory.links)
    assert not compare(inventory, Discovered((), ()), frozenset("mabc"), down).drifts
    inventory.links["a-b"] = replace(inventory.links["a-b"], oper_follows=False)
    assert "unseen a-b" not in told(inventory, SEEN)


def test_the_key_of_a_drift_outlives_the_next_discovery() -> None:
    later = Discovered(tuple(replace(e, seen_at=99.0) for e in SEEN.edges), SEEN.strangers)
    before, after = (compare(declared(), seen, frozenset("mab")).drifts for seen in (SEEN, later))
    assert [one.key for one in before] == [one.key for one in after]
    assert len({one.key for one in before}) == len(before)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("m", "c", []),  # both have b beside them
     ("a", "z", ["undeclared z"])],
)  # fmt: skip
def test_routers_that_meet_across_a_switch_have_no_cable_of_their_own(
    a: str, b: str, expected: list[str]
) -> None:
    inventory = network("mabcz", [("m", "a"), ("m", "b"), ("b", "c")]).inventory
    seen = Discovered((edge(a, "e1", b, "e1", source=Source.OSPF),), ())
    assert told(inventory, seen, "") == expected
    cable = Discovered((edge(a, "e1", b, "e1"),), ())
    assert told(inventory, cable, "") == [f"undeclared {b}"]


def test_a_routed_edge_whose_port_leads_to_a_switch_is_explained_by_it() -> None:
    inventory = network("mabs", [("a", "s")]).inventory
    inventory.links["a-s"] = Link("a-s", "a", "s", "e1", "g1")
    seen = Discovered((edge("a", "e1", "b", "e1", source=Source.OSPF),), ())
    assert told(inventory, seen, "") == []


def test_only_what_a_port_heard_itself_and_surely_becomes_a_link_of_the_graph() -> None:
    edges = (
        edge("a", "x/0", "c", "y"),
        edge("b", "x", "c", "y", confidence=0.8),
        edge("a", "z", "c", "z", source=Source.OSPF),
    )
    drifts = [Drift(DriftKind.UNDECLARED, edge=each) for each in edges]
    ((link, _, _),) = found_links([*drifts, Drift(DriftKind.UNSEEN, "a-b")])
    assert link == Link("found:a.x-0--c.y", "a", "c", "x/0", "y", oper_follows=False)


def test_found_links_replace_those_found_before() -> None:
    inventory = network("mab", [("a", "b")]).inventory
    assert with_links(inventory, {}) is inventory
    first = with_links(inventory, {"found:1": Link("found:1", "a", "b")})
    second = with_links(first, {"found:2": Link("found:2", "a", "b")})
    assert list(second.links) == ["a-b", "found:2"]
    assert list(with_links(second, {}).links) == ["a-b"]


def silent_and_told(evidence: Evidence, diagnosis: Diagnosis) -> set[str]:
    named = {
        node for fault in diagnosis.faults for node in (*fault.fronts, *fault.down, *fault.shadowed)
    }
    return {node for node in named if evidence.reachable.get(node) is False}


@st.composite
def rewired(draw: st.DrawFn) -> tuple[Case, Wan]:
    """A case with mute nodes, and its graph with links added that are not there, whose ports may
    say anything."""
    case = draw(cases(lost=True))
    nodes = case.wan.nodes
    mute = dict.fromkeys(draw(st.sets(st.sampled_from(nodes[1:]))), False)
    pairs = draw(st.lists(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=5))
    found = [
        Link(f"{FOUND}{i}", a, b, oper_follows=False) for i, (a, b) in enumerate(pairs) if a != b
    ]
    reachable = {**case.evidence.reachable, **mute}
    ports = {place: up for place, up in case.evidence.ports.items() if reachable.get(place[0])}
    for link in found:
        for end in (link.a, link.b):
            if reachable.get(end) and draw(st.booleans()):
                ports[end, link.id] = draw(st.booleans())
    evidence = replace(case.evidence, reachable=reachable, ports=ports)
    return replace(case, evidence=evidence), Wan(case.wan.inventory, found)


@settings(max_examples=400, deadline=None)
@given(rewired())
def test_links_that_are_not_there_never_silence_a_node_that_would_be_told(
    given_: tuple[Case, Wan],
) -> None:
    case, wan = given_
    before, after = diagnose(case.wan, case.evidence), diagnose(wan, case.evidence)
    assert after.mute <= before.mute
    assert silent_and_told(case.evidence, before) <= silent_and_told(case.evidence, after)
    for fault in after.faults:
        assert not any(case.evidence.reachable.get(node) for node in (*fault.fronts, *fault.down))


def test_a_wrong_link_that_would_make_a_dead_node_look_mute_is_not_believed() -> None:
    inventory = network("matcs", [("m", "a"), ("a", "t"), ("t", "c"), ("m", "s")]).inventory
    evidence = Evidence({"m": True, "a": False, "t": False, "c": True, "s": False})
    wrong = Link("found:1", "s", "c", oper_follows=False)
    assert diagnose(Wan(inventory), evidence).mute == {"a", "t"}
    diagnosis = diagnose(Wan(inventory, [wrong]), evidence)
    assert "s" in {fault.root.id for fault in diagnosis.faults}
    assert "s" not in diagnosis.mute


def test_redundancy_that_nobody_declared_is_survived() -> None:
    inventory = network("mabcd", [("m", "a"), ("m", "b"), ("a", "c"), ("a", "d")]).inventory
    evidence = Evidence({"m": True, "a": False, "b": True, "c": True, "d": True})
    assert diagnose(Wan(inventory), evidence).mute == {"a"}  # two answers came through it
    found = [Link(f"found:{n}", "b", n, oper_follows=False) for n in "cd"]
    diagnosis = diagnose(Wan(inventory, found), evidence)
    assert diagnosis.mute == frozenset()
    assert [fault.root.id for fault in diagnosis.faults] == ["a"]


def test_the_port_of_a_found_link_tells_that_it_failed() -> None:
    inventory = network("mab", [("m", "a"), ("m", "b")]).inventory
    wan = Wan(inventory, [Link("found:1", "a", "b", "x", "y", oper_follows=False)])
    evidence = Evidence(dict.fromkeys("mab", True), {("a", "found:1"): False})
    (fault,) = diagnose(wan, evidence).faults
    assert fault.root.id == "found:1"
