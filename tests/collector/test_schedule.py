"""The schedule under a fake clock."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from collector.schedule import Errand, Kind, Schedule

INTERVALS_S = dict.fromkeys(Kind, 300.0) | {Kind.REACHABILITY: 2.0, Kind.COUNTERS: 30.0}
GAP_S = 0.25


def schedule(nodes: list[str], now: float = 1000.0) -> Schedule:
    made = Schedule(INTERVALS_S, dict.fromkeys(Kind, GAP_S), now)
    made.replace(dict.fromkeys(Kind, nodes))
    return made


def test_every_node_is_asked_once_per_interval() -> None:
    nodes = [f"n{i}" for i in range(100)]
    made, now, seen = schedule(nodes), 1000.0, Counter[Errand]()
    while now < 1060.0:
        now += 0.02
        for errand in made.due(now):
            seen[errand] += 1
            made.finished(errand, now)
    assert all(29 <= seen[Errand(Kind.REACHABILITY, node)] <= 31 for node in nodes)
    assert all(1 <= seen[Errand(Kind.COUNTERS, node)] <= 3 for node in nodes)


def test_the_fleet_is_spread_over_the_interval() -> None:
    made = schedule([f"cpe-{i:05}" for i in range(3400)])
    made.due(1000.0)
    per_tenth = []
    for step in range(1, 21):
        errands = made.due(1000.0 + step * 0.1)
        per_tenth.append(sum(e.kind is Kind.REACHABILITY for e in errands))
        for errand in errands:
            made.finished(errand, 1000.0 + step * 0.1)
    assert sum(per_tenth) == 3400
    assert max(per_tenth) < 1.5 * 3400 / 20


def test_due_times_are_the_same_in_another_process() -> None:
    one, other = schedule(["a", "b", "c"]), schedule(["c", "a", "b"])
    assert one.due(1002.0) == other.due(1002.0)


def test_a_busy_node_loses_its_turn_and_that_is_counted() -> None:
    made = schedule(["a"])
    assert Errand(Kind.REACHABILITY, "a") in made.due(1002.0)
    assert made.due(1004.0) == []
    assert made.stats.overlap == 1
    made.finished(Errand(Kind.REACHABILITY, "a"), 1004.0)
    assert made.due(1006.0) == [Errand(Kind.REACHABILITY, "a")]


def test_turns_that_nobody_came_for_are_counted_and_not_made_good() -> None:
    made = schedule(["a", "b"])
    errands = [e for e in made.due(1020.0) if e.kind is Kind.REACHABILITY]
    assert sorted(e.node for e in errands) == ["a", "b"]
    assert made.stats.missed == 2 * 9


def test_what_is_asked_on_demand_jumps_the_queue() -> None:
    made = schedule([f"n{i}" for i in range(50)])
    made.due(1000.0)
    made.ask(Kind.SSH, "n7", 1000.01)
    assert made.next_at() <= 1000.01
    assert made.due(1000.02)[0] == Errand(Kind.SSH, "n7")


def test_a_rush_is_served_in_order_over_several_turns() -> None:
    made = schedule([f"n{i}" for i in range(250)])
    for i in range(250):
        made.ask(Kind.SSH, f"n{i}", 1000.0 + i * 1e-6)
    turns = [made.due(1000.001, most_wanted=100) for _ in range(3)]
    asked = [e.node for turn in turns for e in turn if e.kind is Kind.SSH]
    assert [len(turn) >= 50 for turn in turns] == [True, True, True]
    assert asked[:250] == [f"n{i}" for i in range(250)]


def test_asking_twice_asks_once() -> None:
    made = schedule(["a"])
    made.ask(Kind.SSH, "a", 1000.0)
    made.ask(Kind.SSH, "a", 1000.0)
    assert made.due(1000.0).count(Errand(Kind.SSH, "a")) == 1
    assert made.stats.asked == 1


def test_what_is_wanted_later_may_be_wanted_sooner() -> None:
    made, ssh = schedule(["a"]), Errand(Kind.SSH, "a")
    made.ask(Kind.SSH, "a", 1007.0)
    assert ssh not in made.due(1000.5)
    made.ask(Kind.SSH, "a", 1001.0)
    made.ask(Kind.SSH, "a", 1005.0)
    assert ssh in made.due(1001.0)
    made.finished(ssh, 1001.0)
    assert ssh not in made.due(1008.0)
    assert made.stats.asked == 1


def test_a_node_asked_for_again_waits_for_the_gap() -> None:
    made, ssh = schedule(["a"]), Errand(Kind.SSH, "a")
    made.ask(Kind.SSH, "a", 1000.0)
    assert ssh in made.due(1000.0)
    made.finished(ssh, 1000.05)
    made.ask(Kind.SSH, "a", 1000.05)
    assert ssh not in made.due(1000.2)
    assert ssh in made.due(1000.25)


def test_what_is_asked_of_a_busy_node_is_done_when_it_is_free() -> None:
    made, ssh = schedule(["a"]), Errand(Kind.SSH, "a")
    made.ask(Kind.SSH, "a", 1000.0)
    made.due(1000.0)
    made.ask(Kind.SSH, "a", 1000.1)
    assert ssh not in made.due(1001.0)
    made.finished(ssh, 1001.0)
    assert ssh in made.due(1001.0)


def test_a_regular_turn_satisfies_who_asked() -> None:
    made, look = schedule(["a"]), Errand(Kind.REACHABILITY, "a")
    turn_at = min(1000.0 + 0.01 * i for i in range(200) if look in made.due(1000.0 + 0.01 * i))
    made.finished(look, turn_at)
    made.ask(Kind.REACHABILITY, "a", turn_at + 0.1)
    assert look in made.due(turn_at + 2.0)
    made.finished(look, turn_at + 2.0)
    assert look not in made.due(turn_at + 3.0)


@pytest.mark.parametrize(("asked_s_before", "passed_over"), [(100, True), (600, False)])
def test_a_rare_turn_is_passed_over_soon_after_an_errand_on_demand(
    asked_s_before: int, passed_over: bool
) -> None:
    survey = Errand(Kind.SURVEY, "a")
    made = Schedule(dict.fromkeys(Kind, 1_000.0), dict.fromkeys(Kind, GAP_S), 0.0)
    made.replace({Kind.SURVEY: ["a"]})
    (first,) = [at for at in range(1, 1_001) if made.due(float(at))]
    made.finished(survey, float(first))
    asked = first + 1_000 - asked_s_before
    made.ask(*survey, float(asked))
    assert made.due(float(asked)) == [survey]
    made.finished(survey, float(asked))
    assert made.due(first + 1_000.0) == ([] if passed_over else [survey])
    made.finished(survey, first + 1_000.0)
    assert made.due(first + 2_000.0) == [survey]


def test_a_node_without_such_errands_is_never_asked() -> None:
    made = schedule([])
    made.ask(Kind.SSH, "ghost", 1000.0)
    assert made.due(2000.0) == []


def test_a_reload_keeps_the_due_times_of_who_stays() -> None:
    made, same = schedule(["a", "b", "c"]), schedule(["a", "b", "c"])
    made.due(1000.5)
    same.due(1000.5)
    made.replace({kind: ["a", "c", "d"] for kind in Kind})
    kept = {e for e in made.due(1001.4) if e.node in "ac"}
    assert kept == {e for e in same.due(1001.4) if e.node in "ac"}


def test_a_clock_that_stands_still_makes_nothing_due_twice() -> None:
    made = schedule(["a"])
    first = made.due(1002.0)
    for errand in first:
        made.finished(errand, 1002.0)
    assert made.due(1002.0) == []
    assert made.due(1001.0) == []


@given(
    st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40),
    st.lists(st.floats(0.001, 0.9), min_size=20, max_size=200),
)
@settings(deadline=None)
def test_nobody_starves(nodes: set[str], steps: list[float]) -> None:
    """However unevenly we come, a node that answers at once is never left for longer than its
    interval and our own latest step."""
    made, now = schedule(sorted(nodes)), 1000.0
    last = dict.fromkeys(nodes, now)
    for step in steps:
        now += step
        for errand in made.due(now):
            made.finished(errand, now)
            if errand.kind is Kind.REACHABILITY:
                last[errand.node] = now
        assert all(now - at <= 2.0 + 1e-6 for at in last.values())


class Fleet(RuleBasedStateMachine):
    """Nodes that answer when they like, are asked when anybody likes, come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.nodes = ["a", "b", "c", "d"]
        self.schedule = schedule(self.nodes)
        self.busy: dict[Errand, float] = {}
        self.started: dict[Errand, float] = {}
        self.asked: dict[Errand, float] = {}

    @rule(step=st.floats(0.0, 3.0))
    def time_passes(self, step: float) -> None:
        self.now += step
        for errand in self.schedule.due(self.now):
            assert errand not in self.busy, "overlap"
            assert errand.node in self.nodes
            self.busy[errand] = self.started[errand] = self.now
            self.asked.pop(errand, None)

    @rule(kind=st.sampled_from(list(Kind)), node=st.sampled_from("abcd"))
    def answer(self, kind: Kind, node: str) -> None:
        errand = Errand(kind, node)
        if errand in self.busy:
            del self.busy[errand]
            self.schedule.finished(errand, self.now)

    @rule(kind=st.sampled_from(list(Kind)), node=st.sampled_from("abcd"))
    def ask(self, kind: Kind, node: str) -> None:
        self.schedule.ask(kind, node, self.now)
        if node in self.nodes:
            self.asked.setdefault(Errand(kind, node), self.now)

    @rule(nodes=st.lists(st.sampled_from("abcd"), unique=True))
    def reload(self, nodes: list[str]) -> None:
        self.nodes = nodes
        self.schedule.replace(dict.fromkeys(Kind, nodes))
        self.asked = {e: at for e, at in self.asked.items() if e.node in nodes}

    @invariant()
    def whoever_asked_is_served_when_the_node_is_free(self) -> None:
        for errand in self.asked:
            if errand not in self.busy:
                assert self.schedule.next_at() <= self.now + GAP_S


TestFleet = Fleet.TestCase
TestFleet.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
