"""The store: everything that must survive a restart, a crash or a power cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection

from configs.inventory import Link
from store import availability, chronicle, decisions, history, identities, outbox, planned, pruning
from store.address import address, is_file
from store.availability import Times
from store.backend import Backend
from store.embedded import Embedded
from store.explain import place
from store.migrate import migrate
from store.record import (
    Alert,
    Event,
    MaintenanceWindow,
    OutboxAlert,
    Record,
    Silence,
    TopologyDecision,
)
from store.tables import MAINTENANCE, SILENCE
from topology.identity import Sighting
from topology.outage import Outage
from topology.restored import Restored


class Store:
    """One per database. Every method raises StoreError; a failed one has changed nothing."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @classmethod
    async def open(cls, url: str, *, folder: Path) -> Store:
        """The store at `url`, its tables made or brought up to date. A relative SQLite path
        starts at `folder`. Raises CannotOpenError, CorruptError, BusyError, UnreachableError."""
        whole = address(url, folder)
        backend = Embedded(whole) if is_file(whole) else _server(whole)
        try:
            await backend.write(partial(migrate, where=place(whole)))
        except BaseException:
            await backend.close()
            raise
        return cls(backend)

    async def close(self) -> None:
        await self._backend.close()

    @property
    def short_of_room(self) -> bool:
        """Whether the disk is full, or nearly: time to tell somebody."""
        return self._backend.short_of_room

    async def commit(self, record: Record) -> list[Alert]:
        """The alerts that are now to be delivered, or with newer content. The whole record is on
        the disk, or nothing of it; committing it again pages nobody twice."""
        return await self._backend.write(partial(_commit, record=record))

    async def restore(self) -> Restored:
        """The open outages, all node states, the links that were found, and the run before."""
        return await self._backend.read(history.restored)

    async def pending(self) -> list[OutboxAlert]:
        """Alerts that have still to be delivered, in order."""
        return await self._backend.read(outbox.pending)

    async def firing(self, receiver: str) -> list[OutboxAlert]:
        """What `receiver` was last told of each outage that is not over."""
        return await self._backend.read(partial(outbox.firing, receiver=receiver))

    async def suppressed(self) -> frozenset[str]:
        """Outages with pages held back by a silence or a maintenance window."""
        return await self._backend.read(outbox.suppressed)

    async def receivers(self) -> frozenset[str]:
        """Whoever was ever to be told of an outage that is remembered."""
        return await self._backend.read(outbox.receivers)

    async def delivered(self, alert: OutboxAlert, at: datetime) -> None:
        await self._backend.write(partial(outbox.delivered, sent=alert, at=at))

    async def failed(self, alert: OutboxAlert, error: str) -> None:
        """Counts an attempt. `error` is shown to operators: no secrets."""
        await self._backend.write(partial(outbox.failed, alert=alert, error=error))

    async def outages(
        self,
        *,
        open_only: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 1000,
        offset: int = 0,
    ) -> list[Outage]:
        """Newest first; those that lasted into [since, until)."""
        return await self._backend.read(
            partial(
                history.outages,
                open_only=open_only,
                since=since,
                until=until,
                limit=limit,
                offset=offset,
            )
        )

    async def outage(self, id_: str) -> Outage | None:
        return await self._backend.read(partial(history.outage, id_=id_))

    async def events(
        self,
        *,
        node: str | None = None,
        site: str | None = None,
        outage: str | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[Event]:
        """Newest first; those that match all that is given."""
        return await self._backend.read(
            partial(
                history.events,
                node=node,
                site=site,
                outage=outage,
                before_id=before_id,
                limit=limit,
            )
        )

    async def times(self, since: datetime, until: datetime, *, alive: datetime) -> Times:
        """How long each site was covered, cut off and under maintenance in [since, until), as the
        daemon knows that is `alive`."""
        return await self._backend.read(
            partial(availability.times, since=since, until=until, alive=alive)
        )

    async def identities(self) -> dict[str, Sighting]:
        """The last known identity of every node, by node."""
        return await self._backend.read(identities.present)

    async def identities_of(self, node: str, *, limit: int = 20) -> list[Sighting]:
        """What a node is and was, newest first."""
        return await self._backend.read(partial(identities.of_node, node=node, limit=limit))

    async def alerts(
        self,
        *,
        outage: str | None = None,
        receiver: str | None = None,
        undelivered: bool = False,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[OutboxAlert]:
        """Newest first."""
        return await self._backend.read(
            partial(
                outbox.listed,
                outage=outage,
                receiver=receiver,
                undelivered=undelivered,
                before_id=before_id,
                limit=limit,
            )
        )

    async def add_silence(self, silence: Silence) -> Silence:
        """The silence with its id."""
        return await self._backend.write(partial(planned.add_silence, silence=silence))

    async def silences(self, *, not_ended_at: datetime | None = None) -> list[Silence]:
        """In order of start; without `not_ended_at` also those that are over."""
        return await self._backend.read(partial(planned.silences, not_ended_at=not_ended_at))

    async def expire_silence(self, id_: int, at: datetime) -> bool:
        """Whether there was one that had not ended; it ends at `at`."""
        return await self._backend.write(partial(planned.expire, table=SILENCE, id_=id_, at=at))

    async def add_window(self, window: MaintenanceWindow) -> MaintenanceWindow:
        """The maintenance window with its id."""
        return await self._backend.write(partial(planned.add_window, window=window))

    async def windows(self, *, not_ended_at: datetime | None = None) -> list[MaintenanceWindow]:
        """In order of start; without `not_ended_at` also those that are over."""
        return await self._backend.read(partial(planned.windows, not_ended_at=not_ended_at))

    async def expire_window(self, id_: int, at: datetime) -> bool:
        """Whether there was one that had not ended; it ends at `at`."""
        return await self._backend.write(partial(planned.expire, table=MAINTENANCE, id_=id_, at=at))

    async def decide(self, decision: TopologyDecision) -> None:
        """Keeps a decision on drift, in place of an earlier one."""
        await self._backend.write(partial(decisions.decide, decision=decision))

    async def undecide(self, key: str) -> bool:
        """Whether there was a decision on the drift of this key; it is forgotten."""
        return await self._backend.write(partial(decisions.undo, key=key))

    async def decisions(self) -> list[TopologyDecision]:
        """Decisions on drift, in the order in which they were taken."""
        return await self._backend.read(decisions.decisions)

    async def keep_found(self, links: Sequence[Link]) -> None:
        """Keeps the links that are in the graph undeclared, in place of those of before."""
        await self._backend.write(partial(decisions.put_found, links=links))

    async def prune(self, before: datetime) -> int:
        """How many rows were forgotten: what was over `before`, in small transactions."""
        return await pruning.prune(self._backend, before)


def _commit(connection: Connection, record: Record) -> list[Alert]:
    history.put_outages(connection, record.outages)
    history.put_changes(connection, record.changes)
    history.put_events(connection, record.events)
    identities.put(connection, record.sightings)
    chronicle.put_spans(connection, record.spans)
    chronicle.put_run(connection, record.run)
    return outbox.put(connection, record.alerts)


def _server(url: URL) -> Backend:
    from store.server import Server  # its packages are an extra

    return Server(url)
