"""What one more failure would do to a network that is hurt already."""

from __future__ import annotations

from datetime import UTC, datetime

from configs.inventory import GroupKind, Inventory, RiskGroup
from tests.topology.nation import nation
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
