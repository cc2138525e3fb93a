"""A monitor that starts again knows what the store remembers: it repeats nothing of that, and ends
nothing unheard."""

from __future__ import annotations

import random
from functools import partial

import pytest

from collector.sample import Reach
from configs.inventory import Inventory, Reachability
from tests.topology.nation import nation
from tests.topology.world import World
from topology.outage import Outage, Root, RootKind, Severity
from topology.restored import Restored
from topology.signs import NEWS_S
from topology.state import NodeState


def settled() -> World:
    world = World(nation())
    assert not world.run(8).opened
    return world


def restarted(world: World, after_s: float = 30.0, inventory: Inventory | None = None) -> World:
    """The same world, watched by a monitor that knows only what the store remembers."""
    snapshot = world.turn.snapshot
    states = {node: (view.state, view.since) for node, view in snapshot.nodes.items()}
    again = World(
        inventory or world.inventory,
        seed=5,
        restored=Restored(snapshot.outages, states),
        at=world.now + after_s,
    )
    again.mute |= world.mute
    again.become(world.failed)
    return again


def test_a_link_that_is_still_out_after_a_restart_is_the_same_outage() -> None:
    world = settled()
    world.fail("link:hub-0a--core-1")
    world.poll("hub-0a")
    ((_, outage),) = world.run(8).opened
    again = restarted(world)
    told = again.run(10)
    assert not told.ended  # nobody has said yet that the port is up again
    again.poll("core-1")
    again.poll("hub-0a")
    told = again.run(10)
    assert not told.opened
    assert not told.ended
    again.heal("link:hub-0a--core-1")
    again.poll("core-1")
    again.poll("hub-0a")
    assert [ended.id for _, ended in again.run(5).ended] == [outage.id]


def test_a_link_whose_ports_nobody_tells_of_after_a_restart_is_not_waited_for_for_ever() -> None:
    world = settled()
    world.fail("link:hub-0a--core-1")
    world.poll("hub-0a")
    ((_, outage),) = world.run(8).opened
    again = restarted(world)
    assert [ended.id for _, ended in again.run(NEWS_S + 5).ended] == [outage.id]


@pytest.mark.parametrize("then", ["site:hub-0", "node:hub-0a"])
def test_a_link_that_is_out_beside_what_failed_later_is_so_after_a_restart(then: str) -> None:
    world = settled()
    world.fail("link:cpe-0-0--hub-0b")
    for end in ("cpe-0-0", "hub-0b"):
        world.poll(end)
    ((_, line),) = world.run(10).opened
    world.fail(then)
    ((_, hub),) = world.run(15).opened
    assert "cpe-0-0" in hub.shadowed
    again = restarted(world)
    again.run(10)
    again.poll("hub-0b")
    told = again.run(NEWS_S + 20)
    assert {outage.id for outage in again.turn.snapshot.outages} == {line.id, hub.id}
    assert not told.opened
    assert not told.ended


def test_a_router_that_is_still_mute_after_a_restart_is_the_same_outage() -> None:
    world = settled()
    world.mute.add("hub-0a")
    ((_, outage),) = world.run(8).opened
    again = restarted(world)
    told = again.run(12)
    assert not told.opened
    assert not told.ended
    again.mute.clear()
    assert [ended.id for _, ended in again.run(8).ended] == [outage.id]


def test_a_monitor_that_is_still_cut_off_after_a_restart_is_the_same_outage() -> None:
    world = settled()
    world.fail(*(f"node:{node}" for node in world.inventory.nodes))
    ((_, outage),) = world.run(10).opened
    again = restarted(world)
    told = again.run(15)
    assert not told.opened
    assert not told.ended
    again.become([])
    assert [ended.id for _, ended in again.run(10).ended] == [outage.id]


def test_a_node_that_was_cut_off_by_its_line_stays_that_outage_after_a_restart() -> None:
    since = World.utc(0)
    line = Root(RootKind.LINK, "cpe-0-2--hub-0a")
    outage = Outage("line", line, Severity.CRITICAL, since, (), ("cpe-0-2",))
    states = dict.fromkeys(nation().nodes, (NodeState.UP, since))
    states["cpe-0-2"] = NodeState.UNREACHABLE, since
    again = World(nation(), restored=Restored((outage,), states))
    again.fail("node:cpe-0-2")
    told = again.run(15)
    assert not told.opened
    assert not told.ended
    again.heal("node:cpe-0-2")
    assert [ended.id for _, ended in again.run(10).ended] == ["line"]


def test_an_outage_of_a_node_that_left_the_inventory_before_a_restart_ends() -> None:
    world = settled()
    world.fail("node:cpe-0-4")
    ((_, outage),) = world.run(8).opened
    fewer = nation()
    del fewer.nodes["cpe-0-4"], fewer.sites["xa-0-4"], fewer.links["cpe-0-4--hub-0a"]
    again = restarted(world, inventory=fewer)
    told = again.run(8)
    assert [ended.id for _, ended in told.ended] == [outage.id]
    assert not told.opened


def test_that_a_node_was_down_long_ago_is_no_outage_before_it_was_looked_at() -> None:
    states = {"cpe-0-2": (NodeState.DOWN, World.utc(0))}
    world = World(nation(), restored=Restored((), states), at=1000.0)
    for at in (1000.0, 1001.0, 1002.0):  # it had left the inventory, and is back in it
        seen = [node for node in world.inventory.nodes if node != "cpe-0-2" or at > 1000.0]
        looks = [Reach(node, at, Reachability.ICMP, True, rtt_s=0.01) for node in seen]
        world.situation.observe(looks, at)
        turn = world.situation.tick(at + 0.1, world.utc(at + 0.1))
        assert not turn.opened
    assert turn.snapshot.nodes["cpe-0-2"].state is NodeState.UP


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_broken_a_restart_tells_nothing(seed: int) -> None:
    rng = random.Random(seed)
    inventory = nation(3, power=seed % 2 == 0, ducts=seed % 3 == 0, access=seed % 4 == 0)
    world = World(inventory, seed, traps=True)
    world.run(8)
    things = [f"node:{node}" for node in inventory.nodes if node != "core-1"]
    things += [f"link:{link}" for link in inventory.links] + [f"site:hub-{p}" for p in range(3)]
    for _ in range(4):
        world.fail(rng.choice(things))
        world.run(rng.choice([2, 12]))
    world.run(60)
    before = {outage.id for outage in world.turn.snapshot.outages}
    again = restarted(world)
    for node in inventory.nodes:  # as the daemon does in the first half minute
        again._later(rng.uniform(3, 30), partial(again.poll, node))
    told = again.run(NEWS_S + 30)
    assert not told.opened
    assert not told.ended
    assert {outage.id for outage in again.turn.snapshot.outages} == before


def test_whom_the_monitor_could_not_see_is_unknown_until_looked_at_again() -> None:
    world = settled()
    world.fail(*(f"node:{node}" for node in world.inventory.nodes))
    world.slow |= {node: 4.0 for node in world.inventory.nodes if node != "core-1"}
    world.run(10)
    assert world.turn.snapshot.cut_off
    world.become([])
    seen = set()
    for _ in range(40):
        world.run(0.25)
        seen |= {view.state for view in world.turn.snapshot.nodes.values()}
    assert seen == {NodeState.UNKNOWN, NodeState.UP}
    assert not world.turn.snapshot.outages
