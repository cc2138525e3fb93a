"""Availability from random lives of sites, against a model that counts second by second."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from configs.inventory import Inventory, Node, Province, Site, SiteKind
from store import chronicle
from store.availability import SiteTime, times
from store.tables import METADATA
from tests.store.material import START
from topology.chronicle import BEAT, Chronicle
from topology.coverage import Coverage, site_state
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

SITES = {"a": ("a1",), "b": ("b1", "b2")}
NODES = [node for nodes in SITES.values() for node in nodes]
INVENTORY = Inventory(
    provinces={"01": Province("01", "Hà Nội")},
    sites={site: Site(site, site, SiteKind.COMMUNE, "01") for site in SITES},
    nodes={n: Node(n, site, "127.1.0.1") for site, nodes in SITES.items() for n in nodes},
)
DARK = (NodeState.DOWN, NodeState.UNREACHABLE)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


@dataclass(frozen=True)
class Ticks:
    count: int


@dataclass(frozen=True)
class Becomes:
    node: str
    state: NodeState


@dataclass(frozen=True)
class Maintenance:
    node: str
    on: bool


@dataclass(frozen=True)
class Crash:
    """The daemon dies, and comes back after so many seconds."""

    seconds: int


Step: TypeAlias = Ticks | Becomes | Maintenance | Crash


def some_life(seed: int) -> list[Step]:
    """Much of everything: short lists of steps, as are drawn one by one, seldom come to a crash
    within a cut within maintenance."""
    rng = random.Random(seed)

    def step() -> Step:
        match rng.randrange(10):
            case 0:
                return Crash(rng.randint(1, 90))
            case 1 | 2:
                return Maintenance(rng.choice(NODES), rng.random() < 0.5)
            case 3 | 4 | 5:
                return Ticks(rng.randint(1, 15))
            case _:
                return Becomes(rng.choice(NODES), rng.choice(list(NodeState)))

    return [step() for _ in range(rng.randint(10, 80))]


@dataclass
class Second:
    """What a site was at one tick."""

    state: NodeState
    maintenance: bool
    run: int


class Life:
    """The sites' lives, told to a chronicle tick by tick and kept second by second."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.second = 0
        self.run = 0
        self.alive: dict[int, int] = {}  # by run: the last tick that reached the database
        self.lives: dict[str, dict[int, Second]] = {site: {} for site in SITES}
        self.views = {node: NodeView(node, NodeState.UNKNOWN, at(0)) for node in NODES}
        self.changed: set[str] = set()
        self.start()

    def start(self) -> None:
        self.run += 1
        self.chronicle = Chronicle(chronicle.past(self.connection))
        # States are remembered, and nobody has looked yet.
        self.views = {
            node: replace(view, looked_at=None, last_seen=None) for node, view in self.views.items()
        }
        self.tick(looks=False)
        self.tick()
        self.tick()

    def live(self, step: Step) -> None:
        match step:
            case Ticks(count):
                for _ in range(count):
                    self.tick()
            case Becomes(node, state):
                if self.views[node].state is not state:
                    view = replace(self.views[node], state=state, since=at(self.second))
                    self.views[node] = view
                    self.changed.add(node)
            case Maintenance(node, on):
                self.views[node] = replace(self.views[node], maintenance=on)
                self.changed.add(node)
            case Crash(seconds):
                self.second += seconds
                self.changed.clear()
                self.start()

    def tick(self, *, looks: bool = True) -> None:
        now = at(self.second)
        for node, view in self.views.items():
            if looks and view.state is not NodeState.UNKNOWN:
                seen = now if view.state is NodeState.UP else view.last_seen
                self.views[node] = replace(view, looked_at=now, last_seen=seen)
        entry = self.chronicle.take(self.snapshot(now))
        chronicle.put_spans(self.connection, entry.spans)
        chronicle.put_run(self.connection, entry.run)
        if entry.run is not None:
            self.alive[self.run] = self.second
        for site, nodes in SITES.items():
            states = [self.views[node].state for node in nodes]
            known = looks or all(state is NodeState.UNKNOWN for state in states)
            self.lives[site][self.second] = Second(
                site_state(states) if known else NodeState.UNKNOWN,
                any(self.views[node].maintenance for node in nodes),
                self.run,
            )
        self.changed.clear()
        self.second += 1

    def snapshot(self, now: datetime) -> Snapshot:
        none = Coverage(0, 0, 0, 0, 0)
        return Snapshot(
            sequence=0, at=now, started_at=now, inventory=INVENTORY, nodes=dict(self.views),
            sites={}, coverage=none, provinces={}, outages=(), changed_nodes=tuple(self.changed),
        )  # fmt: skip

    def was_unknown(self, life: dict[int, Second], run: int) -> bool:
        """Whether nothing was known of a site when a run ended: a new daemon does not know what
        was before that."""
        return run > 0 and life[self.alive[run]].state is NodeState.UNKNOWN

    def expected(self, site: str, low: int, high: int) -> SiteTime:
        """A site's time in [low, high), counted second by second."""
        life = self.lives[site]
        watched = maintained = cut = maintained_cut = number = 0
        torn = False
        lengths: dict[int, list[int]] = {}  # of each cut: outside of maintenance, and in all
        for second, now in sorted(life.items()):
            if second - 1 not in life and self.was_unknown(life, now.run - 1):
                torn = False
            if now.state is NodeState.UP:
                torn = False
            elif now.state in DARK and not torn:
                number, torn = number + 1, True
            then = life.get(second + 1)
            if then is None or then.run != now.run or second + 1 > self.alive[now.run]:
                continue
            if NodeState.UNKNOWN in (now.state, then.state) or not low <= second < high:
                continue
            watched += 1
            maintained += now.maintenance
            if now.state in DARK:
                cut += not now.maintenance
                maintained_cut += now.maintenance
                length = lengths.setdefault(number, [0, 0])
                length[0] += not now.maintenance
                length[1] += 1
        outside = [length[0] for length in lengths.values() if length[0]]
        whole = [length[1] for length in lengths.values()]
        return SiteTime(
            watched, maintained, cut, maintained_cut,
            len(outside), max(outside, default=0), len(whole), max(whole, default=0),
        )  # fmt: skip


@contextmanager
def database() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        METADATA.create_all(connection)
        yield connection
    engine.dispose()


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), edges=st.tuples(st.integers(0, 100), st.integers(0, 100)))
def test_availability_is_what_counting_every_second_gives(
    seed: int, edges: tuple[int, int]
) -> None:
    with database() as connection:
        life = Life(connection)
        for step in some_life(seed):
            life.live(step)
        low, high = (edge * life.second // 100 for edge in sorted(edges))
        found = times(connection, at(low), at(high))
    for site in SITES:
        time = found.sites.get(site, SiteTime(0))
        assert time == life.expected(site, low, high), site
        assert time.cut_s + time.maintenance_s <= time.watched_s <= high - low


def test_a_crash_makes_the_last_seconds_unknown_and_no_more() -> None:
    with database() as connection:
        life = Life(connection)
        life.live(Becomes("a1", NodeState.UP))
        life.live(Ticks(600))
        died = life.second
        life.live(Crash(3_600))
        life.live(Ticks(600))
        found = times(connection, at(0), at(life.second))
    unknown = life.second - found.sites["a"].watched_s
    assert 3_600 <= unknown <= 3_600 + 2 * BEAT.total_seconds() + 5
    assert [run.id for run in found.runs] == [1, 2]
    assert at(died) - found.runs[0].alive <= BEAT
    assert found.known_since == at(0)


@pytest.mark.parametrize("low", [-100, 10_000])
def test_of_a_time_in_which_nobody_watched_nothing_is_known(low: int) -> None:
    with database() as connection:
        life = Life(connection)
        life.live(Becomes("a1", NodeState.UP))
        life.live(Ticks(50))
        found = times(connection, at(low), at(low + 100))
    assert not found.sites
    assert not found.runs
