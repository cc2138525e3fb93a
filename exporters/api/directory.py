"""The inventory, indexed once for the questions that the API is asked."""

from __future__ import annotations

from functools import cached_property

from configs.inventory import Inventory, Link
from exporters.api.folding import folded
from exporters.atlas import Atlas


class Directory:
    """Made anew for each inventory; the slow parts on first use."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.atlas = Atlas(inventory)

    @cached_property
    def nodes_at(self) -> dict[str, list[str]]:
        """Node ids of each site."""
        found: dict[str, list[str]] = {site: [] for site in self.inventory.sites}
        for node in self.inventory.nodes.values():
            found[node.site].append(node.id)
        return found

    @cached_property
    def links_of(self) -> dict[str, list[Link]]:
        """Links of each node."""
        found: dict[str, list[Link]] = {node: [] for node in self.inventory.nodes}
        for link in self.inventory.links.values():
            found[link.a].append(link)
            if link.b != link.a:
                found[link.b].append(link)
        return found

    @cached_property
    def site_words(self) -> dict[str, str]:
        """What a search looks into, by site."""
        return {s.id: folded(f"{s.name} {s.id} {s.code}") for s in self.inventory.sites.values()}

    @cached_property
    def node_words(self) -> dict[str, str]:
        """What a search looks into, by node."""
        return {
            n.id: f"{folded(f'{n.name} {n.id}')} {n.address} {self.site_words[n.site]}"
            for n in self.inventory.nodes.values()
        }
