"""How much of the network a maintenance window covers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from configs.inventory import Inventory
from topology.graph import FOUND, Wan
from topology.maintenance import Maintained


class Extent:
    """Counts the sites that targets cover, beside the loop; what it has counted it keeps until
    the inventory, or what was found of its links, changes."""

    def __init__(self) -> None:
        self._busy = asyncio.Lock()
        self._wan: Wan | None = None
        self._inventory: Inventory | None = None
        self._known: dict[frozenset[str], int] = {}

    async def sites(self, inventory: Inventory, plans: Sequence[frozenset[str]]) -> list[int]:
        """How many sites have a node that is maintained, for the targets of each plan."""
        async with self._busy:
            if self._inventory is not inventory or not self._known.keys() >= set(plans):
                await asyncio.to_thread(self._learn, inventory, set(plans))
            return [self._known[plan] for plan in plans]

    def _learn(self, inventory: Inventory, plans: set[frozenset[str]]) -> None:
        if self._wan is None or self._inventory is not inventory:
            found = [link for id_, link in inventory.links.items() if id_.startswith(FOUND)]
            self._wan, self._inventory, self._known = Wan(inventory, found), inventory, {}
        wan = self._wan
        for plan in plans - self._known.keys():
            nodes = Maintained.of(wan, plan).nodes
            self._known[plan] = len({inventory.nodes[node].site for node in nodes})
