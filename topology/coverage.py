"""Coverage: how many points are connected, in the country, a province or a site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from configs.inventory import Inventory
from topology.state import NodeState


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of sites. `maintenance` is how many of them are in a window, whatever their state."""

    total: int
    up: int
    down: int
    unreachable: int
    unknown: int
    maintenance: int = 0

    @property
    def ratio(self) -> float:
        """Covered share, 0.0 .. 1.0. Unknown is not covered; nothing at all is 0."""
        return self.up / self.total if self.total else 0.0


def site_state(states: list[NodeState]) -> NodeState:
    """State of a site from its nodes': up while any is, down if any is down and none is up,
    then unreachable, then unknown; a site without nodes is unknown."""
    for state in (NodeState.UP, NodeState.DOWN, NodeState.UNREACHABLE):
        if state in states:
            return state
    return NodeState.UNKNOWN


class Census:
    """Site states and coverage figures, kept up to date by the nodes that change."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._nodes_at: dict[str, list[str]] = {site: [] for site in inventory.sites}
        for node in inventory.nodes.values():
            self._nodes_at[node.site].append(node.id)
        self.sites: dict[str, NodeState] = dict.fromkeys(inventory.sites, NodeState.UNKNOWN)
        self._maintained: frozenset[str] = frozenset()
        self._stale: set[str] = set(inventory.provinces)
        self._sites_in: dict[str, list[str]] = {province: [] for province in inventory.provinces}
        for site in inventory.sites.values():
            self._sites_in[site.province].append(site.id)
        self._provinces: dict[str, Coverage] = {}
        self._country = Coverage(0, 0, 0, 0, 0)

    def update(self, changed: Iterable[str], states: Mapping[str, NodeState]) -> None:
        """Takes note of nodes that changed."""
        inventory = self._inventory
        sites = {inventory.nodes[node].site for node in changed}
        if not sites:
            return
        after = dict(self.sites)
        for site in sites:
            after[site] = site_state([states[node] for node in self._nodes_at[site]])
            if after[site] is not self.sites[site]:
                self._stale.add(inventory.sites[site].province)
        self.sites = after  # a snapshot may still hold the old one

    def maintain(self, nodes: frozenset[str]) -> None:
        """Takes note of the nodes under maintenance; a site is so when one of its nodes is."""
        self._maintained = frozenset(
            self._inventory.nodes[node].site for node in nodes if node in self._inventory.nodes
        )
        self._stale.update(self._inventory.provinces)

    def figures(self) -> tuple[Coverage, Mapping[str, Coverage]]:
        """(country, by province); the same objects as before while nothing changed."""
        if self._stale:
            fresh = {province: self._count(province) for province in sorted(self._stale)}
            self._provinces = {
                province: fresh.get(province) or self._provinces[province]
                for province in self._inventory.provinces
            }
            self._stale.clear()
            self._country = _sum(self._provinces.values())
        return self._country, self._provinces

    def _count(self, province: str) -> Coverage:
        sites = self._sites_in[province]
        states = [self.sites[site] for site in sites]
        return Coverage(
            total=len(states),
            up=states.count(NodeState.UP),
            down=states.count(NodeState.DOWN),
            unreachable=states.count(NodeState.UNREACHABLE),
            unknown=states.count(NodeState.UNKNOWN),
            maintenance=len(self._maintained.intersection(sites)),
        )


def _sum(parts: Iterable[Coverage]) -> Coverage:
    parts = list(parts)
    return Coverage(
        total=sum(part.total for part in parts),
        up=sum(part.up for part in parts),
        down=sum(part.down for part in parts),
        unreachable=sum(part.unreachable for part in parts),
        unknown=sum(part.unknown for part in parts),
        maintenance=sum(part.maintenance for part in parts),
    )
