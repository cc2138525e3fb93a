"""The ledger: enters each turn in the store, with its events and alerts, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from exporters.alerts.pager import Pager
from exporters.events import identity_events
from store.database import Store
from store.errors import StoreError
from store.record import Event, MaintenanceWindow, Record, Silence
from topology.chronicle import Chronicle, Past
from topology.identity import IdentityChange, Sighting
from topology.situation import Turn
from topology.state import NodeState

log = logging.getLogger(__name__)

PLAN_AGE = timedelta(seconds=1)
OWED_EVENTS = 50_000  # what is kept for a store that does not write: hours of it


class Ledger:
    """While the store cannot write (a full disk), turns are merged and kept in memory and entered
    as soon as it can again: nothing is lost while the daemon lives. `failure` says what is wrong.

    `paged` is called when there is something new in the outbox; `past` is where the run before
    ended.
    """

    def __init__(
        self, store: Store, pager: Pager, paged: Callable[[], None], past: Past | None = None
    ) -> None:
        self.failure = ""
        self.failures = 0
        self.pager = pager
        self._store = store
        self._paged = paged
        self._owed = Record()
        self._chronicle = Chronicle(past)
        self._silences: list[Silence] = []
        self._windows: list[MaintenanceWindow] = []
        self._planned_at: datetime | None = None

    def note(self, event: Event) -> None:
        """Adds an event that no turn brought; it is entered with the next turn."""
        self.add(Record(events=(event,)))

    def add(self, record: Record) -> None:
        """Adds what no turn brought; it is entered whole with the next turn."""
        self._owed = self._owed.then(record)

    def sighted(self, sighting: Sighting, changes: Sequence[IdentityChange]) -> None:
        """Adds what a node is, with an event for each thing that it was not before."""
        events = identity_events(changes, self.pager.atlas)
        self.add(Record(events=events, sightings=(sighting,)))

    def planned_changed(self) -> None:
        """Silences and windows are read again with the next turn."""
        self._planned_at = None

    async def maintained(self, utc: datetime) -> frozenset[str]:
        """Targets of the maintenance windows that are open at `utc`."""
        if self._planned_at is None or not timedelta(0) <= utc - self._planned_at < PLAN_AGE:
            self._planned_at = utc
            try:
                self._silences = await self._store.silences(not_ended_at=utc)
                self._windows = await self._store.windows(not_ended_at=utc)
            except StoreError as error:
                log.warning("silences and maintenance windows not read again: %s", error)
        return frozenset(
            target
            for window in self._windows
            if window.starts <= utc < window.ends
            for target in window.targets
        )

    async def enter(self, turn: Turn) -> None:
        """Stores a turn and what was owed from before; a store that fails is tried again with
        the next turn."""
        told = (turn.changes, turn.opened, turn.revised, turn.ended, turn.snapshot)
        owed, self._owed = self._owed, Record()  # what is added while it commits is owed anew
        record = owed.then(
            self.pager.record(*told, silences=self._silences, returned=turn.returned)
        )
        known = self._chronicle.take(turn.snapshot)
        record = replace(record, spans=record.spans + known.spans, run=known.run or record.run)
        if not record:
            return
        for change in turn.changes:
            if NodeState.DOWN in (change.old, change.new):
                log.info("node=%s old=%s new=%s", change.node, change.old, change.new)
        try:
            paged = await self._store.commit(record)
        except StoreError as error:
            self._owe(record, error, turn.snapshot.at)
            return
        failed, self.failure = self.failure, ""
        if failed:
            log.warning("the store writes again, nothing was lost")
            self.note(Event(turn.snapshot.at, "event.store.recovered"))
        if paged or failed:  # what a server committed before its connection broke is no news to it
            self._paged()

    async def close(self) -> None:
        """Stores what was added since the last turn, for there will be no other."""
        try:
            if self._owed:
                await self._store.commit(self._owed)
        except StoreError as error:
            log.error("what was added since the last turn is lost: %s", error)

    def _owe(self, record: Record, error: StoreError, at: datetime) -> None:
        self.failures += 1
        owed = record.then(self._owed)
        self._owed = replace(owed, events=owed.events[-OWED_EVENTS:])
        if str(error) != self.failure:
            log.error("turns are kept in memory until the store writes again: %s", error)
            params = {"error": str(error), "cause": error.cause}
            self.note(Event(at, "event.store.failing", params=params))
        self.failure = str(error)
