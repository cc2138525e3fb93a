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
        """Whether the outage's root was expected to fail, and everybody whom it hurts to be hurt:
        who lost another way before was not."""
        root, hurt = outage.root, {*outage.down, *outage.shadowed, *outage.batteries}
        if root.kind is RootKind.MONITOR or not self.nodes.issuperset(hurt):
            return False
        if root.kind is RootKind.NODE:
            return root.id in self.nodes
        if root.kind is RootKind.LINK:
            link = wan.inventory.links.get(root.id)
            ends = (link.a, link.b) if link else ()
            return root.id in self.links or not self.nodes.isdisjoint(ends)
        group = wan.groups.get(root.id)
        return bool(outage.down) or (
            group is not None
            and all(m.partition(":")[2] in self.links | self.nodes for m in group.members)
        )
