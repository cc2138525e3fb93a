"""How long a diagnosis takes, and how long the loop is held while it rains symptoms.

usage: python -m benchmarks.diagnosis
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.rootcause.injection import LEVELS, inject
from benchmarks.rootcause.shapes import HUBS, national
from collector.failure import Failure
from collector.sample import Reach, Sample
from configs.inventory import Inventory, Reachability
from configs.settings import Confirmation
from topology.graph import Wan
from topology.outages import Clock
from topology.rootcause import diagnose
from topology.situation import Situation

START = datetime(2026, 1, 1, tzinfo=UTC)
COMMUNES, MANY = 3_321, 99_900
BATCH = 100  # samples that the collector hands over at once while it rains
TICK_S, LOOK_S = 0.1, 0.5
RUNS = 5

Faults = frozenset[tuple[str, str]]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of CPU that some work takes: what else runs here does not count."""
    began = time.thread_time()
    work()
    return 1000 * (time.thread_time() - began)


def verdicts(inventory: Inventory) -> list[tuple[str, float]]:
    """(what failed, milliseconds of a whole diagnosis) on one network."""
    rng = random.Random(1)
    some = [node for node in inventory.nodes if node.startswith("commune")]
    hubs = [("node", f"hub-{h}-{side}") for h in range(HUBS) for side in (1, 2)]
    cases: dict[str, tuple[Faults, str]] = {
        "one hub": (frozenset(hubs[:2]), "clean"),
        "200 communes": (frozenset(("node", n) for n in rng.sample(some, 200)), "clean"),
        "every hub, a fifth of the words lost": (frozenset(hubs), "lossy"),
    }
    found = []
    for name, (faults, level) in cases.items():
        case = inject(inventory, rng, LEVELS[level], faults)
        work = partial(diagnose, case.declared, case.evidence)
        found.append((name, statistics.median(timed(work) for _ in range(RUNS))))
    return found


class Rain:
    """A situation that is shown looks, and for how long each piece of work held the loop."""

    def __init__(self, inventory: Inventory) -> None:
        self.now = 0.0
        self.held: list[float] = []
        self._situation = Situation(inventory, Confirmation(), started=Clock(0.0, START))
        for _ in range(3):
            self.now += 2.0
            self.show(inventory.nodes, answered=True)
            self.tick()
        self.held.clear()

    def show(self, nodes: Iterable[str], *, answered: bool) -> None:
        """Hands over one look at each node, a batch at a time."""
        looks = [self._look(node, answered=answered) for node in nodes]
        for first in range(0, len(looks), BATCH):
            batch: Sequence[Sample] = looks[first : first + BATCH]
            self.held.append(timed(partial(self._situation.observe, batch, self.now)))

    def tick(self) -> None:
        utc = START + timedelta(seconds=self.now)
        self.held.append(timed(partial(self._situation.tick, self.now, utc)))

    def _look(self, node: str, *, answered: bool) -> Reach:
        if answered:
            return Reach(node, self.now, Reachability.ICMP, True, rtt_s=0.01)
        return Reach(
            node, self.now, Reachability.ICMP, False, loss_ratio=1.0,
            failure=Failure.TIMEOUT, asked_at=self.now - 0.4,
        )  # fmt: skip


def held(inventory: Inventory, failed: Sequence[str]) -> float:
    """The longest that the loop is held, in milliseconds, from when these nodes fail until they
    are told of and back again."""
    wan = Wan(inventory)
    live = wan.live(*wan.positions(f"node:{node}" for node in failed))
    silent = [node for node, is_live in zip(wan.nodes, live, strict=True) if not is_live]
    rest = [node for node, is_live in zip(wan.nodes, live, strict=True) if is_live]
    rain = Rain(inventory)
    gc.collect()
    for answered in (False, True):
        for _ in range(6):
            rain.now += LOOK_S
            rain.show(silent, answered=answered)
            rain.show(rest, answered=True)
            for _ in range(3):
                rain.now += TICK_S
                rain.tick()
    return max(rain.held)


def main() -> str:
    """Two tables in markdown."""
    lines = ["| a whole diagnosis | nodes | ms |", "|---|---:|---:|"]
    nation = national(random.Random(1), COMMUNES).inventory(random.Random(1))
    for inventory in (nation, national(random.Random(1), MANY).inventory(random.Random(1))):
        for name, took in verdicts(inventory):
            lines.append(f"| {name} | {len(inventory.nodes):,} | {took:.0f} |")
    lines += ["", "| the loop is held, at worst | ms |", "|---|---:|"]
    storms = {
        "one hub and all behind it fall silent": ["hub-0-1", "hub-0-2"],
        "every hub, so that all 3,321 communes miss within a second": [
            f"hub-{h}-{side}" for h in range(HUBS) for side in (1, 2)
        ],
        "everything, the monitors' own nodes too": list(nation.nodes),
    }
    for name, failed in storms.items():
        runs = [held(nation, failed) for _ in range(RUNS)]
        lines.append(f"| {name} | {statistics.median(runs):.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(main())
