"""Batteries and restarts: which ties they break, and what they must never do."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from configs.inventory import GroupKind
from tests.topology.networks import Case, cases, network
from topology.causes import MAINS, explain, symptoms
from topology.diagnosis import Diagnosis, Fault
from topology.evidence import Evidence
from topology.graph import Wan
from topology.labelling import label
from topology.outage import Clue, Root, RootKind, Severity, Sign
from topology.power import Power
from topology.priors import Priors
from topology.rootcause import diagnose
from topology.times import Times


def hub() -> Wan:
    """Two routers and a UPS behind them, at one site; their feed is declared, and the duct in
    which both their uplinks lie. Behind each, a commune."""
    links = [("m", "a"), ("m", "b"), ("a", "b"), ("a", "ups"), ("b", "ups"), ("a", "x"), ("b", "y")]
    return network(
        ["m", "a", "b", "ups", "x", "y"],
        links,
        {"duct": ("link:m-a", "link:m-b"), "feed": ("node:a", "node:b")},
        sites=dict.fromkeys(["a", "b", "ups"], "hub"),
        kinds={"duct": GroupKind.DUCT, "feed": GroupKind.POWER},
    )


DARK = {"m": True, "a": False, "b": False, "ups": False, "x": False, "y": False}


def root(wan: Wan, evidence: Evidence) -> tuple[str, ...]:
    return tuple(f"{f.root.kind}:{f.root.id}" for f in diagnose(wan, evidence).faults)


def only(diagnosis: Diagnosis) -> Fault:
    (fault,) = diagnosis.faults
    return fault


def test_without_a_word_on_power_the_feed_and_the_duct_are_a_tie() -> None:
    fault = only(diagnose(hub(), Evidence(DARK)))
    assert 0.4 < fault.confidence < 0.6
    assert len(fault.alternatives) >= 1
    assert fault.clues == ()


def test_a_ups_that_went_on_battery_before_makes_it_the_feed() -> None:
    fault = only(diagnose(hub(), Evidence(DARK, battery={"ups": None})))
    assert fault.root == Root(RootKind.GROUP, "feed")
    assert fault.confidence > 0.95
    assert fault.clues == (Clue(Sign.BATTERY, "ups"),)
    assert fault.severity is Severity.CRITICAL


def test_a_ups_that_had_its_mains_to_the_last_makes_it_the_duct() -> None:
    fault = only(diagnose(hub(), Evidence(DARK, mains=frozenset({"ups"}))))
    assert fault.root == Root(RootKind.GROUP, "duct")
    assert Root(RootKind.GROUP, "feed") in fault.alternatives
    assert Clue(Sign.MAINS, "ups") in fault.clues


def test_a_battery_is_told_as_a_warning_before_anybody_is_hurt() -> None:
    fault = only(diagnose(hub(), Evidence(dict.fromkeys(DARK, True), battery={"ups": 7.0})))
    assert fault.root == Root(RootKind.GROUP, "feed")
    assert fault.severity is Severity.WARNING
    assert not fault.down
    assert not fault.shadowed
    assert fault.onset == 7.0
    assert fault.tokens == {"mains:ups"}


def test_a_battery_at_a_site_without_a_declared_feed_is_told_by_its_ups() -> None:
    wan = network("mau", [("m", "a"), ("a", "u")], sites={"a": "s", "u": "s"})
    fault = only(diagnose(wan, Evidence(dict.fromkeys("mau", True), battery={"u": None})))
    assert fault.root == Root(RootKind.NODE, "u")
    assert not fault.down
    after = only(diagnose(wan, Evidence({"m": True, "a": False, "u": False}, battery={"u": None})))
    assert after.root == Root(RootKind.NODE, "a")
    assert after.tokens >= fault.tokens
    assert after.alternatives == ()  # without the battery it might as well be the line


def test_batteries_end_one_after_the_other_and_it_is_still_the_feed() -> None:
    one = DARK | {"b": True, "ups": True, "y": True}
    evidence = Evidence(one, battery={"ups": 0.0}, onset={"a": 600.0})
    assert root(hub(), evidence) == ("group:feed",)
    both = Evidence(DARK, battery={"ups": 0.0}, onset={"a": 600.0, "b": 900.0, "ups": 900.0})
    assert root(hub(), both) == ("group:feed",)


def test_what_fell_silent_long_before_the_mains_went_has_another_cause() -> None:
    words = DARK | {"b": True, "ups": True, "y": True}
    evidence = Evidence(words, battery={"ups": 600.0}, onset={"a": 0.0})
    assert sorted(root(hub(), evidence)) == ["group:feed", "node:a"]


def test_while_one_router_is_up_again_after_a_restart_the_other_is_still_the_feed() -> None:
    words = dict.fromkeys(DARK, True) | {"b": False, "y": False}
    onset = {"b": 100.0}
    assert root(hub(), Evidence(words, onset=onset)) == ("node:b",)
    restarted = Evidence(words, onset=onset, restarted={"a": 101.0})
    fault = only(diagnose(hub(), restarted))
    assert fault.root == Root(RootKind.GROUP, "feed")
    assert fault.down == ("b",)
    assert fault.clues == (Clue(Sign.RESTARTED, "a"),)
    long_ago = Evidence(words, onset=onset, restarted={"a": 10.0})
    assert root(hub(), long_ago) == ("node:b",)


def test_restarts_that_are_over_are_no_outage() -> None:
    words = dict.fromkeys(DARK, True)
    assert root(hub(), Evidence(words, restarted={"a": 1.0, "b": 2.0})) == ()


def test_a_leaf_that_ran_on_the_last_time_is_cut_off_again_by_its_line() -> None:
    wan = network("ma", [("m", "a")])
    words = {"m": True, "a": False}
    assert only(diagnose(wan, Evidence(words))).root == Root(RootKind.NODE, "a")
    fault = only(diagnose(wan, Evidence(words, ran_on=frozenset({"a"}))))
    assert fault.root == Root(RootKind.LINK, "m-a")
    assert fault.alternatives == (Root(RootKind.NODE, "a"),)
    assert fault.fronts == ("a",)
    assert fault.clues == (Clue(Sign.RAN_ON, "a"),)


def plain(evidence: Evidence) -> Evidence:
    return Evidence(evidence.reachable, evidence.ports, evidence.onset, evidence.port_loss)


@given(cases(faults=5, power=True))
def test_with_all_looks_no_word_on_power_hides_a_front_or_makes_one(case: Case) -> None:
    before, after = diagnose(case.wan, plain(case.evidence)), diagnose(case.wan, case.evidence)
    assert (after.dark, after.mute, after.cut_off) == (before.dark, before.mute, before.cut_off)
    for told in ("fronts", "links"):
        assert sorted(x for fault in after.faults for x in getattr(fault, told)) == sorted(
            x for fault in before.faults for x in getattr(fault, told)
        )


@given(cases(lost=True, faults=5, power=True))
def test_whatever_is_said_of_power_every_silent_node_is_explained_once(case: Case) -> None:
    diagnosis = diagnose(case.wan, case.evidence)
    assume(not diagnosis.cut_off)
    answering = {node for node, answers in case.evidence.reachable.items() if answers}
    silent = case.evidence.reachable.keys() - answering
    told = [n for fault in diagnosis.faults for n in fault.down + fault.shadowed]
    assert len(told) == len(set(told))
    assert silent <= set(told) | diagnosis.mute
    assert answering.isdisjoint(told)
    for fault in diagnosis.faults:
        assert fault.tokens
        if fault.root.kind is RootKind.NODE and fault.root.id in answering:
            assert fault.batteries  # no more than a warning
            assert fault.severity is Severity.WARNING
    batteries = [ups for fault in diagnosis.faults for ups in fault.batteries]
    assert sorted(batteries) == sorted(case.evidence.battery)


@settings(max_examples=60, deadline=None)
@given(cases(lost=True, faults=4, power=True), st.randoms(use_true_random=False))
def test_the_order_of_the_words_changes_nothing(case: Case, rng: random.Random) -> None:
    first = diagnose(case.wan, case.evidence)
    for _ in range(5):
        battery = list(case.evidence.battery.items())
        restarted = list(case.evidence.restarted.items())
        rng.shuffle(battery)
        rng.shuffle(restarted)
        shuffled = replace(case.evidence, battery=dict(battery), restarted=dict(restarted))
        assert diagnose(case.wan, shuffled) == first


@settings(max_examples=100, deadline=None)
@given(cases(largest=7, faults=5, power=True))
def test_every_symptom_has_one_cause_and_mains_explain_only_their_own_site(case: Case) -> None:
    wan, evidence = case.wan, case.evidence
    priors, power = Priors.of(wan), Power.of(wan, evidence)
    labels = label(wan, evidence, priors)
    found = symptoms(wan, labels, priors, Times.of(wan, evidence), power=power)
    causes = explain(wan, labels, priors, found, power)
    explained = [s for cause in causes for s in cause.symptoms]
    assert len(explained) == len(found) == len(set(explained))
    for cause in causes:
        if cause.group.startswith(MAINS):
            places = {wan.site_of[max(s.node, s.ups, s.back)] for s in cause.symptoms}
            assert places == {cause.group.removeprefix(MAINS)}
