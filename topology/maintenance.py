"""What is under maintenance: the targets, and all that can only be reached through them."""

from __future__ import annotations

from dataclasses import dataclass

from topology.graph import Wan
from topology.outage import Outage, RootKind


@dataclass(frozen=True, slots=True)
class Maintained:
    """Nodes and links whose failure is expected."""

    nodes: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    @classmethod
    def of(cls, wan: Wan, targets: frozenset[str]) -> Maintained:
        """`targets` as in `MaintenanceIn`; what no longer exists is passed over."""
        members: set[str] = set()
        for target in targets:
            kind, _, name = target.partition(":")
            if kind in ("node", "link"):
                members.add(target)
            elif kind == "group" and name in wan.groups:
                members.update(wan.groups[name].members)
            elif kind in ("site", "province"):
                members.update(
                    f"node:{node.id}"
                    for node in wan.inventory.nodes.values()
                    if name == (node.site if kind == "site" else wan.inventory.province_of(node.id))
                )
        nodes, links = wan.positions(members)
        targeted = frozenset(wan.nodes[n] for n in nodes)
        return cls(targeted | wan.behind(members), frozenset(wan.links[k] for k in links))

    def covers(self, wan: Wan, outage: Outage) -> bool:
        """Whether everything that the outage's root takes down was expected to fail."""
        if outage.root.kind is RootKind.MONITOR:
            return False
        if outage.root.kind is RootKind.LINK:
            link = wan.inventory.links.get(outage.root.id)
            if outage.root.id in self.links:
                return True
            return link is not None and (link.a in self.nodes or link.b in self.nodes)
        if outage.down:
            return self.nodes.issuperset(outage.down)
        group = wan.groups.get(outage.root.id)
        return group is not None and all(
            member.partition(":")[2] in self.links | self.nodes for member in group.members
        )
