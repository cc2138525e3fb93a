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
STARTED_S = 32.0  # until every node was looked at and polled again
DOWN_S = (0.5, 3.0, 20.0)
KILL_EVERY_S, RELOAD_EVERY_S = (10.0, 40.0), (1.0, 8.0)


def logs(
    inventory: Inventory,
    seed: int,
    count: int,
    width: int,
    *,
    kills: bool = False,
    reloads: bool = False,
) -> Iterator[Log | Page]:
    """The logs of so many sequences, so many at a time, and in the end the stray pages.

    With `kills` the monitor is killed now and then, mostly just after something happened, and
    starts again; until it has found its way nothing else happens and the clock of the logs stands
    still. With `reloads` it reads its configuration again all the time.
    """
    rng = random.Random(seed)
    maker = Maker(inventory, rng)
    world = World(inventory, seed, traps=True)
    world.run(8)
    provinces = maker.provinces * (count // len(maker.provinces) + 1)
    lanes = Lanes(maker, provinces[:count], width)
    broken: dict[str, set[str]] = {}
    whim = random.Random(seed)  # of interruptions, so that the sequences stay the same
    pause = KILL_EVERY_S if kills else RELOAD_EVERY_S
    due, unwatched_s = whim.uniform(*pause), 0.0
    while lanes:
        now = world.now - unwatched_s
        steps = lanes.due(now)
        for step in steps:
            if step.do == "fail":
                broken[step.target] = set(world.members([step.target]))
            else:
                del broken[step.target]
            world.become({member for members in broken.values() for member in members})
        if reloads and now >= due:
            world.situation.replace(inventory)
            due = now + whim.uniform(*pause)
        if kills and now >= due and (steps or whim.random() < 0.02):
            killed_at = world.now
            world.restart(whim.choice(DOWN_S))
            told = world.run(STARTED_S, TICK_S)
            unwatched_s += world.now - killed_at
            due = now + whim.uniform(*pause)
        else:
            told = world.run(TICK_S, TICK_S)
        now = world.now - unwatched_s
        for _, outage in told.opened:
            lanes.paged(Page(now, outage.id, root(outage)))
        open_now = world.turn.snapshot.outages
        lanes.saw(now, {outage.id: root(outage) for outage in open_now})
        yield from lanes.finished(now)
    yield from lanes.strays


def root(outage: Outage) -> str:
    return target_of(outage.root.kind, outage.root.id)
