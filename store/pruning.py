"""Forgetting what is too old, without holding up the one who writes."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from store.backend import Backend
from store.tables import (
    ALERT,
    EVENT,
    IDENTITY,
    MAINTENANCE,
    OUTAGE,
    RUN,
    SILENCE,
    SITE_SPAN,
)

CHUNK = 2_000


async def prune(backend: Backend, before: datetime) -> int:
    """How many rows were deleted: events, ended outages with their alerts, plans that were over
    `before`, what nodes were that have been something else, or nowhere, since before then, and
    who was covered before then."""
    ended = select(OUTAGE.c.id).where(OUTAGE.c.ended < before)
    total = 0
    for table, old in (
        (EVENT, EVENT.c.at < before),
        (ALERT, ALERT.c.outage.in_(ended)),
        (OUTAGE, OUTAGE.c.ended < before),
        (SILENCE, SILENCE.c.ends < before),
        (MAINTENANCE, MAINTENANCE.c.ends < before),
        (IDENTITY, IDENTITY.c.last_seen < before),
        (SITE_SPAN, SITE_SPAN.c.until < before),
        (RUN, RUN.c.alive < before),
    ):
        while deleted := await backend.write(partial(_chunk, table=table, old=old)):
            total += deleted
            if deleted < CHUNK:
                break
    return total


def _chunk(connection: Connection, table: Table, old: ColumnElement[bool]) -> int:
    keys = tuple_(*table.primary_key.columns)
    chunk = select(*table.primary_key.columns).where(old).limit(CHUNK)
    done = connection.execute(delete(table).where(keys.in_(chunk)))
    return done.rowcount
