"""When what was silent or out before a restart had failed is known after it: faults that were told
apart stay apart, and what fails meanwhile is told itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from collector.sample import Reach
from configs.inventory import GroupKind, Inventory, Reachability, RiskGroup
from tests.topology.nation import nation
from tests.topology.world import Kept, World
from topology.outages import Clock
from topology.signs import NEWS_S

SEEDS = range(3)


def country(*members: str, kind: GroupKind = GroupKind.POWER) -> Inventory:
    """A nation with one more risk group."""
    made = nation(communes=8, power=False)
    made.groups["shared"] = RiskGroup("shared", kind, members)
    return made


def settled(inventory: Inventory, seed: int) -> World:
    world = World(inventory, seed, traps=True)
    assert not world.run(8).opened
    for node in inventory.nodes:
        world.poll(node)
    return world


def told(world: World, seconds: float = 20.0) -> list[str]:
    return [outage.root.id for _, outage in world.run(seconds, 0.1).opened]


def open_now(world: World) -> dict[str, str]:
    return {outage.id: outage.root.id for outage in world.turn.snapshot.outages}


def assert_unmoved(world: World, before: dict[str, str]) -> None:
    """Nothing is said after a restart, and the same outages are open, each by its id."""
    after = world.run(NEWS_S + 20)
    assert not after.opened + after.revised + after.ended
    assert open_now(world) == before


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("down_s", [1.0, 30.0])
def test_communes_of_one_feed_that_died_apart_are_two_outages_after_a_restart(
    seed: int, down_s: float
) -> None:
    world = settled(country("node:cpe-0-1", "node:cpe-0-2"), seed)
    world.fail("node:cpe-0-1")
    assert told(world) == ["cpe-0-1"]
    world.fail("node:cpe-0-2")
    assert told(world) == ["cpe-0-2"]
    before = open_now(world)
    world.restart(down_s)
    assert_unmoved(world, before)
    world.heal("node:cpe-0-1")
    ((_, ended),) = world.run(10).ended
    assert (ended.root.id, ended.merged_into) == ("cpe-0-1", "")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_commune_that_dies_during_a_restart_is_no_part_of_what_its_feed_lost_before(
    seed: int,
) -> None:
    world = settled(country("node:cpe-0-1", "node:cpe-0-2"), seed)
    world.fail("node:cpe-0-1")
    assert told(world, 60) == ["cpe-0-1"]
    world.fail("node:cpe-0-2")
    world.restart(5)
    assert told(world) == ["cpe-0-2"]
    assert sorted(open_now(world).values()) == ["cpe-0-1", "cpe-0-2"]


def unhidden(seed: int) -> World:
    """A feed took four communes, some of them hidden by a router that has just come back."""
    world = settled(country(*(f"node:cpe-0-{c}" for c in (1, 2, 4, 5))), seed)
    world.fail("node:hub-0a")
    assert told(world) == ["hub-0a"]
    world.fail("group:shared")
    assert told(world) == ["shared"]
    world.heal("node:hub-0a")
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_a_feed_that_took_some_while_they_were_cut_off_is_one_outage_after_a_restart(
    seed: int,
) -> None:
    world = unhidden(seed)
    assert not told(world)
    before = open_now(world)
    world.restart(5)
    assert_unmoved(world, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_hidden_before_a_restart_may_have_failed_with_whatever_failed_meanwhile(
    seed: int,
) -> None:
    world = unhidden(seed)
    assert not told(world, 2)  # those behind it are not judged yet
    world.restart(2)
    assert not told(world, 30)
    assert list(open_now(world).values()) == ["shared"]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_outage_whose_node_found_another_way_during_a_restart_is_that_of_its_line(
    seed: int,
) -> None:
    world = settled(nation(communes=8, power=False), seed)
    world.fail("node:hub-0b")
    assert told(world) == ["hub-0b"]
    world.fail("link:cpe-0-3--hub-0a")
    assert told(world) == ["cpe-0-3"]
    before = open_now(world)
    world.heal("node:hub-0b")
    world.restart(5)
    assert not told(world, 40)
    (left,) = world.turn.snapshot.outages
    assert (left.id in before, left.root.id) == (True, "cpe-0-3--hub-0a")


def test_of_a_router_that_is_never_polled_no_word_on_its_ports_is_waited_for() -> None:
    inventory = nation(communes=8, power=False)
    inventory.nodes["cpe-0-3"] = replace(inventory.nodes["cpe-0-3"], credential=None)
    world = settled(inventory, 0)
    world.fail("node:cpe-0-3")
    assert told(world) == ["cpe-0-3"]
    world.heal("node:cpe-0-3")
    world.restart(5)
    ended = [outage.root.id for _, outage in world.run(40, 0.1).ended]
    assert ended == ["cpe-0-3"]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_hidden_before_a_restart_is_asked_afresh_before_he_is_told(seed: int) -> None:
    world = settled(country(*(f"node:cpe-0-{c}" for c in (1, 2, 4, 5))), seed)
    world.fail("site:hub-0")
    assert told(world) == ["site:hub-0"]
    world.fail("group:shared")
    world.heal("site:hub-0")
    world.run(2, 0.1)
    world.restart(2)
    assert not told(world, 2)
    world.heal("group:shared")
    assert not told(world)


def flapped(world: World) -> None:
    """The line of a commune is out, and named, for the commune ran on when it was out before."""
    line = "link:cpe-0-2--hub-0a"
    world.fail(line)
    told(world, 10)
    world.heal(line)
    told(world, 10)
    world.fail(line)
    assert told(world, 60) == ["cpe-0-2--hub-0a"]


@pytest.mark.parametrize("seed", SEEDS)
def test_whose_line_was_out_before_a_restart_was_hidden_by_nobody_else(seed: int) -> None:
    world = settled(country("node:cpe-0-1", "node:cpe-0-2"), seed)
    flapped(world)
    world.fail("node:cpe-0-1")
    world.restart(5)
    assert told(world) == ["cpe-0-1"]
    assert sorted(open_now(world).values()) == ["cpe-0-1", "cpe-0-2"]


@pytest.mark.parametrize("seed", SEEDS)
def test_whose_line_was_out_before_his_router_failed_did_not_fail_with_that(seed: int) -> None:
    world = settled(country("node:cpe-0-1", "node:cpe-0-2"), seed)
    flapped(world)
    world.fail("node:hub-0a")
    assert told(world) == ["hub-0a"]
    world.fail("node:cpe-0-1")
    assert told(world) == ["cpe-0-1"]
    world.heal("node:hub-0a")
    ended = [outage.root.id for _, outage in world.run(20).ended]
    assert ended == ["hub-0a"]
    assert sorted(open_now(world).values()) == ["cpe-0-1", "cpe-0-2--hub-0a"]


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_of_one_duct_that_failed_apart_are_two_outages_after_a_restart(seed: int) -> None:
    one, other = "link:cpe-0-0--hub-0b", "link:cpe-0-3--hub-0a"
    world = settled(country(one, other, kind=GroupKind.DUCT), seed)
    world.fail(one)
    told(world)
    for node in world.inventory.nodes:
        world.poll(node)
    world.fail(other)
    told(world)
    before = open_now(world)
    assert len(before) == 2
    world.restart(5)
    assert_unmoved(world, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_restart_only_the_router_that_failed_last_left_its_site_uncovered(
    seed: int,
) -> None:
    world = settled(nation(communes=1, power=False), seed)
    world.fail("node:hub-0a")
    told(world)
    world.fail("node:hub-0b")
    told(world)
    before = world.turn.snapshot.outages
    world.restart(5)
    assert not world.run(NEWS_S + 20).revised
    assert world.turn.snapshot.outages == before


def test_what_was_silent_before_a_restart_has_been_so_since_then() -> None:
    world = settled(nation(), 0)
    world.fail("node:cpe-0-2")
    told(world)
    (before,) = world.turn.snapshot.outages
    kept: Kept = world.kept
    heard = kept.restored.heard["cpe-0-2"]
    assert heard < before.since < heard + timedelta(seconds=3)
    world.restart(30)
    world.run(5)
    assert world.turn.snapshot.nodes["cpe-0-2"].since == before.since


@pytest.mark.parametrize("ahead_s", [-60.0, 0.0, 60.0])
def test_no_moment_that_is_remembered_is_in_the_future(ahead_s: float) -> None:
    clock = Clock(100.0, World.utc(1000.0))
    assert clock.at(World.utc(1000.0 + ahead_s)) == 100.0 + min(0.0, ahead_s)


def test_nothing_is_told_of_what_was_silent_before_a_restart_while_its_way_was_not_looked_at() -> (
    None
):
    world = settled(nation(), 0)
    world.fail("node:cpe-0-2")
    told(world)
    world.restart(60)
    at = world.now + 0.5
    miss = Reach("cpe-0-2", at, Reachability.ICMP, False, asked_at=at - 0.4)
    world.situation.observe([miss], at)
    world.situation.tick(at, world.utc(at))
    (fault,) = world.situation._diagnosis.faults
    assert fault.root.id == "cpe-0-2"
    assert not world.situation._ripeness.settled(fault, at)
