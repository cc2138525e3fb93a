"""Where an outage is and whom it hurts, in the words of the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from configs.inventory import Inventory, Link, Province, Site, SiteKind
from topology.graph import SITE
from topology.outage import Outage, Root, RootKind
from topology.state import NodeState

CUT_OFF = frozenset({NodeState.DOWN, NodeState.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Place:
    """The root's name, and its site and province where it has just one."""

    name: str
    site: Site | None = None
    province: Province | None = None


@dataclass(frozen=True, slots=True)
class Hurt:
    """Sites without a connected node because of an outage, in inventory order."""

    sites: tuple[Site, ...]

    @property
    def communes(self) -> int:
        return sum(site.kind is SiteKind.COMMUNE for site in self.sites)


def is_site(root: Root) -> bool:
    """Whether a group is all nodes of a site, which nobody has to declare."""
    return root.kind is RootKind.GROUP and root.id.startswith(SITE)


class Atlas:
    """An inventory, indexed once for questions about places."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._nodes_at: dict[str, list[str]] = {}
        for node in inventory.nodes.values():
            self._nodes_at.setdefault(node.site, []).append(node.id)
        self._rank = {site: rank for rank, site in enumerate(inventory.sites)}

    def place(self, outage: Outage) -> Place:
        """Where the root is. What has left the inventory is called by its id."""
        root, inventory = outage.root, self.inventory
        if root.kind is RootKind.NODE and root.id in inventory.nodes:
            return self._at(self.node_name(root.id), root.id)
        if root.kind is RootKind.LINK and root.id in inventory.links:
            name = self.target_name(f"link:{root.id}")
            return self._at(name, _far_end(inventory.links[root.id], outage))
        if is_site(root):
            found = inventory.sites.get(root.id.removeprefix(SITE))
            if found is not None:
                return Place(found.name, found, inventory.provinces[found.province])
        if root.kind is RootKind.GROUP and root.id in inventory.groups:
            name = inventory.groups[root.id].name or root.id
            return Place(name, self._heart(outage), self._common_province(outage))
        return Place(root.id)

    def knows(self, root: Root) -> bool:
        """Whether the root is part of the network, still; the monitor itself always is."""
        inventory = self.inventory
        if is_site(root):
            return root.id.removeprefix(SITE) in inventory.sites
        known: dict[RootKind, Mapping[str, object]] = {
            RootKind.NODE: inventory.nodes,
            RootKind.LINK: inventory.links,
            RootKind.GROUP: inventory.groups,
        }
        return root.kind is RootKind.MONITOR or root.id in known[root.kind]

    def hurt(self, outage: Outage, sites: Mapping[str, NodeState]) -> Hurt:
        """The sites that the outage touches and that are cut off (`sites`: their states now), or
        whose nodes are all its own."""
        nodes = self.inventory.nodes
        cut = {*outage.down, *outage.shadowed}
        touched = {nodes[node].site for node in cut if node in nodes}
        found = [
            site
            for site in touched
            if cut.issuperset(self._nodes_at[site])
            or (outage.ended is None and sites.get(site) in CUT_OFF)
        ]
        found.sort(key=self._rank.__getitem__)
        return Hurt(tuple(self.inventory.sites[site] for site in found))

    def node_name(self, node: str) -> str:
        known = self.inventory.nodes.get(node)
        return (known.name or node) if known is not None else node

    def site_of(self, node: str) -> str:
        """Site id, "" for a node that has left the inventory."""
        known = self.inventory.nodes.get(node)
        return known.site if known is not None else ""

    def site_name(self, site: str) -> str:
        known = self.inventory.sites.get(site)
        return known.name if known is not None else site

    def target_name(self, target: str) -> str:
        """What people call `KIND:ID`; what has left the inventory is called by its id."""
        kind, _, id_ = target.partition(":")
        inventory = self.inventory
        if kind == "site":
            return self.site_name(id_)
        if kind == "province" and id_ in inventory.provinces:
            return inventory.provinces[id_].name
        if kind == "group" and id_ in inventory.groups:
            return inventory.groups[id_].name or id_
        if kind == "link" and id_ in inventory.links:
            link = inventory.links[id_]
            return f"{self.node_name(link.a)} – {self.node_name(link.b)}"
        return self.node_name(id_)

    def _at(self, name: str, node: str) -> Place:
        site = self.inventory.sites[self.inventory.nodes[node].site]
        return Place(name, site, self.inventory.provinces[site.province])

    def _heart(self, outage: Outage) -> Site | None:
        """The only site that a shared failure takes down, or the only hub among several."""
        sites = self._sites(outage)
        hubs = [site for site in sites if site.kind is SiteKind.HUB]
        return sites[0] if len(sites) == 1 else hubs[0] if len(hubs) == 1 else None

    def _common_province(self, outage: Outage) -> Province | None:
        found = {site.province for site in self._sites(outage)}
        return self.inventory.provinces[found.pop()] if len(found) == 1 else None

    def _sites(self, outage: Outage) -> list[Site]:
        """Where the nodes are that go down or, when only links do, that are cut off; else where a
        battery is in use."""
        cut = outage.down or outage.shadowed or outage.batteries
        found = dict.fromkeys(self.site_of(node) for node in cut)
        return [self.inventory.sites[site] for site in found if site]


def _far_end(link: Link, outage: Outage) -> str:
    """The end that the outage cuts off; by convention of the inventory, else the second."""
    return link.a if link.a in {*outage.down, *outage.shadowed} else link.b
