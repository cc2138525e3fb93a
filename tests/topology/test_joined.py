"""Links that are found while the country is watched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.sample import Facts
from configs.inventory import Link
from tests.topology.nation import nation
from tests.topology.world import World
from topology.graph import Wan
from topology.outages import Clock
from topology.restored import Restored
from topology.situation import Situation
from topology.state import NodeState

SEEDS = range(6)
CABLE = Link("found:cpe-0-1.wan2--hub-0a.lan9", "cpe-0-1", "hub-0a", "wan2", "lan9",
             oper_follows=False)  # fmt: skip


def world(seed: int = 0) -> World:
    """A commune has a second way to the other router that nobody declared."""
    truth = nation()
    truth.links["cable"] = replace(CABLE, id="cable")
    made = World(truth, seed)
    declared = nation()
    made.situation = Situation(
        declared, made.situation._settings, started=Clock(made.now, made.utc(made.now))
    )
    made.run(8)
    return made


def join(made: World, *found: Link) -> None:
    made.situation.join(Wan(nation(), found))


def state(made: World, node: str) -> NodeState:
    return made.turn.snapshot.nodes[node].state


@pytest.mark.parametrize("seed", SEEDS)
def test_a_router_is_down_though_what_hangs_on_it_answers_by_a_way_that_was_found(
    seed: int,
) -> None:
    blind, joined = world(seed), world(seed)
    join(joined, CABLE)
    for made in (blind, joined):
        made.fail("node:hub-0b")
        made.run(12)
    assert state(blind, "hub-0b") is not NodeState.DOWN  # it seems to pass traffic
    assert state(joined, "hub-0b") is NodeState.DOWN
    (outage,) = joined.turn.snapshot.outages
    assert outage.root.id == "hub-0b"
    assert outage.shadowed == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_link_that_is_found_during_an_outage_pages_nobody_anew(seed: int) -> None:
    made = world(seed)
    made.fail("node:hub-0b")
    (opened,) = made.run(12).opened
    join(made, CABLE)
    told = made.run(12)
    assert not told.opened
    assert not told.ended
    join(made)
    assert not made.run(12).opened
    made.heal("node:hub-0b")
    ((_, ended),) = made.run(15).ended
    assert ended.id == opened[1].id


@pytest.mark.parametrize("seed", SEEDS)
def test_a_link_that_is_not_there_costs_a_page_and_hides_none(seed: int) -> None:
    wrong = Link("found:x", "cpe-0-2", "core-2", "x", "y", oper_follows=False)
    made = World(nation(), seed)
    made.run(8)
    join(made, wrong)
    assert not made.run(5).opened
    made.fail("site:hub-0")
    hurt = {node for _, o in made.run(12).opened for node in (*o.down, *o.shadowed)}
    assert hurt == {"hub-0a", "hub-0b", *(f"cpe-0-{c}" for c in range(6))}


def test_the_port_of_a_found_link_speaks_for_it_and_an_outage_on_it_outlives_a_restart() -> None:
    made = world()
    join(made, CABLE)

    def polled(is_up: bool) -> Facts:
        return Facts("hub-0a", made.now, "", 1.0, interfaces={"lan9": is_up})

    made.feed(polled(True))
    assert not made.run(5).opened
    made.feed(polled(False))
    ((_, outage),) = made.run(12).opened
    assert outage.root.id == CABLE.id
    restored = Restored((outage,), found=(CABLE,))
    settings = made.situation._settings
    made.situation = Situation(
        nation(), settings, started=Clock(made.now, made.utc(made.now)), restored=restored
    )
    made.feed(polled(False))
    told = made.run(12)
    assert not told.opened
    assert not told.ended
