"""A reload, or a link that is found, in the middle of an outage tells nobody anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from configs.inventory import GroupKind, Inventory, RiskGroup
from tests.topology.nation import nation
from tests.topology.world import Told, World
from topology.graph import Wan


def reloaded(world: World) -> None:
    world.situation.replace(world.inventory)


def joined(world: World) -> None:
    world.situation.join(Wan(world.inventory))


WAYS = pytest.mark.parametrize("again", [reloaded, joined])


def settled(inventory: Inventory, seed: int) -> World:
    world = World(inventory, seed, traps=True)
    assert not world.run(8).opened
    return world


def interrupted(world: World, seconds: float, again: Callable[[World], None]) -> Told:
    """What is told in the next seconds while the graph is made anew with every tick."""
    told = Told()
    for _ in range(round(10 * seconds)):
        again(world)
        told.opened += world.run(0.1, 0.1).opened
    return told


@WAYS
@pytest.mark.parametrize("seed", range(2))
def test_who_lost_power_while_cut_off_is_no_fault_of_his_own_after_a_reload(
    seed: int, again: Callable[[World], None]
) -> None:
    country = nation(communes=8, power=False)
    feed = tuple(f"node:cpe-0-{c}" for c in (1, 2, 4, 5))
    country.groups["feed"] = RiskGroup("feed", GroupKind.POWER, feed)
    world = settled(country, seed)
    world.fail("node:hub-0a")
    world.run(12, 0.1)
    world.fail("group:feed")
    world.run(8, 0.1)
    world.heal("node:hub-0a")
    world.run(12, 0.1)
    assert [outage.root.id for outage in world.turn.snapshot.outages] == ["feed"]
    again(world)
    assert not world.run(12, 0.1).opened


@WAYS
@pytest.mark.parametrize("seed", range(2))
def test_a_doubt_about_a_dead_router_makes_no_roots_of_its_communes_during_a_reload(
    seed: int, again: Callable[[World], None]
) -> None:
    world = settled(nation(communes=16, power=False, access=True), seed)
    world.fail("node:hub-0a")
    assert [outage.root.id for _, outage in world.run(6, 0.1).opened] == ["hub-0a"]
    world.fail("node:cpe-0-12")  # as its other router tells before it is known to be silent
    told = interrupted(world, 5, again)
    assert [outage.root.id for _, outage in told.opened] == ["cpe-0-12"]
