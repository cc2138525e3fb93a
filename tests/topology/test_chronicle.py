from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from configs.inventory import Inventory, Node, Province, Site, SiteKind
from topology.chronicle import BEAT, GAP, STEP_BACK, Chronicle, Entry, Past, Run, Span, SpanKind
from topology.coverage import Coverage
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

UP, DOWN, UNKNOWN = NodeState.UP, NodeState.DOWN, NodeState.UNKNOWN
START = datetime(2026, 11, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def inventory(*sites: str) -> Inventory:
    """Sites of two nodes each."""
    return Inventory(
        provinces={"01": Province("01", "Hà Nội")},
        sites={site: Site(site, site, SiteKind.COMMUNE, "01") for site in sites},
        nodes={f"{s}{n}": Node(f"{s}{n}", s, "127.1.0.1") for s in sites for n in (1, 2)},
    )


class World:
    """Tells a chronicle of one site `x` with the nodes `x1` and `x2`, and keeps its entries."""

    def __init__(self, past: Past | None = None, state: NodeState = UNKNOWN) -> None:
        self.chronicle = Chronicle(past)
        self.inventory = inventory("x")
        self.views = {node: NodeView(node, state, at(-1)) for node in ("x1", "x2")}
        self.changed: set[str] = set()
        self.rows: dict[tuple[SpanKind, str, datetime, datetime], Span] = {}
        self.runs: dict[int, Run] = {}

    def node(self, name: str, state: NodeState, since: float, **more: object) -> None:
        """What is seen of a node with the next turn: looked at and answered as its state says."""
        seen = at(since) if state is UP else self.views[name].last_seen
        self.views[name] = replace(
            self.views[name], state=state, since=at(since), looked_at=at(since), last_seen=seen,
            **more,
        )  # type: ignore[arg-type]  # fmt: skip
        self.changed.add(name)

    def both(self, state: NodeState, since: float, **more: object) -> None:
        for name in ("x1", "x2"):
            self.node(name, state, since, **more)

    def turn(self, seconds: float) -> Entry:
        entry = self.chronicle.take(
            Snapshot(
                sequence=1, at=at(seconds), started_at=START, inventory=self.inventory,
                nodes=dict(self.views), sites={}, coverage=Coverage(0, 0, 0, 0, 0), provinces={},
                outages=(), changed_nodes=tuple(self.changed),
            )
        )  # fmt: skip
        self.changed.clear()
        self.rows |= {(s.kind, s.site, s.began, s.since): s for s in entry.spans}
        if entry.run is not None:
            self.runs[entry.run.id] = entry.run
        return entry

    def spans(self, kind: SpanKind) -> list[tuple[float, float | None]]:
        """(since, until) in seconds."""
        found = sorted((s for s in self.rows.values() if s.kind is kind), key=lambda s: s.since)
        return [
            ((s.since - START).total_seconds(), s.until and (s.until - START).total_seconds())
            for s in found
        ]

    @property
    def watched(self) -> list[tuple[float, float | None]]:
        return self.spans(SpanKind.WATCHED)

    @property
    def cut(self) -> list[tuple[float, float | None]]:
        return self.spans(SpanKind.CUT)


def covered() -> World:
    """A site that is covered from second 10 on."""
    world = World()
    world.turn(0)
    world.both(UP, 9)
    world.turn(10)
    return world


def test_a_site_that_nobody_has_looked_at_is_not_watched() -> None:
    world = World()
    world.turn(0)
    world.turn(20)
    assert not world.rows
    assert world.runs[1] == Run(1, at(0), at(20))


def test_a_cut_begins_with_the_first_look_in_vain_at_the_last_node_that_was_left() -> None:
    world = covered()
    world.node("x1", DOWN, 20)
    world.turn(22)
    assert world.cut == []
    world.node("x2", DOWN, 31)
    world.turn(34)
    assert world.cut == [(31, None)]


def test_a_cut_is_no_earlier_than_the_node_that_failed_first_and_was_told_last() -> None:
    world = covered()
    world.node("x2", DOWN, 31)
    world.turn(33)
    world.node("x1", DOWN, 20)  # it had been given more time
    world.turn(34)
    assert world.cut == [(31, None)]


def test_a_verdict_that_is_revised_does_not_move_the_cut() -> None:
    world = covered()
    world.both(DOWN, 20)
    world.turn(22)
    world.both(NodeState.UNREACHABLE, 40)
    world.turn(40)
    world.node("x1", UP, 50)
    world.turn(51)
    assert world.cut == [(20, 50)]


def test_a_node_whose_verdict_was_revised_is_dark_since_it_fell_silent() -> None:
    world = covered()
    world.node("x1", DOWN, 20)
    world.turn(22)
    world.node("x1", NodeState.UNREACHABLE, 40)
    world.turn(40)
    world.node("x2", NodeState.UNREACHABLE, 30)
    world.turn(41)
    assert world.cut == [(30, None)]


def test_what_is_not_looked_at_any_more_was_known_up_to_its_last_answer() -> None:
    world = covered()
    for name, seen in (("x1", 33), ("x2", 35)):
        view = replace(world.views[name], last_seen=at(seen), looked_at=at(seen))
        world.views[name] = replace(view, state=UNKNOWN, since=at(65))
    world.turn(40)
    world.changed |= world.views.keys()
    world.turn(65)
    assert world.watched == [(10, 35)]


def test_a_cut_goes_on_after_a_time_in_which_nobody_looked() -> None:
    world = covered()
    world.both(DOWN, 20)
    world.turn(22)
    world.both(UNKNOWN, 50)
    world.turn(55)
    world.both(DOWN, 70)
    world.turn(71)
    assert world.cut == [(20, 50), (71, None)]
    assert {span.began for span in world.rows.values() if span.kind is SpanKind.CUT} == {at(20)}


def test_maintenance_parts_a_cut_and_the_watch_at_the_same_moment() -> None:
    world = covered()
    world.both(DOWN, 20)
    world.turn(22)
    world.both(DOWN, 20, maintenance=True)
    world.turn(30)
    world.both(DOWN, 20, maintenance=False)
    world.turn(40)
    assert world.watched == [(10, 30), (30, 40), (40, None)]
    assert world.cut == [(20, 30), (30, 40), (40, None)]
    assert {span.began for span in world.rows.values() if span.kind is SpanKind.CUT} == {at(20)}
    flags = [s.maintenance for s in sorted(world.rows.values(), key=lambda s: (s.kind, s.since))]
    assert flags == [False, True, False] * 2


def restarted(state: NodeState) -> World:
    """A daemon that was last alive at second 60, and starts again at second 200."""
    cut = (Span(SpanKind.CUT, "x", at(20), at(20), False),) if state is DOWN else ()
    watched = Span(SpanKind.WATCHED, "x", at(0), at(0), False)
    world = World(Past(Run(7, at(0), at(60)), (watched, *cut)), state)
    world.turn(200)
    return world


def test_a_restart_ends_what_was_open_when_the_daemon_was_last_alive() -> None:
    world = restarted(DOWN)
    assert world.watched == [(0, 60)]
    assert world.cut == [(20, 60)]
    assert world.runs[8] == Run(8, at(200), at(200))


def test_what_the_store_remembers_is_believed_once_it_was_looked_at() -> None:
    world = restarted(UP)
    world.turn(201)
    assert world.watched == [(0, 60)]
    world.node("x1", UP, 202)
    world.turn(202)
    assert world.watched == [(0, 60), (202, None)]


def test_a_node_that_died_while_nobody_watched_was_never_up_since() -> None:
    world = restarted(UP)
    for name in ("x1", "x2"):  # the first look in vain: still up, for what is confirmed
        world.views[name] = replace(world.views[name], looked_at=at(202), suspected=True)
        world.changed.add(name)
    world.turn(202)
    world.both(DOWN, 202, suspected=False)
    world.turn(205)
    assert world.watched == [(0, 60), (205, None)]
    assert world.cut == [(205, None)]


def test_a_cut_that_outlasts_a_restart_is_the_same_cut() -> None:
    world = restarted(DOWN)
    world.both(DOWN, 202)
    world.turn(203)
    assert world.cut == [(20, 60), (203, None)]
    assert {span.began for span in world.rows.values() if span.kind is SpanKind.CUT} == {at(20)}


def test_a_machine_that_slept_has_not_watched_meanwhile() -> None:
    world = covered()
    world.turn(20)
    world.turn(3_620)
    assert world.watched == [(10, 20), (3_620, None)]
    assert [run.started for run in world.runs.values()] == [at(0), at(3_620)]


def test_a_busy_machine_has_watched_all_the_same() -> None:
    world = covered()
    world.turn(10 + GAP.total_seconds() - 1)
    assert world.watched == [(10, None)]


def test_a_clock_that_goes_back_an_hour_counts_no_time_twice() -> None:
    world = covered()
    world.turn(60)
    world.turn(120 - 3_600)
    world.both(DOWN, 130 - 3_600)
    world.turn(131 - 3_600)
    assert world.watched == [(10, None)]
    assert world.cut == [(59, None)]  # a second before the turn, as ever
    world.both(UP, 110)
    world.turn(110)
    assert world.cut == [(59, 110)]


def test_a_clock_that_had_been_years_ahead_does_not_stop_the_chronicle() -> None:
    years = 4 * 365 * 86_400
    world = covered()
    world.turn(20)
    world.turn(years)
    world.turn(40)
    assert years > STEP_BACK.total_seconds()
    assert world.watched == [(10, 20), (40, None), (years, years)]
    assert [run.id for run in world.runs.values()] == [1, 2, 3]


def test_a_site_that_leaves_the_inventory_is_not_watched_any_more() -> None:
    world = covered()
    world.turn(20)
    world.inventory = inventory("y")
    world.views = {node: NodeView(node, UNKNOWN, at(30)) for node in ("y1", "y2")}
    world.turn(30)
    assert world.watched == [(10, 30)]


def test_a_site_that_loses_its_last_node_is_not_watched_any_more() -> None:
    world = covered()
    world.inventory = replace(world.inventory, nodes={})
    world.views.clear()
    world.turn(30)
    world.turn(40)
    assert world.watched == [(10, 30)]


def test_a_reload_leaves_what_is_known_as_it_is() -> None:
    world = covered()
    world.both(DOWN, 20)
    world.turn(22)
    world.inventory = inventory("x")
    world.turn(30)
    assert world.watched == [(10, None)]
    assert world.cut == [(20, None)]


@pytest.mark.parametrize("seconds", [1, 5, 9])
def test_where_nothing_changes_it_is_told_of_life_now_and_then_only(seconds: float) -> None:
    world = covered()
    assert world.turn(10 + seconds) == Entry()
    assert world.turn(10 + BEAT.total_seconds()) == Entry((), Run(1, at(0), at(20)))
