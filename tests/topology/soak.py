"""Sequences of faults and heals in simulated time, many provinces at once."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.soak.judge import Log, Page
from benchmarks.soak.lanes import Lanes
from benchmarks.soak.sequences import Maker
from benchmarks.soak.truth import target_of
from configs.inventory import Inventory
from tests.topology.world import World
from topology.outage import Outage

TICK_S = 0.1


def logs(inventory: Inventory, seed: int, count: int, width: int) -> Iterator[Log | Page]:
    """The logs of so many sequences, so many at a time, and in the end the stray pages."""
    rng = random.Random(seed)
    maker = Maker(inventory, rng)
    world = World(inventory, seed, traps=True)
    world.run(8)
    provinces = maker.provinces * (count // len(maker.provinces) + 1)
    lanes = Lanes(maker, provinces[:count], width)
    broken: dict[str, set[str]] = {}
    while lanes:
        for step in lanes.due(world.now):
            if step.do == "fail":
                broken[step.target] = set(world.members([step.target]))
            else:
                del broken[step.target]
            world.become({member for members in broken.values() for member in members})
        for at, outage in world.run(TICK_S, TICK_S).opened:
            lanes.paged(Page(at, outage.id, root(outage)))
        open_now = world.turn.snapshot.outages
        lanes.saw(world.now, {outage.id: root(outage) for outage in open_now})
        yield from lanes.finished(world.now)
    yield from lanes.strays


def root(outage: Outage) -> str:
    return target_of(outage.root.kind, outage.root.id)
