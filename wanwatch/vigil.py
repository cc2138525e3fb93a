"""The vigil: what the monitor notices of itself. Nodes that refuse what we log in with, and a
calendar that jumps, are told once each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from configs.inventory import Inventory, Node
from exporters.events import login_events
from store.record import Event
from wanwatch.clock import Clock
from wanwatch.ledger import Ledger

LOOK_S = 1.0
JUMP_S = 30.0  # more than a clock is slewed by, or a daemon that was starved is late


class Vigil:
    """`refusing`: (node, "snmp" or "ssh") of every login that is refused now."""

    def __init__(
        self, refusing: Callable[[], Collection[tuple[str, str]]], ledger: Ledger, clock: Clock
    ) -> None:
        self._refusing = refusing
        self._ledger = ledger
        self._clock = clock
        self._told: dict[tuple[str, str], Node] = {}
        self._ahead_s: float | None = None

    async def run(self, inventory: Callable[[], Inventory]) -> None:
        """Looks until cancelled."""
        while True:
            self.look(inventory())
            await asyncio.sleep(LOOK_S)

    def look(self, inventory: Inventory) -> None:
        """Tells what is new since the last look."""
        utc = self._clock.utc()
        ahead_s = utc.timestamp() - self._clock.monotonic()
        if self._ahead_s is not None and abs(ahead_s - self._ahead_s) >= JUMP_S:
            seconds = f"{ahead_s - self._ahead_s:+.0f}"
            self._ledger.note(Event(utc, "event.clock.jumped", params={"seconds": seconds}))
        self._ahead_s = ahead_s
        now = {
            key: inventory.nodes[key[0]] for key in self._refusing() if key[0] in inventory.nodes
        }
        failed = [key for key in now if key not in self._told]
        # Of a node that was declared anew meanwhile nobody knows yet whether it accepts us.
        over = [
            key
            for key, node in self._told.items()
            if key not in now and inventory.nodes.get(key[0]) == node
        ]
        self._told = now
        atlas = self._ledger.pager.atlas
        for event in (
            *login_events(failed, "failed", inventory, atlas, at=utc),
            *login_events(over, "recovered", inventory, atlas, at=utc),
        ):
            self._ledger.note(event)
