"""Outages, node states and events: written each turn, read by operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select

from store import chronicle, decisions
from store.record import Event
from store.tables import EVENT, NODE_STATE, OUTAGE
from store.upsert import upsert
from topology.outage import Clue, Outage, Root, RootKind, Severity, Sign
from topology.restored import Restored
from topology.state import NodeState, StateChange


def put_outages(connection: Connection, outages: Sequence[Outage]) -> None:
    """Later ones of the same id win."""
    newest = {outage.id: outage for outage in outages}
    if newest:
        rows = [_outage_row(outage) for outage in newest.values()]
        connection.execute(upsert(connection, OUTAGE), rows)


def put_changes(connection: Connection, changes: Sequence[StateChange]) -> None:
    newest = {change.node: change for change in changes}
    if newest:
        rows = [
            {"node": c.node, "state": c.new, "since": c.at, "heard": c.heard, "shown": c.shown}
            for c in newest.values()
        ]
        connection.execute(upsert(connection, NODE_STATE), rows)


def put_events(connection: Connection, events: Sequence[Event]) -> None:
    if events:
        rows = [
            {
                "at": event.at,
                "kind": event.kind,
                "node": event.node,
                "site": event.site,
                "outage": event.outage,
                "params": dict(event.params),
            }
            for event in events
        ]
        connection.execute(insert(EVENT), rows)


def restored(connection: Connection) -> Restored:
    open_now = select(OUTAGE).where(OUTAGE.c.ended.is_(None)).order_by(OUTAGE.c.since)
    outages = tuple(_outage(row) for row in connection.execute(open_now))
    nodes = connection.execute(select(NODE_STATE)).all()
    return Restored(
        outages,
        {row.node: (NodeState(row.state), row.since) for row in nodes},
        {row.node: row.heard for row in nodes if row.heard is not None},
        {row.node: row.shown for row in nodes if row.shown is not None},
        decisions.found(connection),
        chronicle.past(connection),
    )


def outages(
    connection: Connection,
    *,
    open_only: bool,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> list[Outage]:
    """Newest first; those that lasted into [since, until)."""
    newest_first = select(OUTAGE).order_by(OUTAGE.c.since.desc(), OUTAGE.c.id)
    query = newest_first.limit(limit).offset(offset)
    if open_only:
        query = query.where(OUTAGE.c.ended.is_(None))
    if since is not None:
        query = query.where(or_(OUTAGE.c.ended.is_(None), OUTAGE.c.ended >= since))
    if until is not None:
        query = query.where(OUTAGE.c.since < until)
    return [_outage(row) for row in connection.execute(query)]


def outage(connection: Connection, id_: str) -> Outage | None:
    found = connection.execute(select(OUTAGE).where(OUTAGE.c.id == id_))
    row = found.one_or_none()
    return _outage(row) if row is not None else None


def events(
    connection: Connection,
    *,
    node: str | None,
    site: str | None,
    outage: str | None,
    before_id: int | None,
    limit: int,
) -> list[Event]:
    """Newest first; those that match all that is given."""
    wanted = [
        column == value
        for column, value in (
            (EVENT.c.node, node),
            (EVENT.c.site, site),
            (EVENT.c.outage, outage),
        )
        if value is not None
    ]
    if before_id is not None:
        wanted.append(EVENT.c.id < before_id)
    query = select(EVENT).where(and_(True, *wanted)).order_by(EVENT.c.id.desc()).limit(limit)
    return [
        Event(row.at, row.kind, row.node, row.site, row.outage, row.params, row.id)
        for row in connection.execute(query)
    ]


def _outage_row(outage: Outage) -> dict[str, Any]:
    return {
        "id": outage.id,
        "root_kind": outage.root.kind,
        "root_id": outage.root.id,
        "severity": outage.severity,
        "since": outage.since,
        "ended": outage.ended,
        "down": list(outage.down),
        "shadowed": list(outage.shadowed),
        "alternatives": [[root.kind, root.id] for root in outage.alternatives],
        "confidence": outage.confidence,
        "maintenance": outage.maintenance,
        "revision": outage.revision,
        "clues": [[clue.sign, clue.node] for clue in outage.clues],
    }


def _outage(row: Row[Any]) -> Outage:
    return Outage(
        id=row.id,
        root=Root(RootKind(row.root_kind), row.root_id),
        severity=Severity(row.severity),
        since=row.since,
        down=tuple(row.down),
        shadowed=tuple(row.shadowed),
        alternatives=tuple(Root(RootKind(kind), id_) for kind, id_ in row.alternatives),
        confidence=row.confidence,
        maintenance=row.maintenance,
        ended=row.ended,
        revision=row.revision,
        clues=tuple(Clue(Sign(sign), node) for sign, node in row.clues),
    )
