"""What many hang on is away for a moment: some of them missed their last look just before it was
back, others have answered since. That is one fault or none, and no fault of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from configs.inventory import Inventory
from tests.topology.nation import nation
from tests.topology.world import World
from topology.graph import Wan

FEED = partial(nation, communes=16, access=True), "group:feed-0"
LINES = partial(nation, communes=16, power=False, access=True), "group:access-0b"
DUCT = partial(nation, communes=16, power=False, ducts=True, access=True), "group:duct-0"
POWER = partial(nation, communes=16), "group:power-0"
HUB = partial(nation, communes=16, power=False), "site:hub-0"
KINDS = pytest.mark.parametrize(
    ("country", "target"),
    [FEED, LINES, DUCT, POWER, HUB],
    ids=["feed", "lines", "duct", "power", "hub"],
)


def settled(inventory: Inventory, seed: int, traps: bool) -> World:
    world = World(inventory, seed, traps=traps)
    assert not world.run(8 + seed % 7 * 0.29).opened
    return world


def told_of_flicker(
    world: World, target: str, away_s: float, then: Callable[[World], None] | None = None
) -> set[str]:
    """The roots that are told while a target is away so long, and after it is back, when
    something may be done between looks."""
    world.fail(target)
    told = world.run(away_s, 0.1).opened
    world.heal(target)
    for _ in range(5 if then else 0):
        told += world.run(0.1, 0.1).opened
        then(world)
    told += world.run(7, 0.1).opened
    assert not world.turn.snapshot.outages
    return {outage.root.id for _, outage in told}


@KINDS
@pytest.mark.parametrize("away_s", [1.4, 1.6, 1.8, 2.0])
def test_a_flicker_is_told_as_itself_or_not_at_all(
    country: Callable[[], Inventory], target: str, away_s: float
) -> None:
    inventory = country()
    for seed in range(8):
        for traps in (True, False):
            told = told_of_flicker(settled(inventory, seed, traps), target, away_s)
            assert told <= {target.removeprefix("group:")}, (seed, traps)


def reloaded(world: World) -> None:
    world.situation.replace(world.inventory)


def joined(world: World) -> None:
    world.situation.join(Wan(world.inventory))


@pytest.mark.parametrize("then", [reloaded, joined])
@pytest.mark.parametrize("away_s", [1.4, 1.5, 1.8])
def test_a_flicker_is_no_more_in_the_middle_of_a_reload(
    away_s: float, then: Callable[[World], None]
) -> None:
    country, target = FEED
    for seed in range(8):
        told = told_of_flicker(settled(country(), seed, seed % 2 == 0), target, away_s, then)
        assert told <= {"feed-0"}, seed


@pytest.mark.parametrize("seed", range(6))
def test_who_stays_away_as_his_feed_is_back_is_told_all_the_same(seed: int) -> None:
    world = settled(nation(communes=16, access=True), seed, traps=False)
    world.fail("group:feed-0")
    world.run(1.4, 0.1)
    world.become(["node:cpe-0-2"])
    back_at = world.now
    ((at, outage),) = world.run(12, 0.1).opened
    assert outage.root.id == "cpe-0-2"
    assert at - back_at <= 2.5


def paged_at(seed: int, *lost: str) -> float:
    """When a commune that dies is told, if in the middle of it a look at each of these is lost."""
    world = settled(nation(communes=16, power=False), seed, traps=True)
    world.fail("node:cpe-0-2")
    while len(world.situation._watch.looks["cpe-0-2"].misses) < 2:
        world.run(0.1, 0.1)
    world.lost.update(lost)
    ((at, outage),) = world.run(8, 0.1).opened
    assert outage.root.id == "cpe-0-2"
    return at


@pytest.mark.parametrize("seed", range(8))
def test_lost_looks_at_its_neighbours_do_not_delay_the_page_of_a_commune(seed: int) -> None:
    others = [f"cpe-0-{c}" for c in range(4, 16, 2)]
    assert paged_at(seed, *others) == paged_at(seed)
