"""Silences and maintenance windows: when nobody is to be paged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select, update

from store.record import MaintenanceWindow, Silence
from store.tables import MAINTENANCE, SILENCE


def add_silence(connection: Connection, silence: Silence) -> Silence:
    values = {"matchers": dict(silence.matchers), **_common(silence)}
    added = connection.execute(SILENCE.insert().values(values).returning(SILENCE.c.id))
    return replace(silence, id=added.scalar_one())


def add_window(connection: Connection, window: MaintenanceWindow) -> MaintenanceWindow:
    values = {"targets": list(window.targets), **_common(window)}
    added = connection.execute(MAINTENANCE.insert().values(values).returning(MAINTENANCE.c.id))
    return replace(window, id=added.scalar_one())


def silences(connection: Connection, not_ended_at: datetime | None) -> list[Silence]:
    """In order of start; without `not_ended_at` also those that are over."""
    return [
        Silence(row.matchers, row.starts, row.ends, row.author, row.comment, row.id)
        for row in connection.execute(_listed(SILENCE, not_ended_at))
    ]


def windows(connection: Connection, not_ended_at: datetime | None) -> list[MaintenanceWindow]:
    """In order of start; without `not_ended_at` also those that are over."""
    return [
        MaintenanceWindow(tuple(row.targets), row.starts, row.ends, row.author, row.comment, row.id)
        for row in connection.execute(_listed(MAINTENANCE, not_ended_at))
    ]


def expire(connection: Connection, table: Table, id_: int, at: datetime) -> bool:
    """Whether there was one that had not ended before `at`; it ends then."""
    ended = connection.execute(
        update(table).where(table.c.id == id_, table.c.ends > at).values(ends=at)
    )
    return ended.rowcount == 1


def _common(planned: Silence | MaintenanceWindow) -> dict[str, Any]:
    return {
        "starts": planned.starts,
        "ends": planned.ends,
        "author": planned.author,
        "comment": planned.comment,
    }


def _listed(table: Table, not_ended_at: datetime | None) -> Any:
    query = select(table).order_by(table.c.starts, table.c.id)
    return query if not_ended_at is None else query.where(table.c.ends > not_ended_at)
