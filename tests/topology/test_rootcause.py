"""The diagnosis: what it must find, and what it must never say."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, product
from math import log

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.topology.networks import Case, cases, network
from topology.causes import Symptom, explain, symptoms
from topology.evidence import Evidence
from topology.graph import Wan
from topology.labelling import label
from topology.outage import Root, RootKind, Severity
from topology.priors import Priors
from topology.proof import SILENT, UNKNOWN
from topology.rootcause import diagnose
from topology.times import Times

TREE = [("m", "a"), ("a", "b"), ("b", "c"), ("a", "d")]
RING = [("m", "a"), ("a", "b"), ("b", "c"), ("c", "m")]


def seen(wan: Wan, silent: str, unknown: str = "") -> dict[str, bool]:
    return {node: node not in silent.split() for node in wan.nodes if node not in unknown.split()}


def roots(wan: Wan, evidence: Evidence) -> list[str]:
    return [f"{fault.root.kind}:{fault.root.id}" for fault in diagnose(wan, evidence).faults]


def test_the_first_silent_node_of_a_branch_shadows_the_rest() -> None:
    wan = network("mabcd", TREE)
    (fault,) = diagnose(wan, Evidence(seen(wan, "b c"))).faults
    assert fault.root == Root(RootKind.NODE, "b")
    assert fault.down == ("b",)
    assert fault.shadowed == ("c",)
    assert fault.alternatives == (Root(RootKind.LINK, "a-b"),)
    assert fault.severity is Severity.CRITICAL


def test_a_ring_with_one_dead_node_has_one_root_and_no_shadow() -> None:
    wan = network("mabc", RING)
    (fault,) = diagnose(wan, Evidence(seen(wan, "b"))).faults
    assert fault.root.id == "b"
    assert not fault.shadowed


def test_a_segment_of_a_ring_between_two_faults_is_shadowed_by_both_its_ends() -> None:
    wan = network("mabcde", [*RING[:-1], ("c", "d"), ("d", "e"), ("e", "m")])
    diagnosis = diagnose(wan, Evidence(seen(wan, "b c d")))
    assert [fault.root.id for fault in diagnosis.faults] == ["b", "d"]
    assert sorted(n for fault in diagnosis.faults for n in fault.shadowed) == ["c"]


def test_a_down_port_between_two_reachable_nodes_is_a_failed_link_that_hurts_nobody() -> None:
    wan = network("mabc", RING)
    (fault,) = diagnose(wan, Evidence(seen(wan, ""), {("a", "a-b"): False})).faults
    assert fault.root == Root(RootKind.LINK, "a-b")
    assert fault.severity is Severity.WARNING
    assert not fault.down
    assert not fault.shadowed


def test_two_nodes_of_a_group_that_fall_silent_are_the_group() -> None:
    wan = network("mab", [("m", "a"), ("m", "b")], {"power": ("node:a", "node:b")})
    (fault,) = diagnose(wan, Evidence(seen(wan, "a b"))).faults
    assert fault.root == Root(RootKind.GROUP, "power")
    assert fault.down == ("a", "b")


def test_a_group_with_a_member_that_works_did_not_fail() -> None:
    wan = network(
        "mabc", [("m", "a"), ("m", "b"), ("m", "c")], {"power": ("node:a", "node:b", "node:c")}
    )
    assert roots(wan, Evidence(seen(wan, "a b"))) == ["node:a", "node:b"]
    assert roots(wan, Evidence(seen(wan, "a b", unknown="c"))) == ["group:power"]


def test_a_group_of_twelve_may_spare_one_that_has_a_generator() -> None:
    nodes = [f"c{i}" for i in range(12)]
    members = tuple(f"node:{node}" for node in nodes)
    wan = network(["m", *nodes], [("m", node) for node in nodes], {"grid": members})
    (fault,) = diagnose(wan, Evidence(seen(wan, " ".join(nodes[1:])))).faults
    assert fault.root == Root(RootKind.GROUP, "grid")
    assert fault.down == tuple(nodes[1:])


def test_a_duct_is_found_by_a_silent_node_and_a_down_port() -> None:
    links = [("m", "a"), ("a", "b"), ("b", "m"), ("m", "c")]
    wan = network("mabc", links, {"duct": ("link:a-b", "link:m-c")})
    evidence = Evidence(seen(wan, "c"), {("a", "a-b"): False})
    assert roots(wan, evidence) == ["group:duct"]
    assert roots(wan, replace(evidence, ports={("a", "a-b"): True})) == ["node:c"]


def test_what_fell_silent_at_another_time_has_another_cause() -> None:
    wan = network("mab", [("m", "a"), ("m", "b")], {"power": ("node:a", "node:b")})
    together = Evidence(seen(wan, "a b"), onset={"a": 100.0, "b": 101.0})
    assert roots(wan, together) == ["group:power"]
    assert roots(wan, replace(together, onset={"a": 100.0, "b": 4000.0})) == ["node:a", "node:b"]


def test_of_two_faults_the_later_one_took_down_what_both_shadow() -> None:
    wan = network("mabc", [("m", "a"), ("m", "b"), ("a", "c"), ("b", "c")])
    for first, last in ("ab", "ba"):
        onset = {first: 10.0, last: 500.0, "c": 500.0}
        faults = diagnose(wan, Evidence(seen(wan, "a b c"), onset=onset)).faults
        assert {fault.root.id: fault.shadowed for fault in faults} == {first: (), last: ("c",)}


def test_two_groups_that_explain_the_same_are_told_as_one_with_the_other_as_alternative() -> None:
    wan = network(
        "mab",
        [("m", "a"), ("m", "b")],
        {"duct": ("link:m-a", "link:m-b"), "power": ("node:a", "node:b")},
    )
    (fault,) = diagnose(wan, Evidence(seen(wan, "a b"))).faults
    assert fault.root.id == "duct"
    assert fault.alternatives == (Root(RootKind.GROUP, "power"),)
    assert fault.confidence == 0.5


def test_a_silent_node_that_others_are_seen_through_is_mute_and_no_root() -> None:
    wan = network("mabcd", TREE)
    diagnosis = diagnose(wan, Evidence(seen(wan, "a")))
    assert not diagnosis.faults
    assert diagnosis.mute == {"a"}


def test_a_silent_node_behind_a_following_port_that_is_up_is_mute() -> None:
    wan = network("mabcd", TREE, deaf=["a-d"])
    assert diagnose(wan, Evidence(seen(wan, "b"), {("a", "a-b"): True})).mute == {"b"}
    assert roots(wan, Evidence(seen(wan, "d"), {("a", "a-d"): True})) == ["node:d"]


def test_one_stray_answer_does_not_turn_a_dead_hub_into_fifty_dead_communes() -> None:
    communes = [f"c{i}" for i in range(50)]
    wan = network(["m", "hub", *communes], [("m", "hub"), *(("hub", c) for c in communes)])
    words = seen(wan, " ".join(["hub", *communes[1:]]))
    (fault,) = diagnose(wan, Evidence(words)).faults
    assert fault.root.id == "hub"
    assert set(fault.shadowed) == set(communes[1:])
    for commune in communes[1:48]:
        words[commune] = True
    diagnosis = diagnose(wan, Evidence(words))
    assert diagnosis.mute == {"hub"}
    assert [fault.root.id for fault in diagnosis.faults] == ["c48", "c49"]


def test_an_unknown_node_is_blamed_when_all_behind_it_are_silent() -> None:
    wan = network("mabcd", [("m", "a"), ("a", "b"), ("a", "c"), ("a", "d")])
    (fault,) = diagnose(wan, Evidence(seen(wan, "b c d", unknown="a"))).faults
    assert fault.root.id == "a"
    assert fault.shadowed == ("b", "c", "d")


def test_an_unknown_node_whose_port_went_down_is_told_by_its_link() -> None:
    wan = network("mab", [("m", "a"), ("m", "b")])
    (fault,) = diagnose(wan, Evidence({"m": True, "a": True}, {("m", "m-b"): False})).faults
    assert fault.root == Root(RootKind.LINK, "m-b")
    assert fault.alternatives == (Root(RootKind.NODE, "b"),)
    assert fault.shadowed == ("b",)


def test_what_nobody_has_looked_at_is_no_outage() -> None:
    wan = network("mabcd", TREE)
    assert diagnose(wan, Evidence({})).faults == ()
    assert diagnose(wan, Evidence({"m": True})).faults == ()


def test_when_all_is_silent_the_monitor_is_cut_off_unless_its_own_node_answers() -> None:
    wan = network("mabcd", TREE)
    diagnosis = diagnose(wan, Evidence(seen(wan, "m a b c d")))
    assert diagnosis.cut_off
    assert [fault.root.kind for fault in diagnosis.faults] == [RootKind.MONITOR]
    assert roots(wan, Evidence(seen(wan, "a b c d"))) == ["node:a"]


def test_one_of_two_monitored_nodes_may_be_the_root() -> None:
    wan = network("mabn", [("m", "a"), ("a", "n"), ("n", "b")], monitors=("m", "n"))
    assert roots(wan, Evidence(seen(wan, "n b"))) == ["node:n"]


def test_parallel_links_are_apart() -> None:
    wan = network("ma", [("m", "a"), ("m", "a")])
    assert roots(wan, Evidence(seen(wan, ""), {("m", "m-a-2"): False})) == ["link:m-a-2"]


@given(cases(faults=5))
def test_with_all_evidence_every_front_and_failed_link_is_explained_and_nothing_else(
    case: Case,
) -> None:
    diagnosis = diagnose(case.wan, case.evidence)
    assert diagnosis.dark == frozenset(case.wan.nodes) - case.live
    told = [front for fault in diagnosis.faults for front in fault.fronts]
    assert sorted(told) == sorted(case.fronts)
    links = case.wan.inventory.links.values()
    half = [
        link.id
        for link in links
        if f"link:{link.id}" in case.failed and link.oper_follows and {link.a, link.b} <= case.live
    ]
    assert sorted(link for fault in diagnosis.faults for link in fault.links) == sorted(half)
    shadowed = {node for fault in diagnosis.faults for node in fault.shadowed}
    assert shadowed == diagnosis.dark - set(told)


@given(cases(lost=True, faults=5, times=True))
def test_no_reachable_node_is_ever_a_root_or_a_victim(case: Case) -> None:
    diagnosis = diagnose(case.wan, case.evidence)
    answering = {node for node, answers in case.evidence.reachable.items() if answers}
    assert answering.isdisjoint(diagnosis.dark)
    for fault in diagnosis.faults:
        assert answering.isdisjoint(fault.down + fault.shadowed)
        if fault.root.kind is RootKind.NODE:
            assert fault.root.id not in answering


@given(cases(lost=True, faults=5, times=True))
def test_every_silent_node_is_explained_once_or_passes_traffic(case: Case) -> None:
    diagnosis = diagnose(case.wan, case.evidence)
    assume(not diagnosis.cut_off)
    silent = {node for node, answers in case.evidence.reachable.items() if not answers}
    told = [n for fault in diagnosis.faults for n in fault.down + fault.shadowed]
    assert len(told) == len(set(told))
    assert silent <= set(told) | diagnosis.mute
    assert diagnosis.mute.isdisjoint(told)


@settings(max_examples=60, deadline=None)
@given(cases(lost=True, faults=5, times=True), st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_changes_nothing(case: Case, rng: random.Random) -> None:
    first = diagnose(case.wan, case.evidence)
    for _ in range(20):
        words = list(case.evidence.reachable.items())
        ports = list(case.evidence.ports.items())
        rng.shuffle(words)
        rng.shuffle(ports)
        shuffled = replace(case.evidence, reachable=dict(words), ports=dict(ports))
        assert diagnose(case.wan, shuffled) == first


@given(cases(lost=True, groups=False, faults=4), st.data())
def test_hearing_what_was_already_concluded_changes_no_conclusion(
    case: Case, data: st.DataObject
) -> None:
    evidence = replace(case.evidence, port_loss=None)
    before = diagnose(case.wan, evidence)
    unknown = sorted(set(case.wan.nodes) - evidence.reachable.keys())
    assume(unknown and not before.cut_off)
    node = data.draw(st.sampled_from(unknown))
    word = node not in before.dark
    after = diagnose(case.wan, replace(evidence, reachable={**evidence.reachable, node: word}))
    assume(not after.cut_off)
    assert after.dark == before.dark
    assert after.mute == before.mute
    assert {f for fault in after.faults for f in fault.fronts} >= {
        f for fault in before.faults for f in fault.fronts
    }


def _energy(case: Case, priors: Priors, dark: frozenset[int]) -> float:
    """What it costs to believe that just these nodes are dark: the sum of docs/rootcause.md,
    written down without regard to how it is minimised."""
    wan, evidence = case.wan, case.evidence
    total = 0.0
    down = {link for (_, link), is_up in evidence.ports.items() if not is_up}
    proven = label(wan, evidence, priors).proven
    for n, node in enumerate(wan.nodes):
        links = [k for far, k in wan.edges[n] if far not in dark]
        if n in dark:
            total += min(priors.node, priors.link * len(links))
        elif node not in evidence.reachable and not proven[n]:
            near = [k for far, k in wan.edges[n] if proven[far] and wan.links[k] in down]
            total += priors.link * len(near)
            if evidence.port_loss is not None:
                total += _silence(wan, n, evidence.port_loss, priors)
    return total


def _silence(wan: Wan, n: int, loss: float, priors: Priors) -> float:
    return min(priors.mute, -log(loss) * len(wan.edges[n]))


@settings(max_examples=150, deadline=None)
@given(cases(largest=7, lost=True, groups=False, faults=4))
def test_the_labels_of_unknown_nodes_are_the_cheapest_of_all(case: Case) -> None:
    priors = Priors.of(case.wan)
    labels = label(case.wan, case.evidence, priors)
    free = [n for n, said in enumerate(labels.word) if said == UNKNOWN and not labels.proven[n]]
    always = {n for n, said in enumerate(labels.word) if said == SILENT and not labels.proven[n]}
    # A node without any path to the living is dark whatever the cut says of it.
    ours = _energy(case, priors, frozenset(n for n, live in enumerate(labels.live) if not live))
    for choice in product((False, True), repeat=len(free)):
        dark = always | {n for n, is_dark in zip(free, choice, strict=True) if is_dark}
        assert ours <= _energy(case, priors, frozenset(dark)) + 1e-6


@settings(max_examples=150, deadline=None)
@given(cases(largest=7, faults=5))
def test_no_other_choice_of_groups_explains_the_symptoms_at_less_cost(case: Case) -> None:
    wan = case.wan
    priors = Priors.of(wan)
    labels = label(wan, case.evidence, priors)
    found = symptoms(wan, labels, priors, Times())
    causes = explain(wan, labels, priors, found)
    assert sorted(s.node for cause in causes for s in cause.symptoms) == sorted(
        s.node for s in found
    )

    def whole(group: str) -> set[int]:
        """Places of the symptoms that a group explains all by itself."""
        nodes, links = wan.members[group]
        return {
            i for i, s in enumerate(found)
            if s.node in nodes or (links.issuperset(s.links) and s.links)
        }  # fmt: skip

    def cost(groups: tuple[str, ...]) -> float:
        covered = set().union(*(whole(g) for g in groups))
        return sum(priors.of_group(wan.groups[g]) for g in groups) + sum(
            s.cost for i, s in enumerate(found) if i not in covered
        )

    ours = tuple(cause.group for cause in causes if cause.group)
    nodes_up = {n for n, said in enumerate(labels.word) if said == 1}
    alive = [
        g for g, (nodes, links) in wan.members.items()
        if not nodes & nodes_up and _may_have_failed(wan, case, nodes, links)
    ]  # fmt: skip
    for size in range(len(alive) + 1):
        for other in combinations(alive, size):
            touched = all(len(_touched(wan, found, g)) > 1 for g in other)
            if touched and all(whole(g) for g in other):
                assert cost(ours) <= cost(other) + 1e-6


def _touched(wan: Wan, found: list[Symptom], group: str) -> set[int]:
    nodes, links = wan.members[group]
    return {i for i, s in enumerate(found) if s.node in nodes or links & set(s.links)}


def _may_have_failed(wan: Wan, case: Case, nodes: frozenset[int], links: frozenset[int]) -> bool:
    """Whether the evidence would be the same as far as it goes, had these failed too."""
    for (_, link), is_up in case.evidence.ports.items():
        k = wan.link_at[link]
        if is_up and wan.follows[k] and (k in links or set(wan.ends[k]) & nodes):
            return False
    dead = {wan.node_at[n] for n in case.wan.nodes if n not in case.live}
    down = {wan.link_at[link] for (_, link), is_up in case.evidence.ports.items() if not is_up}
    left = wan.live(dead | nodes, links | down)
    return all(left[wan.node_at[n]] for n in case.live)
