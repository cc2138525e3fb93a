"""When lines failed, and when what is said of them counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from configs.inventory import GroupKind, RiskGroup
from tests.topology.nation import nation
from tests.topology.networks import network
from tests.topology.world import World
from topology.evidence import Evidence
from topology.outage import Severity
from topology.rootcause import diagnose
from topology.state import NodeState

ONE, OTHER = "cpe-0-0--hub-0b", "cpe-0-3--hub-0a"
SEEDS = range(3)


def settled(seed: int) -> World:
    """A nation in which the second lines of two communes are in one duct."""
    country = nation(communes=8, power=False)
    members = (f"link:{ONE}", f"link:{OTHER}")
    country.groups["duct"] = RiskGroup("duct", GroupKind.DUCT, members)
    # Only the hub tells of the other: what runs beyond that port is not polled.
    country.links[OTHER] = replace(country.links[OTHER], a_port="")
    world = World(country, seed, traps=True)
    assert not world.run(8).opened
    polled(world)
    return world


def polled(world: World) -> None:
    """Every node is polled, as it regularly is."""
    for node in world.inventory.nodes:
        world.poll(node)


def told(world: World, seconds: float = 30.0) -> list[str]:
    """The roots that are told in the next seconds; then every node is polled."""
    roots = [outage.root.id for _, outage in world.run(seconds, 0.1).opened]
    polled(world)
    return roots


def roots_now(world: World) -> list[str]:
    return sorted(outage.root.id for outage in world.turn.snapshot.outages)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_fails_long_after_another_in_its_duct_is_told_itself(seed: int) -> None:
    world = settled(seed)
    world.fail(f"link:{ONE}")
    assert told(world) == [ONE]
    world.fail(f"link:{OTHER}")
    assert told(world) == [OTHER]
    assert roots_now(world) == [ONE, OTHER]
    world.heal(f"link:{ONE}")
    assert not told(world)
    assert roots_now(world) == [OTHER]


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_that_fail_at_once_are_their_duct(seed: int) -> None:
    world = settled(seed)
    world.fail("group:duct")
    assert told(world) == ["duct"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_was_cut_while_its_node_was_dead_goes_with_its_duct(seed: int) -> None:
    world = settled(seed)
    world.fail("node:cpe-0-3")
    assert told(world) == ["cpe-0-3"]
    world.fail("group:duct")
    assert told(world) == [ONE]  # of the other nothing is to be seen
    world.heal("node:cpe-0-3")
    assert not told(world) + told(world)  # the port says once more that it is down
    assert roots_now(world) == ["duct"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_failed_before_its_node_did_is_told_apart_when_that_is_back(seed: int) -> None:
    world = settled(seed)
    world.fail(f"link:{OTHER}")
    assert told(world) == [OTHER]
    world.fail("node:cpe-0-3")
    assert told(world) == ["cpe-0-3"]
    world.fail(f"link:{ONE}")
    assert told(world) == [ONE]
    world.heal("node:cpe-0-3")
    assert not told(world) + told(world)
    assert roots_now(world) == [ONE, OTHER]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_port_that_says_again_that_it_is_down_is_news_once_its_far_end_is_back(seed: int) -> None:
    world = settled(seed)
    world.fail("node:cpe-0-3")
    assert told(world) == ["cpe-0-3"]
    world.fail(f"link:{OTHER}")
    assert not told(world)
    world.heal("node:cpe-0-3")
    assert told(world) + told(world) == [OTHER]


def test_a_port_that_says_again_that_it_is_up_is_news_once_its_far_end_is_silent() -> None:
    world = settled(0)
    world.mute.add("cpe-0-2")
    ((_, outage),) = world.run(8).opened
    assert outage.severity is Severity.CRITICAL
    world.poll("hub-0a")
    ((_, revised),) = world.run(8).revised
    assert (revised.id, revised.severity) == (outage.id, Severity.WARNING)
    assert world.turn.snapshot.nodes["cpe-0-2"].state is NodeState.UP


@pytest.mark.parametrize(
    ("broke", "roots"),
    [
        ({"g-a": (0.0, 1.0), "g-b": (3.0, 4.0)}, ["duct"]),
        ({"g-a": (0.0, 1.0), "g-b": (5.0, 6.0)}, ["g-a", "g-b"]),
        ({"g-a": (0.0, 1.0), "g-b": (-60.0, 6.0)}, ["duct"]),
        ({"g-a": (0.0, 1.0)}, ["duct"]),
    ],
    ids=["at once", "apart", "may have been at once", "nobody knows"],
)
def test_lines_have_a_cause_in_common_if_they_can_have_failed_together(
    broke: dict[str, tuple[float, float]], roots: list[str]
) -> None:
    links = [("m", "h"), ("m", "g"), *((hub, leaf) for hub in "hg" for leaf in "ab")]
    wan = network("mhgab", links, {"duct": ("link:g-a", "link:g-b")})
    ports = {("g", "g-a"): False, ("g", "g-b"): False}
    evidence = Evidence(dict.fromkeys("mhgab", True), ports, broke=broke)
    assert [fault.root.id for fault in diagnose(wan, evidence).faults] == roots
