"""The small nation in time: what is told, and what is never told."""

from __future__ import annotations

import random

import pytest

from collector.failure import Failure
from collector.sample import PollFailed, Trap
from configs.inventory import Inventory, Node, Role
from tests.topology.nation import nation
from tests.topology.world import World
from topology.outage import RootKind, Severity
from topology.restored import Restored
from topology.state import NodeState

SEEDS = range(8)


def settled(**kinds: bool) -> World:
    world = World(nation(**kinds))
    assert not world.run(8).opened
    return world


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("power", [True, False])
def test_the_cut_of_a_hub_is_one_outage_in_whatever_order_the_answers_come(
    seed: int, power: bool
) -> None:
    world = World(nation(power=power), seed)
    world.run(8)
    world.fail("site:hub-0")
    told = world.run(10)
    ((at, outage),) = told.opened
    assert at - 8 <= 5
    assert outage.root.kind is RootKind.GROUP
    assert outage.root.id == ("power-0" if power else "site:hub-0")
    assert set(outage.down) == {"hub-0a", "hub-0b"}
    assert set(outage.shadowed) == {f"cpe-0-{c}" for c in range(6)}
    assert outage.severity is Severity.CRITICAL
    assert not told.revised
    assert not told.ended
    states = {node: view.state for node, view in world.turn.snapshot.nodes.items()}
    assert {states[f"cpe-0-{c}"] for c in range(6)} == {NodeState.UNREACHABLE}
    assert {states["hub-0a"], states["hub-0b"]} == {NodeState.DOWN}
    assert world.turn.snapshot.provinces["01"].ratio == 0.0

    world.heal("site:hub-0")
    told = world.run(10)
    assert not told.opened
    assert not told.revised
    ((at, ended),) = told.ended
    assert ended.id == outage.id
    assert world.turn.snapshot.coverage.ratio == 1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hub_that_is_waited_for_longer_than_its_communes_is_still_one_outage(seed: int) -> None:
    world = World(nation(), seed)
    world.run(8)
    world.slow = {"hub-0a": 4.0, "hub-0b": 4.0}
    world.fail("site:hub-0")
    ((_, outage),) = world.run(20).opened
    assert set(outage.down) == {"hub-0a", "hub-0b"}


def test_a_single_lost_packet_never_pages() -> None:
    world = settled()
    for node in list(world.inventory.nodes):
        world.lost.add(node)
        told = world.run(1)
        assert not told.opened
        assert not told.changes


def test_one_router_of_a_hub_is_a_warning_while_its_communes_are_hurt_only_when_single_homed() -> (
    None
):
    world = settled()
    world.fail("node:hub-0a")
    ((_, outage),) = world.run(8).opened
    assert outage.root.id == "hub-0a"
    assert set(outage.shadowed) == {"cpe-0-2", "cpe-0-4"}
    assert outage.severity is Severity.CRITICAL
    world = World(nation(communes=1))
    world.run(8)
    world.fail("node:hub-0a")
    ((_, outage),) = world.run(8).opened
    assert outage.severity is Severity.WARNING


def test_a_commune_that_died_before_its_hub_keeps_its_own_outage_through_the_hubs() -> None:
    world = settled()
    world.fail("node:cpe-0-2")
    ((_, commune),) = world.run(60).opened
    world.fail("site:hub-0")
    told = world.run(10)
    ((_, hub),) = told.opened
    assert not told.ended
    assert {outage.id for outage in world.turn.snapshot.outages} == {commune.id, hub.id}
    world.heal("site:hub-0")
    told = world.run(15)
    assert [outage.id for _, outage in told.ended] == [hub.id]
    assert not told.opened
    world.heal("node:cpe-0-2")
    assert [outage.id for _, outage in world.run(8).ended] == [commune.id]


def test_a_commune_that_dies_behind_a_dead_hub_is_told_once_the_hub_is_back() -> None:
    world = settled()
    world.fail("site:hub-0")
    world.run(10)
    world.fail("node:cpe-0-2")
    assert not world.run(5).opened
    world.heal("site:hub-0")
    told = world.run(15)
    assert [outage.root.id for _, outage in told.opened] == ["cpe-0-2"]
    assert [outage.root.id for _, outage in told.ended] == ["power-0"]


def test_when_everything_vanishes_the_monitor_itself_is_cut_off() -> None:
    world = settled()
    world.fail(*(f"node:{node}" for node in world.inventory.nodes))
    told = world.run(10)
    ((_, outage),) = told.opened
    assert outage.root.kind is RootKind.MONITOR
    assert world.turn.snapshot.cut_off
    assert world.turn.snapshot.coverage.unknown == len(world.inventory.sites)
    world.become([])
    told = world.run(10)
    assert not told.opened
    assert [ended.id for _, ended in told.ended] == [outage.id]
    assert not world.turn.snapshot.cut_off


def test_a_restart_in_the_middle_of_an_outage_repeats_nothing() -> None:
    world = settled()
    world.fail("site:hub-0")
    ((_, outage),) = world.run(10).opened
    views = world.turn.snapshot.nodes
    restored = Restored((outage,), {node: (view.state, view.since) for node, view in views.items()})
    again = World(nation(), seed=5, restored=restored, at=world.now + 30)
    again.fail("site:hub-0")
    told = again.run(12)
    assert not told.opened
    assert not told.ended
    assert not told.changes
    again.heal("site:hub-0")
    assert [ended.id for _, ended in again.run(10).ended] == [outage.id]


def test_an_outage_that_ended_while_nobody_watched_is_ended_after_the_restart() -> None:
    world = settled()
    world.fail("node:cpe-0-2")
    ((_, outage),) = world.run(10).opened
    views = world.turn.snapshot.nodes
    restored = Restored((outage,), {node: (view.state, view.since) for node, view in views.items()})
    again = World(nation(), restored=restored, at=world.now + 30)
    assert [ended.id for _, ended in again.run(8).ended] == [outage.id]


def test_what_lies_behind_maintenance_is_flagged() -> None:
    world = settled()
    world.situation.maintenance(frozenset({"site:hub-0"}))
    world.fail("node:cpe-0-2", "node:cpe-1-2")
    opened = {outage.root.id: outage for _, outage in world.run(8).opened}
    assert opened["cpe-0-2"].maintenance
    assert not opened["cpe-1-2"].maintenance
    assert world.turn.snapshot.nodes["cpe-0-4"].maintenance
    assert world.turn.snapshot.provinces["01"].maintenance == 7
    world.situation.maintenance(frozenset())
    told = world.run(1)
    assert [outage.maintenance for _, outage in told.revised] == [False]


def test_who_had_lost_another_way_is_not_expected_to_be_hurt_by_maintenance() -> None:
    world = settled()
    world.fail("link:cpe-0-0--hub-0b")
    world.poll("hub-0b")
    world.poll("cpe-0-0")
    ((_, line),) = world.run(10).opened
    assert line.severity is Severity.WARNING
    world.situation.maintenance(frozenset({"node:hub-0a"}))
    world.fail("node:hub-0a")
    world.run(10)
    (hub,) = [o for o in world.turn.snapshot.outages if o.id != line.id]
    assert hub.root.id == "hub-0a"
    assert {"cpe-0-0", "cpe-0-5"} <= set(hub.shadowed)
    assert not hub.maintenance


def test_a_router_that_is_mute_in_its_own_maintenance_is_flagged() -> None:
    world = settled()
    world.situation.maintenance(frozenset({"node:hub-0a"}))
    world.mute.add("hub-0a")
    ((_, outage),) = world.run(8).opened
    assert not outage.down
    assert outage.maintenance


def test_a_port_that_goes_down_between_two_reachable_nodes_is_redundancy_lost() -> None:
    world = settled()
    world.fail("link:hub-0a--core-1")
    assert not world.run(8).opened
    world.poll("hub-0a")
    assert not world.run(3).opened  # nobody is hurt: it may yet prove a part of something larger
    ((_, outage),) = world.run(3).opened
    assert outage.root.id == "hub-0a--core-1"
    assert outage.severity is Severity.WARNING
    world.heal("link:hub-0a--core-1")
    world.poll("hub-0a")
    assert [ended.id for _, ended in world.run(2).ended] == [outage.id]


def test_one_missed_look_does_not_make_what_a_port_said_old_news() -> None:
    world = settled()
    world.fail("link:hub-0a--core-1")
    world.poll("hub-0a")
    world.fail("node:cpe-1-2")  # elsewhere, so that all is judged anew
    opened = []
    for _ in range(5):
        world.lost.add("hub-0a")
        opened += [outage.root.id for _, outage in world.run(1).opened]
    assert sorted(opened) == ["cpe-1-2", "hub-0a--core-1"]


def test_a_trap_is_only_a_reason_to_look() -> None:
    world = settled()
    trap = Trap("hub-0a", world.now, "1.3.6.1.6.3.1.1.5.3", ())
    ask = world.situation.observe([trap], world.now)
    assert {"hub-0a", "core-1", "hub-0b", "cpe-0-2"} <= ask
    assert not world.run(5).opened


def test_links_that_fail_with_a_router_wait_for_what_is_said_of_the_router() -> None:
    world = settled()
    world.fail("node:hub-0a")
    world.poll("core-1")  # says at once, after a trap, that its ports to the hub are down
    world.poll("hub-0b")
    told = world.run(10)
    ((_, outage),) = told.opened
    assert outage.root.id == "hub-0a"
    world.poll("core-1")  # the outage lasts, and its links are seen down again
    world.run(1)
    world.heal("node:hub-0a")
    assert not world.run(10).opened  # what was said of the links is from before


def test_a_router_that_is_silent_while_its_communes_answer_is_a_warning_and_not_down() -> None:
    world = settled()
    world.mute.add("hub-0a")
    ((_, outage),) = world.run(8).opened
    assert outage.root.id == "hub-0a"
    assert outage.severity is Severity.WARNING
    assert not outage.down
    assert not outage.shadowed
    assert world.turn.snapshot.coverage.ratio == 1.0
    world.fail("node:hub-0a")
    told = world.run(10)
    assert not told.opened
    ((_, revised),) = told.revised
    assert revised.id == outage.id
    assert revised.severity is Severity.CRITICAL
    assert set(revised.shadowed) == {"cpe-0-2", "cpe-0-4"}
    world.heal("node:hub-0a")
    world.mute.clear()
    told = world.run(10)
    assert not told.opened
    assert [ended.id for _, ended in told.ended] == [outage.id]


def test_an_agent_that_answers_polls_but_no_echo_is_up() -> None:
    world = settled()
    world.mute.add("cpe-0-2")
    ((_, outage),) = world.run(8).opened
    world.poll("cpe-0-2")
    told = world.run(2)
    assert [ended.id for _, ended in told.ended] == [outage.id]
    assert world.turn.snapshot.nodes["cpe-0-2"].state is NodeState.UP
    world.fail("node:cpe-0-2")
    world.feed(PollFailed("cpe-0-2", world.now, "if_mib", Failure.TIMEOUT))
    ((_, again),) = world.run(8).opened
    assert again.root.id == "cpe-0-2"
    assert again.id != outage.id


def test_a_storm_is_not_answered_with_a_storm_of_second_looks() -> None:
    world = World(nation(provinces=34, communes=40))
    assert not world.run(4).opened
    world.fail("node:core-1", "node:core-2")
    asked = [len(world.situation.observe(miss, world.now)) for miss in world.misses()]
    assert len(asked) > 13
    assert sum(asked) < 400


def test_a_commune_that_comes_and_goes_is_one_outage_that_flaps_until_it_is_calm() -> None:
    world = settled()
    opened, ended = [], []
    for _ in range(8):
        world.fail("node:cpe-0-2")
        told = world.run(10)
        opened += told.opened
        world.heal("node:cpe-0-2")
        told = world.run(10)
        opened += told.opened
        ended += told.ended
    assert len(opened) == 4
    assert len(ended) == 3
    (outage,) = world.turn.snapshot.outages
    assert outage.flapping
    assert world.turn.snapshot.nodes["cpe-0-2"].state is NodeState.UP
    ((at, calm),) = world.run(1200).ended
    assert calm.id == outage.id
    assert at > 600
    assert not world.turn.snapshot.outages


@pytest.mark.parametrize("jump_s", [3600, -3600])
def test_a_calendar_that_jumps_an_hour_changes_stamps_and_nothing_else(jump_s: float) -> None:
    world = settled()
    world.fail("node:cpe-0-2")
    ((_, outage),) = world.run(8).opened
    turn = world.situation.tick(world.now, world.utc(world.now + jump_s))
    assert (turn.changes, turn.opened, turn.revised, turn.ended) == ((), (), (), ())
    assert turn.snapshot.outages == (outage,)


def test_a_node_that_nobody_looks_at_becomes_unknown() -> None:
    world = settled()
    turn = world.situation.tick(world.now + 61, world.utc(world.now + 61))
    assert turn.snapshot.coverage.unknown == len(world.inventory.sites)
    assert not turn.opened


def test_a_reload_keeps_what_is_known_of_the_nodes_that_remain() -> None:
    world = settled()
    world.fail("node:cpe-0-2", "node:cpe-0-4")
    opened = {outage.root.id: outage.id for _, outage in world.run(8).opened}
    fewer = nation()
    del fewer.nodes["cpe-0-4"], fewer.sites["xa-0-4"], fewer.links["cpe-0-4--hub-0a"]
    world.situation.replace(fewer)
    turn = world.situation.tick(world.now, world.utc(world.now))
    assert not turn.changes
    assert not turn.opened
    assert [outage.id for outage in turn.ended] == [opened["cpe-0-4"]]
    assert turn.snapshot.nodes["cpe-0-2"].state is NodeState.DOWN
    assert "cpe-0-4" not in turn.snapshot.nodes


def test_a_reload_that_leaves_no_node_as_it_was_goes_on() -> None:
    world = World(nation(provinces=1, communes=1))
    world.run(8)
    world.fail("node:cpe-0-0")
    ((_, outage),) = world.run(8).opened
    other = Inventory(
        provinces=world.inventory.provinces,
        sites=world.inventory.sites,
        nodes={"new": Node("new", "dc-1", "127.9.9.9", Role.CORE)},
        monitors=("new",),
    )
    world.situation.replace(other)
    turn = world.situation.tick(world.now, world.utc(world.now))
    assert [ended.id for ended in turn.ended] == [outage.id]
    assert not turn.snapshot.outages


@pytest.mark.parametrize("seed", range(24))
def test_whatever_fails_and_heals_in_whatever_order_only_true_roots_are_paged(seed: int) -> None:
    rng = random.Random(seed)
    inventory = nation(3, power=seed % 2 == 0, ducts=seed % 3 == 0)
    world = World(inventory, seed, loss=0.01 * (seed % 2))
    world.run(6)
    things = [f"node:{node}" for node in inventory.nodes if node != "core-1"]
    things += [f"site:hub-{p}" for p in range(3)] * 4 + [f"link:{link}" for link in inventory.links]
    active: list[str] = []
    fronts: list[tuple[float, set[str]]] = []
    for _ in range(14):
        if active and rng.random() < 0.5:
            active.remove(rng.choice(active))
        else:
            active.append(rng.choice(things))
        world.become(world.members(active))
        fronts.append((world.now, world.fronts()))
        told = world.run(rng.choice([0.5, 1, 2, 2.5, 3.5, 8]))
        for at, outage in told.opened:
            recent = set().union(*(f for t, f in fronts[-4:] if t > at - 8), fronts[-1][1])
            assert recent.intersection(outage.down), (outage.root, recent)
    world.run(12)
    snapshot = world.turn.snapshot
    down = {node for outage in snapshot.outages for node in outage.down}
    assert world.fronts() <= down | {n for o in snapshot.outages for n in o.shadowed}
    for view in snapshot.nodes.values():
        assert (view.state is NodeState.UP) == world.reachable(view.id)
    world.become([])
    world.fail()
    told = world.run(25)
    assert not world.turn.snapshot.outages
    assert world.turn.snapshot.coverage.ratio == 1.0
