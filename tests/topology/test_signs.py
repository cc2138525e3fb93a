"""Words on power in time: batteries before, during and after an outage, and restarts."""

from __future__ import annotations

import math

import pytest

from collector.sample import Facts, Layout, Readings, Series, Trap
from collector.sensor import STATE
from configs.devicerules import built_in_rules
from configs.inventory import Inventory, Link, Node, Role
from configs.powerwords import power_words
from tests.topology.nation import nation
from tests.topology.world import World
from topology.confirmation import Look
from topology.outage import Clue, Outage, Root, RootKind, Severity, Sign
from topology.restored import Restored
from topology.signs import RECENT_S, SENSOR_STATE, STRAGGLER_S, Signs

COLD_START = "1.3.6.1.6.3.1.1.5.1"
ON_BATTERY, ALARM_ADDED, ALARM_REMOVED = (f"1.3.6.1.2.1.33.2.{i}" for i in (1, 3, 4))
LOST, RESTORED = "1.3.6.1.4.1.318.0.5", "1.3.6.1.4.1.318.0.9"
BATTERY, NORMAL = 5.0, 3.0


def with_ups() -> Inventory:
    """The nation, its first hub with a UPS, and with its uplinks in one duct."""
    world = nation(ducts=True)
    world.nodes["ups-0"] = Node("ups-0", "hub-0", "127.3.0.1", Role.OTHER)
    for side in "ab":
        world.links[f"ups-{side}"] = Link(f"ups-{side}", f"hub-0{side}", "ups-0")
    return world


def started(restored: Restored | None = None, at: float = 0.0) -> World:
    world = World(with_ups(), restored=restored, at=at)
    world.run(10)
    return world


def reading(node: str, at: float, **values: float) -> Readings:
    layout = Layout("x", tuple(Series(name) for name in values), ())
    return Readings(node, at, 0.01, layout, list(values.values()), ())


def says(world: World, source: float) -> None:
    world.feed(reading("ups-0", world.now, upsOutputSource=source))


def test_a_ups_on_battery_is_a_warning_that_becomes_the_outage_of_its_feed() -> None:
    world = started()
    world.feed(Trap("ups-0", world.now, ON_BATTERY, ()))
    assert not world.run(10).opened
    ((_, warning),) = world.run(10).opened
    assert warning.root == Root(RootKind.GROUP, "power-0")
    assert warning.severity is Severity.WARNING
    assert warning.on_battery
    assert not any(view.state != "UP" for view in world.turn.snapshot.nodes.values())
    world.fail("site:hub-0")
    told = world.run(12)
    assert not told.opened
    _, outage = told.revised[-1]
    assert (outage.id, outage.root) == (warning.id, warning.root)
    assert outage.severity is Severity.CRITICAL
    assert outage.confidence > 0.9
    assert Clue(Sign.BATTERY, "ups-0") in outage.clues
    world.heal("site:hub-0")
    assert not world.run(20).ended  # its battery may have been charged, its mains still be away
    says(world, BATTERY)
    ((_, smaller),) = world.run(5).revised
    assert (smaller.id, smaller.severity) == (warning.id, Severity.WARNING)
    assert not world.run(20).opened
    says(world, NORMAL)
    assert [ended.id for _, ended in world.run(5).ended] == [warning.id]


def test_an_outage_whose_ups_does_not_speak_again_ends_all_the_same() -> None:
    world = started()
    world.feed(Trap("ups-0", world.now, ON_BATTERY, ()))
    world.run(20)
    world.fail("site:hub-0")
    world.run(12)
    world.heal("site:hub-0")
    told = world.run(100)
    assert len(told.ended) == 1
    assert not told.opened


def test_a_flicker_or_a_test_of_the_battery_is_no_warning() -> None:
    world = started()
    world.feed(Trap("ups-0", world.now, LOST, ()))
    world.run(8)
    world.feed(Trap("ups-0", world.now, RESTORED, ()))
    assert not world.run(30).opened


def test_the_warning_ends_when_the_mains_are_back_and_not_while_the_ups_is_away() -> None:
    world = started()
    says(world, BATTERY)
    ((_, warning),) = world.run(20).opened
    world.fail("node:ups-0")
    world.run(20)
    world.heal("node:ups-0")
    told = world.run(20)
    assert not [o for _, o in told.ended if o.id == warning.id]
    says(world, BATTERY)
    assert not world.run(20).ended
    says(world, NORMAL)
    assert [ended.id for _, ended in world.run(5).ended] == [warning.id]


@pytest.mark.parametrize(
    ("source", "root"), [(BATTERY, "power-0"), (NORMAL, "duct-0"), (math.nan, "power-0")]
)
def test_what_the_ups_said_last_decides_between_feed_and_duct(source: float, root: str) -> None:
    world = started()
    says(world, source)
    world.run(5)
    world.fail("group:power-0")
    ((_, outage),) = world.run(12).opened
    assert outage.root == Root(RootKind.GROUP, root)


def test_a_word_of_three_minutes_before_says_nothing_against_the_feed() -> None:
    world = started()
    says(world, NORMAL)
    world.run(200)
    world.fail("group:power-0")
    ((_, outage),) = world.run(12).opened
    assert outage.root.id == "power-0"


def test_a_restart_of_one_router_keeps_the_outage_of_both_on_the_feed() -> None:
    world = started()
    world.fail("group:power-0")
    ((_, outage),) = world.run(12).opened
    world.heal("node:hub-0a")
    world.run(1)
    world.feed(Trap("hub-0a", world.now, COLD_START, ()))
    told = world.run(4)
    assert not told.opened
    assert not told.ended
    (now,) = world.turn.snapshot.outages
    assert (now.id, now.root) == (outage.id, Root(RootKind.GROUP, "power-0"))
    assert now.down == ("hub-0b",)
    assert Clue(Sign.RESTARTED, "hub-0a") in now.clues
    assert not world.run(8).opened
    (later,) = world.turn.snapshot.outages  # what keeps it away so long may be its own
    assert (later.id, later.root) == (outage.id, Root(RootKind.NODE, "hub-0b"))
    world.heal("node:hub-0b")
    assert [ended.id for _, ended in world.run(10).ended] == [outage.id]


def test_a_line_that_flaps_while_its_node_runs_on_is_named_itself() -> None:
    world = started()
    world.fail("node:cpe-0-2")
    ((_, first),) = world.run(10).opened
    assert first.root == Root(RootKind.NODE, "cpe-0-2")
    world.heal("node:cpe-0-2")
    world.run(10)
    world.feed(reading("cpe-0-2", world.now, sysUpTime=8_640_000.0))
    world.run(5)
    world.fail("node:cpe-0-2")
    ((_, again),) = world.run(10).opened
    assert again.root.kind is RootKind.LINK
    assert again.alternatives == (first.root,)
    assert again.clues == (Clue(Sign.RAN_ON, "cpe-0-2"),)


def test_a_node_that_ran_on_behind_another_says_nothing_of_its_own_line() -> None:
    world = started()
    world.fail("node:hub-0a")
    world.run(12)
    world.heal("node:hub-0a")
    world.run(10)
    world.feed(reading("cpe-0-2", world.now, sysUpTime=8_640_000.0))
    world.run(1)
    assert not world.turn.returned
    world.fail("node:cpe-0-2")
    ((_, outage),) = world.run(10).opened
    assert outage.root == Root(RootKind.NODE, "cpe-0-2")


def test_how_a_node_came_back_is_told_once() -> None:
    world = started()
    world.fail("node:cpe-0-2")
    world.run(10)
    world.heal("node:cpe-0-2")
    world.run(10)
    for again in (False, True):
        world.feed(reading("cpe-0-2", world.now, sysUpTime=300.0))
        turn = world.situation.tick(world.now + 0.1, world.utc(world.now + 0.1))
        told = [(back.node, back.restarted) for back in turn.returned]
        assert told == ([] if again else [("cpe-0-2", True)])


@pytest.mark.parametrize("surveyed_s", [0, 720])  # twelve minutes: the last of a whole country
def test_a_restart_of_the_monitor_forgets_no_battery_and_repeats_no_warning(
    surveyed_s: int,
) -> None:
    world = started()
    says(world, BATTERY)
    ((_, warning),) = world.run(20).opened
    views = world.turn.snapshot.nodes
    states = {node: (view.state, view.since) for node, view in views.items()}
    again = started(Restored((warning,), states), world.now + 30)
    assert [outage.id for outage in again.turn.snapshot.outages] == [warning.id]
    assert not again.run(surveyed_s).ended
    says(again, BATTERY)
    told = again.run(20)
    assert not told.opened
    assert not told.ended
    says(again, NORMAL)
    assert [ended.id for _, ended in again.run(5).ended] == [warning.id]


def came_back(since: float = 1000.0, at: float = 1060.0) -> Signs:
    signs = Signs()
    signs.returned("n", since, at, front=True)
    return signs


@pytest.mark.parametrize(
    ("values", "restarted"),
    [
        ({"sysUpTime": 3000.0}, True),  # 30 s, of a silence of a minute
        ({"sysUpTime": 360_000.0}, False),
        ({"sysUpTime": 10_000.0}, None),  # as long as the silence, or nearly
        ({"sysUpTime": 3000.0, "snmpEngineTime": 43_000_000.0}, None),  # 497 days are over
        ({"sysUpTime": 3000.0, "snmpEngineTime": 31.0}, True),
        ({"sysUpTime": math.nan}, None),
    ],
)
def test_an_uptime_shorter_than_the_silence_is_a_restart(
    values: dict[str, float], restarted: bool | None
) -> None:
    signs = came_back()
    assert signs.take(reading("n", 1070.0, **values), Look()) is (restarted is not None)
    assert ("n" in signs.returns(restarted=True)) is (restarted is True)
    assert ("n" in signs.returns(restarted=False)) is (restarted is False)


def test_an_uptime_that_had_to_begin_anew_is_no_restart() -> None:
    signs = Signs()
    nearly = 2**32 - 90_000.0  # a quarter of an hour to go
    signs.take(reading("n", 500.0, sysUpTime=nearly), Look())
    signs.returned("n", 1360.0, 1420.0, front=True)
    signs.take(reading("n", 1430.0, sysUpTime=3000.0), Look())
    assert "n" in signs.returns(restarted=False)


def test_an_agent_that_restarts_alone_is_no_evidence() -> None:
    signs = Signs()
    assert not signs.take(reading("n", 10.0, sysUpTime=100.0), Look())
    assert not signs.returns(restarted=True)
    late = came_back()
    late.take(Facts("n", 1070.0, "", uptime_s=90_000.0), Look())
    late.take(reading("n", 1200.0, sysUpTime=100.0), Look())
    assert "n" in late.returns(restarted=False)


def test_that_a_node_ran_on_matters_for_a_quarter_of_an_hour_and_a_restart_for_seconds() -> None:
    for ran_on, until in ((True, 1060.0 + RECENT_S), (False, 1060.0 + STRAGGLER_S)):
        signs = came_back()
        if ran_on:
            signs.take(reading("n", 1061.0, sysUpTime=360_000.0), Look())
        else:
            signs.take(Trap("n", 1059.0, COLD_START, ()), Look())
        looks = {"n": Look()}
        assert not signs.expire(until, looks)
        assert signs.returns(restarted=not ran_on) == {"n": 1000.0}
        assert signs.expire(until + 1.0, looks)
        assert not signs.returns(restarted=not ran_on)


def test_a_word_that_nobody_renews_is_forgotten_while_its_ups_answers() -> None:
    signs, look = Signs(), Look()
    signs.take(Trap("n", 0.0, LOST, ()), look)
    looks = {"n": look}
    assert signs.batteries(looks) == {"n": 0.0}
    look.word, look.silent_since = False, 60.0
    assert not signs.expire(90_000.0, looks)
    assert signs.batteries(looks) == {"n": 0.0}
    look.word, look.silent_since = True, None
    assert signs.expire(90_000.0, looks)


def test_an_alarm_of_the_ups_mib_means_lost_mains_only_if_it_is_that_alarm() -> None:
    alarm = "1.3.6.1.2.1.33.1.6.2.1.2.1"
    for oid, value, lost in (
        (ALARM_ADDED, "1.3.6.1.2.1.33.1.6.3.2", True),
        (ALARM_ADDED, "1.3.6.1.2.1.33.1.6.3.1", None),
        (ALARM_REMOVED, "1.3.6.1.2.1.33.1.6.3.2", False),
    ):
        signs = Signs()
        signs.take(Trap("n", 1.0, oid, ((alarm, value),)), Look())
        assert [word.lost for word in signs.mains.values()] == ([] if lost is None else [lost])


def test_every_value_means_one_thing_only() -> None:
    words = power_words()
    for subject in (*words.lost.readings, *words.lost.sensors):
        assert words.lost.values(subject)
        assert words.lost.values(subject).isdisjoint(words.present.values(subject))


@pytest.mark.parametrize("oid", sorted(power_words().lost.sensors))
def test_the_states_that_a_survey_finds_on_a_ups_are_words_on_its_mains(oid: str) -> None:
    states = {
        sensor.oid: sensor.states
        for rules in built_in_rules()
        for sensor in rules.sensors
        if sensor.quantity == STATE
    }
    words = power_words()
    told = words.lost.values(oid) | words.present.values(oid)
    assert told <= {float(value) for value in states[oid]}
    layout = Layout("vitals", (Series(SENSOR_STATE, tuple(map(int, oid.split(".")))),), ())
    for values, lost in ((words.lost, True), (words.present, False)):
        for value in values.values(oid):
            signs = Signs()
            signs.take(Readings("n", 1.0, 0.1, layout, [value], ()), Look())
            assert signs.mains["n"].lost is lost


def test_an_outage_without_a_battery_is_not_on_battery() -> None:
    outage = Outage("x", Root(RootKind.LINK, "l"), Severity.WARNING, World.utc(0), (), ())
    assert not outage.on_battery


def test_mains_that_are_lost_in_a_maintenance_window_of_their_site_are_flagged() -> None:
    inventory = with_ups()
    del inventory.groups["power-0"]
    world = World(inventory)
    world.run(10)
    world.situation.maintenance(frozenset({"site:hub-0"}))
    says(world, BATTERY)
    ((_, outage),) = world.run(20).opened
    assert outage.on_battery
    assert outage.maintenance
