"""What every node was, from when to when: one row for each time that it became another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from store.tables import IDENTITY
from store.upsert import upsert
from topology.identity import NodeIdentity, Sighting


def put(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Later ones of the same node and beginning win."""
    newest = {(sighting.node, sighting.first_seen): sighting for sighting in sightings}
    if newest:
        rows = [_row(sighting) for sighting in newest.values()]
        connection.execute(upsert(connection, IDENTITY), rows)


def present(connection: Connection) -> dict[str, Sighting]:
    """The last known identity of every node, by node."""
    newest = (
        select(IDENTITY.c.node, func.max(IDENTITY.c.first_seen).label("first_seen"))
        .group_by(IDENTITY.c.node)
        .subquery()
    )
    query = select(IDENTITY).join(
        newest,
        (IDENTITY.c.node == newest.c.node) & (IDENTITY.c.first_seen == newest.c.first_seen),
    )
    return {row.node: _sighting(row) for row in connection.execute(query)}


def of_node(connection: Connection, node: str, limit: int) -> list[Sighting]:
    """What a node is and was, newest first."""
    query = (
        select(IDENTITY)
        .where(IDENTITY.c.node == node)
        .order_by(IDENTITY.c.first_seen.desc())
        .limit(limit)
    )
    return [_sighting(row) for row in connection.execute(query)]


def _row(sighting: Sighting) -> dict[str, Any]:
    identity = sighting.identity
    return {
        "node": sighting.node,
        "first_seen": sighting.first_seen,
        "last_seen": sighting.last_seen,
        "vendor": identity.vendor,
        "os": identity.os,
        "hardware": identity.hardware,
        "version": identity.version,
        "serial": identity.serial,
        "rules": sighting.rules,
    }


def _sighting(row: Row[Any]) -> Sighting:
    identity = NodeIdentity(row.vendor, row.os, row.hardware, row.version, row.serial)
    return Sighting(row.node, identity, row.first_seen, row.last_seen, row.rules)
