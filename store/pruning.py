"""Forgetting what is too old, without holding up the one who writes."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from store.backend import Backend
from store.tables import ALERT, EVENT, MAINTENANCE, OUTAGE, SILENCE

CHUNK = 2_000


async def prune(backend: Backend, before: datetime) -> int:
    """How many rows were deleted: events, ended outages with their alerts, and plans that were
    over `before`."""
    ended = select(OUTAGE.c.id).where(OUTAGE.c.ended < before)
    total = 0
    for table, old in (
        (EVENT, EVENT.c.at < before),
        (ALERT, ALERT.c.outage.in_(ended)),
        (OUTAGE, OUTAGE.c.ended < before),
        (SILENCE, SILENCE.c.ends < before),
        (MAINTENANCE, MAINTENANCE.c.ends < before),
    ):
        while deleted := await backend.write(partial(_chunk, table=table, old=old)):
            total += deleted
            if deleted < CHUNK:
                break
    return total


def _chunk(connection: Connection, table: Table, old: ColumnElement[bool]) -> int:
    done = connection.execute(
        delete(table).where(table.c.id.in_(select(table.c.id).where(old).limit(CHUNK)))
    )
    return done.rowcount
