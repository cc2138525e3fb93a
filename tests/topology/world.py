"""A simulation of a nation that looks at every node as the collector would."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from collector.failure import Failure
from collector.memory import MUTE_AFTER
from collector.sample import Layout, Reach, Readings, Sample, Series, Trap
from configs.inventory import Inventory, Reachability
from configs.settings import Confirmation
from topology.chronicle import Past, Run
from topology.graph import Wan
from topology.outage import Outage
from topology.outages import Clock
from topology.restored import Restored
from topology.situation import Situation, Turn
from topology.state import StateChange

START = datetime(2026, 1, 1, tzinfo=UTC)
TIMEOUT_S = 0.4
UP_S = 86_400.0
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"


@dataclass
class Kept:
    """What the store has after the turns so far."""

    outages: dict[str, Outage] = field(default_factory=dict)
    changes: dict[str, StateChange] = field(default_factory=dict)
    alive: datetime = START

    def take(self, turn: Turn) -> None:
        self.outages |= {outage.id: outage for outage in (*turn.opened, *turn.revised)}
        for ended in turn.ended:
            self.outages.pop(ended.id, None)
        self.changes |= {change.node: change for change in turn.changes}
        self.alive = turn.snapshot.at

    @property
    def restored(self) -> Restored:
        changes = self.changes.values()
        return Restored(
            tuple(self.outages.values()),
            {change.node: (change.new, change.at) for change in changes},
            {change.node: change.heard for change in changes if change.heard},
            {change.node: change.shown for change in changes if change.shown},
            past=Past(Run(1, START, self.alive)),
        )


@dataclass
class Told:
    """Everything that came out of a simulation, with seconds since its start."""

    opened: list[tuple[float, Outage]] = field(default_factory=list)
    revised: list[tuple[float, Outage]] = field(default_factory=list)
    ended: list[tuple[float, Outage]] = field(default_factory=list)
    changes: list[tuple[float, StateChange]] = field(default_factory=list)


class World:
    """The nation with faults, looked at every 2 s with a timeout of 0.4 s, in an order that the
    seed decides. Probes are answered by what is true when they are sent. Nodes in `slow` are waited
    for so many seconds, and like all nodes asked nothing else meanwhile. With `traps`, nodes tell
    of their ports and of their start, and are polled then, as well as when they answer again.
    """

    def __init__(
        self,
        inventory: Inventory,
        seed: int = 0,
        restored: Restored | None = None,
        at: float = 0.0,
        loss: float = 0.0,
        traps: bool = False,
    ) -> None:
        self.inventory = inventory
        self.wan = Wan(inventory)
        self.random = random.Random(seed)
        self.loss = loss
        self.traps = traps
        self.now = at
        self.failed: set[str] = set()
        self.kept = Kept()
        self.situation = Situation(
            inventory, Confirmation(), started=Clock(at, self.utc(at)), restored=restored
        )
        self.lost: set[str] = set()
        self.mute: set[str] = set()
        self.slow: dict[str, float] = {}
        self._live: bytearray | None = None
        self._down: set[tuple[str, str]] = set()
        self._started = dict.fromkeys(inventory.nodes, at - UP_S)
        self._again: dict[str, bool] = {}  # who is looked at now: whether to look again then
        self._missed: dict[str, int] = {}
        self._serial = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        for node in inventory.nodes:
            self._later(self.random.uniform(0, 2), partial(self._turn, node))
        self.turn: Turn

    def restart(self, after_s: float) -> None:
        """The monitor is killed, and starts again later with what the store has."""
        self.now += after_s
        self._events.clear()
        self._again.clear()
        self._missed.clear()
        started = Clock(self.now, self.utc(self.now))
        self.situation = Situation(
            self.inventory, Confirmation(), started=started, restored=self.kept.restored
        )
        for node in self.inventory.nodes:
            self._later(self.random.uniform(0, 2), partial(self._turn, node))
            self._later(self.random.uniform(3, 30), partial(self.poll, node))

    @staticmethod
    def utc(at: float) -> datetime:
        return START + timedelta(seconds=at)

    def fail(self, *members: str) -> None:
        """Fails `node:ID`, `link:ID`, `group:ID` or `site:ID`."""
        self.become(self.failed.union(self.members(members)))

    def heal(self, *members: str) -> None:
        self.become(self.failed.difference(self.members(members)))

    def become(self, failed: Iterable[str]) -> None:
        """Just these nodes and links (`node:ID`, `link:ID`) are broken from now on."""
        was, self.failed = self.failed, set(failed)
        self._live = None
        if not self.traps:
            return
        before, self._down = self._down, set()
        started = {node for node in self.inventory.nodes if f"node:{node}" in was - self.failed}
        self._started.update(dict.fromkeys(started, self.now))
        for link in self.inventory.links.values():
            for near, far in ((link.a, link.b), (link.b, link.a)):
                gone = f"link:{link.id}" in self.failed or f"node:{far}" in self.failed
                if gone and link.oper_follows and f"node:{near}" not in self.failed:
                    self._down.add((near, link.id))
        for node in sorted({node for node, _ in before ^ self._down} | started):
            self._later(self.random.uniform(0.0, 0.15), partial(self._trap, node))

    def _trap(self, node: str) -> None:
        if self.reachable(node):
            self.feed(Trap(node, self.now, LINK_DOWN, ()))
            self._later(0.02, partial(self.poll, node))

    def members(self, members: Iterable[str]) -> Iterable[str]:
        for member in members:
            kind, _, name = member.partition(":")
            if kind == "group":
                yield from self.inventory.groups[name].members
            elif kind == "site":
                yield from (f"node:{n.id}" for n in self.inventory.nodes.values() if n.site == name)
            else:
                yield member

    def reachable(self, node: str) -> bool:
        if self._live is None:
            self._live = self.wan.live(*self.wan.positions(self.failed))
        return bool(self._live[self.wan.node_at[node]])

    def fronts(self) -> set[str]:
        """Unreachable nodes next to reachable ones."""
        ends = [(link.a, link.b) for link in self.inventory.links.values()]
        return {
            far
            for near, far in ends + [(b, a) for a, b in ends]
            if self.reachable(near) and not self.reachable(far)
        }

    def _later(self, after_s: float, do: Callable[[], None]) -> None:
        self._serial += 1
        heapq.heappush(self._events, (self.now + after_s, self._serial, do))

    def _turn(self, node: str) -> None:
        """A node's regular look."""
        self._probe(node, asked=False)
        self._later(2.0, partial(self._turn, node))

    def _probe(self, node: str, asked: bool = True) -> None:
        """Looks at a node; one that is being looked at already is asked again afterwards, unless
        it is only its turn."""
        if node in self._again:
            self._again[node] = self._again[node] or asked
            return
        self._again[node] = False
        lost = node in self.lost or self.random.random() < self.loss
        self.lost.discard(node)
        if self.reachable(node) and node not in self.mute and not lost:
            rtt = self.random.uniform(0.001, 0.02)
            at = self.now + rtt
            reach = Reach(node, at, Reachability.ICMP, True, rtt_s=rtt, asked_at=self.now)
        else:
            at = self.now + self.slow.get(node, TIMEOUT_S)
            reach = Reach(
                node, at, Reachability.ICMP, False, loss_ratio=1.0,
                failure=Failure.TIMEOUT, asked_at=self.now,
            )  # fmt: skip
        self._later(at - self.now, partial(self._looked, reach))

    def _looked(self, reach: Reach) -> None:
        again = self._again.pop(reach.node)
        missed = self._missed.pop(reach.node, 0)
        if not reach.answered:
            self._missed[reach.node] = missed + 1
        elif missed >= MUTE_AFTER and self.traps:
            self._later(0.02, partial(self.poll, reach.node))
        self.feed(reach)
        if again:
            self._probe(reach.node)

    def run(self, seconds: float, step: float = 0.25) -> Told:
        """What is told in the next seconds."""
        end, told = self.now + seconds, Told()
        next_tick = self.now + step
        while self.now < end:
            if self._events and self._events[0][0] <= next_tick:
                self.now, _, do = heapq.heappop(self._events)
                do()
                continue
            self.now = next_tick
            next_tick += step
            self.turn = turn = self.situation.tick(self.now, self.utc(self.now))
            self.kept.take(turn)
            told.opened += [(self.now, outage) for outage in turn.opened]
            told.revised += [(self.now, outage) for outage in turn.revised]
            told.ended += [(self.now, outage) for outage in turn.ended]
            told.changes += [(self.now, change) for change in turn.changes]
            for node in sorted(turn.reprobe):
                self._probe(node)
        return told

    def feed(self, *samples: Sample) -> None:
        for node in sorted(self.situation.observe(samples, self.now)):
            self._probe(node)

    def misses(self) -> Iterator[list[Sample]]:
        """Looks in vain at everything that cannot be reached, in batches of a hundred."""
        silent = [node for node in self.inventory.nodes if not self.reachable(node)]
        self.random.shuffle(silent)
        self.now += 1.0
        for i in range(0, len(silent), 100):
            yield [self._miss(node) for node in silent[i : i + 100]]

    def _miss(self, node: str) -> Reach:
        return Reach(
            node,
            self.now,
            Reachability.ICMP,
            answered=False,
            loss_ratio=1.0,
            failure=Failure.TIMEOUT,
            asked_at=self.now - 1.0,
        )

    def poll(self, node: str) -> None:
        """A poll of the ports of a node, if it can be reached and answers polls at all."""
        if not self.reachable(node) or self.inventory.nodes[node].credential is None:
            return
        names, status = [], []
        for link in self.inventory.links.values():
            if node not in (link.a, link.b):
                continue
            far = link.b if node == link.a else link.a
            names.append(link.a_port if node == link.a else link.b_port)
            dead = f"link:{link.id}" in self.failed or f"node:{far}" in self.failed
            status.append(2.0 if dead and link.oper_follows else 1.0)
        status.append((self.now - self._started[node]) * 100)
        ports = tuple(Series("ifOperStatus", (i,)) for i in range(len(names)))
        layout = Layout(
            "if_mib",
            (*ports, Series("sysUpTime")),
            tuple(Series("ifName", (i,)) for i in range(len(names))),
        )
        self.feed(Readings(node, self.now, 0.01, layout, status, tuple(names)))
