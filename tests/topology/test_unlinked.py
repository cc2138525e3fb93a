"""Nodes of which nobody declared how the monitor reaches them: they are told of all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.inventory import Inventory, Link, Node, Province, Site, SiteKind
from tests.topology.networks import network
from tests.topology.world import World
from topology.evidence import Evidence
from topology.graph import Wan
from topology.outage import RootKind
from topology.present import remaining
from topology.rootcause import diagnose
from topology.state import NodeState
from topology.weakness import threads, weak_points
from topology.whatif import whatif


def inventory(
    links: dict[str, tuple[str, str]], monitors: tuple[str, ...] = ("core",)
) -> Inventory:
    """A core with one branch, and an island of a hub and three branches; each at its own site."""
    found = Inventory(monitors=monitors)
    found.provinces["p"] = Province("p", "P")
    for node in ("core", "branch", "hub", "x", "y", "z"):
        found.sites[node] = Site(node, node, SiteKind.COMMUNE, "p")
        found.nodes[node] = Node(node, node, f"192.0.2.{len(found.nodes) + 1}")
    for id_, (a, b) in links.items():
        found.links[id_] = Link(id_, a, b)
    return found


JOINED = {"l1": ("core", "branch")}
ISLAND = JOINED | {f"l-{far}": ("hub", far) for far in "xyz"}


@pytest.mark.parametrize("monitors", [("core",), ()])
def test_a_node_without_any_link_that_falls_silent_is_an_outage_of_its_own(
    monitors: tuple[str, ...],
) -> None:
    world = World(inventory({}, monitors))
    assert not world.run(8).opened
    world.fail("node:x")
    ((_, outage),) = world.run(10).opened
    assert (outage.root.kind, outage.root.id) == (RootKind.NODE, "x")
    assert world.turn.snapshot.nodes["x"].state is NodeState.DOWN
    world.heal("node:x")
    ((_, ended),) = world.run(10).ended
    assert ended.id == outage.id


def test_an_island_that_falls_silent_is_one_outage_at_its_node_of_most_links() -> None:
    world = World(inventory(ISLAND))
    assert not world.run(8).opened
    world.fail("node:hub")
    ((_, outage),) = world.run(10).opened
    assert outage.root.id == "hub"
    assert set(outage.shadowed) == {"x", "y", "z"}
    assert not world.turn.snapshot.cut_off


def test_the_monitor_is_cut_off_only_where_it_is_declared_to_be() -> None:
    wan = Wan(inventory(ISLAND))
    assert [wan.nodes[m] for m in wan.monitors] == ["core", "hub"]
    assert [wan.nodes[m] for m in wan.attached] == ["core"]


def test_where_an_island_is_reached_is_its_weak_point() -> None:
    wan = Wan(inventory(ISLAND))
    assert [(p.members, p.sites) for p in weak_points(wan)] == [(("node:hub",), 3)]
    assert threads(wan)["x"] == "link:l-x"
    blast = whatif(wan, ["node:hub"])
    assert set(blast.sites) == {"hub", "x", "y", "z"}


def test_what_a_fault_has_cut_off_is_not_taken_for_an_island() -> None:
    world = World(inventory(ISLAND | {"up": ("core", "hub")}))
    world.run(8)
    world.fail("link:up")
    world.run(10)
    left = remaining(world.wan, world.turn.snapshot)
    assert [left.nodes[m] for m in left.monitors] == ["core"]


@given(
    st.lists(st.tuples(st.sampled_from("mabcdef"), st.sampled_from("mabcdef")), max_size=7),
    st.dictionaries(st.sampled_from("mabcdef"), st.booleans()),
)
def test_no_silence_goes_untold_however_much_of_the_network_is_not_joined(
    pairs: list[tuple[str, str]], answers: dict[str, bool]
) -> None:
    wan = network("mabcdef", sorted({(a, b) for a, b in pairs if a < b}))
    onset = {node: 10.0 for node, answered in answers.items() if not answered}
    verdict = diagnose(wan, Evidence(answers, {}, onset))
    told = {n for f in verdict.faults for n in (*f.fronts, *f.down, *f.shadowed)}
    assert onset.keys() <= told | verdict.mute
    assert verdict.cut_off or verdict.dark.isdisjoint(answers.keys() - onset.keys())


def test_in_a_network_that_is_all_joined_nothing_is_guessed() -> None:
    wan = network(["m", "a", "b"], [("m", "a"), ("a", "b")])
    assert wan.monitors == wan.attached
