"""The schedule: who is to be asked what, when. It knows no clock and does no I/O."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from collector.wheel import Wheel

RARE_S = 600.0  # who is asked so seldom is not asked again soon after having been on demand


class Kind(StrEnum):
    """The kinds of errand; each has an interval of its own."""

    REACHABILITY = "reachability"
    COUNTERS = "counters"
    SSH = "ssh"
    SURVEY = "survey"
    NEIGHBOURS = "neighbours"
    VITALS = "vitals"


class Errand(NamedTuple):
    """Ask this node now. Whoever takes it says `finished` in the end."""

    kind: Kind
    node: str


@dataclass(slots=True)
class ScheduleStats:
    """`due`: errands handed out, `asked` of them on demand; `overlap`: turns dropped because the
    node was still busy; `missed`: turns that nobody came for; `late_s`: sum over all turns, and
    `latest_s` the worst."""

    due: int = 0
    asked: int = 0
    overlap: int = 0
    missed: int = 0
    late_s: float = 0.0
    latest_s: float = 0.0


class Schedule:
    """Regular turns from one wheel per kind, and errands on demand that jump the queue.

    A node is never busy twice with one kind of errand. What is asked on demand is never lost: it
    waits until the node is free and the kind's gap has passed since its last errand of that kind.
    """

    def __init__(
        self, intervals_s: Mapping[Kind, float], gaps_s: Mapping[Kind, float], now: float
    ) -> None:
        self._wheels = {kind: Wheel(kind, interval, now) for kind, interval in intervals_s.items()}
        self._gaps_s = gaps_s
        self._known: dict[Kind, frozenset[str]] = dict.fromkeys(intervals_s, frozenset())
        self._busy: set[Errand] = set()
        self._started: dict[Kind, dict[str, float]] = {kind: {} for kind in intervals_s}
        self._wanted: list[tuple[float, Errand]] = []
        self._waiting: dict[Errand, float] = {}  # from when on; infinity: once it is not busy
        self._stats = ScheduleStats()

    @property
    def stats(self) -> ScheduleStats:
        self._stats.missed = sum(wheel.missed for wheel in self._wheels.values())
        return self._stats

    def replace(self, nodes: Mapping[Kind, Collection[str]]) -> None:
        """Other nodes from now on. Whoever is busy stays so until finished."""
        for kind, wheel in self._wheels.items():
            self._known[kind] = frozenset(nodes.get(kind, ()))
            wheel.replace(self._known[kind])
        for kind, known in self._known.items():
            started = self._started[kind]
            self._started[kind] = {node: at for node, at in started.items() if node in known}
        self._waiting = {e: at for e, at in self._waiting.items() if self.knows(e)}

    def ask(self, kind: Kind, node: str, now: float) -> None:
        """Wants an errand at `now`, which may be later than that, or as soon after as may be. Who
        asks before it has started does not make it happen twice, only perhaps sooner; a node that
        has no such errands is not asked."""
        errand = Errand(kind, node)
        if not self.knows(errand):
            return
        if errand in self._busy:
            self._waiting[errand] = math.inf
        else:
            self._want(errand, now)

    def due(self, now: float, most_wanted: int = 1 << 30) -> list[Errand]:
        """What is to be done now, the wanted before the regular; all of it is busy from now on.
        Of the wanted, who is over `most_wanted` has to wait for the next call."""
        errands: list[Errand] = []
        while len(errands) < most_wanted and self._wanted and self._wanted[0][0] <= now:
            wanted_at, errand = heapq.heappop(self._wanted)
            if self._waiting.get(errand) != wanted_at:
                continue  # its regular turn came first
            self._stats.asked += 1
            errands.append(errand)
            self._start(errand, now)
        for kind, wheel in self._wheels.items():
            enough_s = wheel.interval_s / 2 if wheel.interval_s >= RARE_S else 0.0
            for node, due_at in wheel.take(now):
                errand = Errand(kind, node)
                if now - self._started[kind].get(node, -math.inf) < enough_s:
                    continue
                if errand in self._busy:
                    self._stats.overlap += 1
                    continue
                late_s = now - due_at
                self._stats.late_s += late_s
                self._stats.latest_s = max(self._stats.latest_s, late_s)
                errands.append(errand)
                self._start(errand, now)
        self._stats.due += len(errands)
        return errands

    def finished(self, errand: Errand, now: float) -> None:
        """The node is free again."""
        self._busy.discard(errand)
        if self._waiting.get(errand) == math.inf:
            self._want(errand, now)

    def is_busy(self, errand: Errand) -> bool:
        return errand in self._busy

    def knows(self, errand: Errand) -> bool:
        """Whether the node has such errands."""
        return errand.node in self._known[errand.kind]

    def next_at(self) -> float:
        """When to call `due` again; infinity when there is nothing to do."""
        wanted_at = self._wanted[0][0] if self._wanted else math.inf
        return min([wanted_at, *(wheel.next_at() for wheel in self._wheels.values())])

    def _start(self, errand: Errand, now: float) -> None:
        self._waiting.pop(errand, None)
        self._busy.add(errand)
        self._started[errand.kind][errand.node] = now

    def _want(self, errand: Errand, now: float) -> None:
        started = self._started[errand.kind].get(errand.node, -math.inf)
        at = max(now, started + self._gaps_s[errand.kind])
        if at < self._waiting.get(errand, math.inf):
            self._waiting[errand] = at
            heapq.heappush(self._wanted, (at, errand))
