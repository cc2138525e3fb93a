"""A network that loses packets by chance: what is lost is not taken for what is dead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topology.nation import nation
from tests.topology.world import World
from topology.losses import CHANCE, MOST, Losses, misses_needed


@pytest.mark.parametrize("loss", [0.02, 0.05])
def test_lost_packets_page_nobody(loss: float) -> None:
    world = World(nation(provinces=6, communes=60), seed=1, loss=loss)
    world.run(60)
    assert not world.run(240).opened


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.05])
def test_a_hub_that_is_cut_is_one_outage_all_the_same(loss: float) -> None:
    world = World(nation(communes=30, power=False), seed=1, loss=loss)
    world.run(120)
    world.fail("site:hub-1")
    opened = world.run(8.0).opened
    assert [outage.root.id for _, outage in opened] == ["site:hub-1"]


def test_one_node_that_loses_much_does_not_slow_the_others() -> None:
    world = World(nation(), seed=1)
    for _ in range(200):
        world.lost.add("cpe-0-1")
        world.run(3.0)
    failed_at = world.now
    world.fail("node:cpe-0-3")
    ((at, outage),) = world.run(6.0).opened
    assert outage.root.id == "cpe-0-3"
    assert at - failed_at < 4.5


def test_a_reload_keeps_what_was_learnt() -> None:
    world = World(nation(provinces=6, communes=60), seed=1, loss=0.05)
    world.run(120)
    world.situation.replace(world.inventory)
    assert not world.run(120).opened


def test_what_blinks_is_not_taken_for_losses() -> None:
    """Each member would need more misses from then on, in a small network all nodes would."""
    world = World(nation(access=True), seed=1, traps=True)
    world.run(20)
    for _ in range(10):
        world.fail("group:feed-0")
        world.run(0.8, 0.1)
        world.heal("group:feed-0")
        assert not world.run(8.0, 0.1).opened
    failed_at = world.now
    world.fail("node:cpe-0-1")
    ((at, _),) = world.run(6.0, 0.1).opened
    assert at - failed_at <= 2.0


@given(ratio=st.floats(0, 1), least=st.integers(1, 9))
def test_as_many_misses_are_needed_as_chance_cannot_explain(ratio: float, least: int) -> None:
    needed = misses_needed(ratio, least)
    assert needed >= least
    assert needed <= max(least, MOST)
    assert needed == least or ratio ** (needed - 1) > CHANCE


@given(st.lists(st.integers(0, 5), max_size=400), st.floats(0, 1))
def test_a_share_is_between_none_and_all_and_forgets(lost: list[int], prior: float) -> None:
    losses = Losses()
    for run in lost:
        losses.answered(run)
    assert 0 <= losses.ratio(prior) <= 1
    for _ in range(3000):
        losses.answered(0)
    assert losses.ratio() < 1e-3
