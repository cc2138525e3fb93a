"""What one more failure would do to a network that is hurt already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from configs.inventory import GroupKind, Inventory, RiskGroup
from tests.topology.nation import nation
from tests.topology.networks import Case, cases
from topology.coverage import Coverage
from topology.graph import Wan
from topology.outage import Outage, Root, RootKind, Severity
from topology.present import remaining, whatif_now
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def picture(world: Inventory, states: dict[str, NodeState], *roots: Root) -> Snapshot:
    views = {n: NodeView(n, states.get(n, NodeState.UP), NOW) for n in [*world.nodes, *states]}
    outages = tuple(Outage(r.id, r, Severity.WARNING, NOW, (), ()) for r in roots)
    return Snapshot(1, NOW, NOW, world, views, {}, Coverage(0, 0, 0, 0, 0), {}, outages)


def test_a_network_without_faults_is_asked_as_it_is() -> None:
    world = nation(1)
    wan = Wan(world)
    unknown = {"hub-0a": NodeState.UNKNOWN}
    assert remaining(wan, picture(world, unknown)) is wan


def test_the_second_router_of_a_hub_takes_all_that_is_left_with_it() -> None:
    world = nation(1)
    wan = Wan(world)
    states = {"hub-0a": NodeState.DOWN, "cpe-0-2": NodeState.UNREACHABLE, "gone": NodeState.DOWN}
    blast = whatif_now(wan, picture(world, states), ["hub-0b"])
    assert set(blast.sites) == {"hub-0", "xa-0-0", "xa-0-1", "xa-0-3", "xa-0-5"}


def test_links_of_open_outages_carry_nothing() -> None:
    world = nation(1)
    world.groups["duct"] = RiskGroup("duct", GroupKind.DUCT, ("link:hub-0b--core-2",))
    wan = Wan(world)
    now = picture(world, {}, Root(RootKind.LINK, "core-1--core-2"), Root(RootKind.GROUP, "duct"))
    left = remaining(wan, now)
    assert set(wan.links) - set(left.links) == {"core-1--core-2", "hub-0b--core-2"}
    assert left.monitors == wan.monitors


def test_what_is_down_already_can_be_named_and_cuts_off_nobody_more() -> None:
    world = nation(1)
    wan = Wan(world)
    now = picture(world, {"hub-0a": NodeState.DOWN}, Root(RootKind.NODE, "hub-0a"))
    blast = whatif_now(wan, now, ["hub-0a", "hub-0a--hub-0b"])
    assert blast.failed == ("node:hub-0a", "link:hub-0a--hub-0b")
    assert (blast.nodes, blast.sites, blast.weakened) == ((), (), {})


def reached(wan: Wan, *failed: Iterable[str]) -> set[str]:
    """Nodes with a path around everything that failed."""
    live = wan.live(*wan.positions(member for members in failed for member in members))
    return {node for node, is_live in zip(wan.nodes, live, strict=True) if is_live}


def threads(wan: Wan, *failed: Iterable[str]) -> dict[str, set[str]]:
    """Per node that is reached, the nodes and links that cut it off by failing alone."""
    things = [f"node:{node}" for node in wan.nodes[1:]] + [f"link:{link}" for link in wan.links]
    left = {thing: reached(wan, *failed, [thing]) for thing in things}
    return {
        node: {t for t in things if node not in left[t] and t != f"node:{node}"}
        for node in reached(wan, *failed)
    }


@given(cases(largest=7, groups=False), st.data())
def test_one_more_failure_does_what_trying_it_out_shows(case: Case, data: st.DataObject) -> None:
    wan = case.wan
    things = [f"node:{node}" for node in wan.nodes[1:]] + [f"link:{link}" for link in wan.links]
    more = data.draw(st.lists(st.sampled_from(things), min_size=1, max_size=2))
    states = {
        node: NodeState.DOWN if f"node:{node}" in case.failed else NodeState.UNREACHABLE
        for node in wan.nodes
        if node not in case.live
    }
    cut = [member.removeprefix("link:") for member in case.failed if member.startswith("link:")]
    roots = [Root(RootKind.LINK, link) for link in cut]
    blast = whatif_now(wan, picture(wan.inventory, states, *roots), more)
    before, after = threads(wan, case.failed), threads(wan, case.failed, more)
    assert set(blast.failed) == set(more)
    # Every node of these networks stands at a site of its own, of the same name.
    assert set(blast.nodes) == set(blast.sites) == before.keys() - after.keys()
    assert blast.weakened.keys() == {site for site in after if after[site] and not before[site]}
    assert all(thread in after[site] for site, thread in blast.weakened.items())
