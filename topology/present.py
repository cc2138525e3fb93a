"""The declared WAN without what is broken now, to ask what one more failure would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from topology.graph import Wan
from topology.outage import RootKind
from topology.snapshot import Snapshot
from topology.state import NodeState
from topology.whatif import Blast, members, whatif

GONE = frozenset({NodeState.DOWN, NodeState.UNREACHABLE})


def remaining(wan: Wan, snapshot: Snapshot) -> Wan:
    """`wan` without the links that carry nothing now: those of nodes that are down or
    unreachable, those that are the root of an outage, and those of a group that is."""
    gone = {view.id for view in snapshot.nodes.values() if view.state in GONE}
    links: set[int] = set()
    for outage in snapshot.outages:
        if outage.root.kind is RootKind.LINK:
            links |= wan.positions((f"link:{outage.root.id}",))[1]
        elif outage.root.kind is RootKind.GROUP and outage.root.id in wan.members:
            links |= wan.members[outage.root.id][1]
    dead = {wan.links[k] for k in links}
    left = {
        link.id: link
        for link in wan.inventory.links.values()
        if link.id not in dead and link.a not in gone and link.b not in gone
    }
    if len(left) == len(wan.links):
        return wan
    entries = [wan.nodes[m] for m in wan.monitors if m not in wan.attached]
    monitors = tuple(wan.nodes[m] for m in wan.attached)
    return Wan(replace(wan.inventory, links=left, monitors=monitors), entries=entries)


def whatif_now(wan: Wan, snapshot: Snapshot, targets: Iterable[str]) -> Blast:
    """The consequences of everything in `targets` failing at once, on top of what is broken in
    the snapshot: who is not connected now is not counted. Raises TargetError."""
    failed = members(wan, targets)
    left = remaining(wan, snapshot)
    there = [member for member in failed if any(left.positions((member,)))]
    return replace(whatif(left, there), failed=failed)
