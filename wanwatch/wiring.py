"""The wiring: what the nodes say of their neighbours, what the graph makes of it, and what
operators decided on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from collector.speaker import Speaker
from configs.inventory import Inventory, Link
from store.database import Store
from store.errors import StoreError
from store.record import Event, TopologyDecision, Verdict
from topology import outages
from topology.discovered import Discovery, Findings
from topology.drift import DriftKind
from topology.graph import Wan
from topology.situation import Situation
from wanwatch.clock import Clock

log = logging.getLogger(__name__)

LOOK_S = 1.0


@dataclass(slots=True)
class WiringStats:
    """`drift` that nobody decided upon by kind, `edges` by source; `work_s`: what the last round
    took, in a thread of its own."""

    drift: dict[str, int] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)
    found: int = 0
    work_s: float = 0.0


class Wiring:
    """Works out in a thread what follows from what was heard, and has the situation go on with the
    links that were found. `note` takes events for the log."""

    def __init__(
        self,
        inventory: Inventory,
        interval_s: float,
        situation: Situation,
        store: Store,
        note: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self.findings = Findings()
        self.decisions: Mapping[str, TopologyDecision] = {}
        self._inventory = inventory
        self._discovery = Discovery(inventory, interval_s)
        self._situation = situation
        self._store = store
        self._note = note
        self._clock = clock
        self._work_s = 0.0

    def hear(self, speaker: Speaker) -> None:
        """Takes what a node says now."""
        self._discovery.hear(speaker)

    def replace(self, inventory: Inventory) -> None:
        """Goes on with another inventory."""
        self._inventory = inventory
        self._discovery.replace(inventory)

    async def run(self) -> None:
        """Works until cancelled."""
        recalled = False
        while True:
            recalled = recalled or await self._recall()
            if recalled and self._discovery.due(self._clock.monotonic()):
                await self.refresh()
            await asyncio.sleep(LOOK_S)

    async def refresh(self) -> None:
        """Works everything out now."""
        began, inventory = self._clock.monotonic(), self._inventory
        rejected = (d.key for d in self.decisions.values() if d.verdict is Verdict.REJECTED)
        work = self._discovery.work(
            outages.Clock(began, self._clock.utc()),
            self._situation.broken_links(),
            frozenset(rejected),
        )
        findings = await asyncio.to_thread(work)
        found = {link.id: link for link in findings.found}
        if not findings.whole:  # whoever was not heard yet may still tell of what was found before
            before = self._situation.found.items()
            found = {id_: link for id_, link in before if id_ not in findings.refused} | found
        news = found != self._situation.found
        wan = await asyncio.to_thread(Wan, inventory, found.values()) if news else None
        self._work_s = self._clock.monotonic() - began
        if inventory is not self._inventory:  # reloaded meanwhile, so that it is due again
            return
        self.findings = findings
        if wan is not None:
            self._situation.join(wan)
            log.info("found links=%d", len(found))
            await self._keep(tuple(found.values()))

    async def decide(self, decision: TopologyDecision) -> None:
        """Keeps what an operator decided on drift. Raises StoreError."""
        await self._store.decide(decision)
        self.decisions = {**self.decisions, decision.key: decision}
        self._decided(decision, decision.verdict, decision.author)

    async def undecide(self, key: str, author: str) -> bool:
        """Whether there was a decision on the drift of this key; it is told again. Raises
        StoreError."""
        if not await self._store.undecide(key):
            return False
        before = self.decisions.get(key)
        self.decisions = {k: d for k, d in self.decisions.items() if k != key}
        if before is not None:
            self._decided(before, "undone", author)
        return True

    @property
    def stats(self) -> WiringStats:
        drift = dict.fromkeys(map(str, DriftKind), 0)
        for one in self.findings.drifts:
            drift[one.kind] += one.key not in self.decisions
        edges = {str(source): count for source, count in self.findings.sources.items()}
        return WiringStats(drift, edges, len(self._situation.found), self._work_s)

    async def _keep(self, found: Sequence[Link]) -> None:
        try:
            await self._store.keep_found(found)
        except StoreError as error:
            log.warning("found links not stored: %s", error)

    async def _recall(self) -> bool:
        """Whether the decisions of before could be read."""
        try:
            kept = await self._store.decisions()
        except StoreError as error:
            log.warning("decisions on drift not read: %s", error)
            return False
        self.decisions = {decision.key: decision for decision in kept} | dict(self.decisions)
        return True

    def _decided(self, decision: TopologyDecision, what: str, author: str) -> None:
        comment = f" ({decision.comment})" if decision.comment else ""
        params = {"author": author, "subject": decision.subject, "comment": comment}
        self._note(Event(self._clock.utc(), f"event.drift.{what}", params=params))
        self._discovery.stir()
