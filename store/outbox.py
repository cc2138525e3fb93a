"""The alert outbox: what is to be delivered, in order per outage and receiver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from store.pairing import Add, DeliveryState, Held, outranks, pair
from store.record import Alert, AlertStatus, OutboxAlert
from store.tables import ALERT, OUTAGE
from topology.outage import Severity

LONGEST_ERROR = 500
OVER = select(OUTAGE.c.id).where(OUTAGE.c.ended.is_not(None))


def put(connection: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts that are now to be delivered, or to be delivered with newer content; the others
    are kept, or not, as `pair` decides."""
    if not alerts:
        return []
    lanes = _held(connection, {alert.outage for alert in alerts})
    queued: list[Alert] = []
    for alert in alerts:
        lane = lanes[alert.outage, alert.receiver]
        decision = pair(lane, alert)
        if decision is None:
            continue
        if isinstance(decision, Add):
            row = Held(_add(connection, alert, decision.state), alert.step, decision.state)
            lane.append(row)
        else:
            content = {**_content(alert), "state": decision.state}
            connection.execute(update(ALERT).where(ALERT.c.id == decision.id).values(content))
            row = Held(decision.id, alert.step, decision.state)
            lane[:] = [row if held.id == row.id else held for held in lane]
        if decision.state is DeliveryState.QUEUED:
            queued.append(alert)
    return queued


def pending(connection: Connection) -> list[OutboxAlert]:
    """What has still to be delivered, in order of id."""
    waiting = select(ALERT.c.outage).where(ALERT.c.state == DeliveryState.QUEUED)
    rows = connection.execute(select(ALERT).where(ALERT.c.outage.in_(waiting)).order_by(ALERT.c.id))
    sent: dict[tuple[str, str], dict[str, str]] = {}
    found: list[OutboxAlert] = []
    for row in rows:
        lane = (row.outage, row.receiver)
        if row.sent_labels is not None:
            sent[lane] = row.sent_labels
        if row.state == DeliveryState.QUEUED:
            found.append(entry(row, sent.get(lane)))
    return found


def firing(connection: Connection, receiver: str) -> list[OutboxAlert]:
    """What `receiver` was last told of each outage that is not over."""
    resolved = select(ALERT.c.outage).where(
        ALERT.c.receiver == receiver, ALERT.c.status == AlertStatus.RESOLVED
    )
    rows = connection.execute(
        select(ALERT)
        .where(
            ALERT.c.receiver == receiver,
            ALERT.c.sent_labels.is_not(None),
            ALERT.c.outage.not_in(resolved),
            ALERT.c.outage.not_in(OVER),  # who wants no resolved has none
        )
        .order_by(ALERT.c.id)
    )
    return list({row.outage: entry(row, row.sent_labels) for row in rows}.values())


def suppressed(connection: Connection) -> frozenset[str]:
    """Outages of which somebody is not told, and would be if the reason went away."""
    rows = connection.execute(
        select(ALERT.c.outage)
        .where(ALERT.c.state == DeliveryState.SUPPRESSED, ALERT.c.outage.not_in(OVER))
        .distinct()
    )
    return frozenset(rows.scalars())


def receivers(connection: Connection) -> frozenset[str]:
    """Whoever was ever to be told of an outage that is remembered."""
    return frozenset(connection.scalars(select(ALERT.c.receiver).distinct()))


def delivered(connection: Connection, sent: OutboxAlert, at: datetime) -> None:
    """Notes that the receiver has taken `sent`. If the outage rose meanwhile, the risen page
    stays queued."""
    step = connection.scalar(select(ALERT.c.step).where(ALERT.c.id == sent.id))
    if step is None:
        return
    values: dict[str, Any] = {
        "sent_labels": dict(sent.alert.labels),
        "attempts": ALERT.c.attempts + 1,
    }
    if not outranks(step, sent.alert.step):
        values |= {
            **_content(sent.alert),
            "state": DeliveryState.DELIVERED,
            "delivered": at,
            "last_error": "",
        }
    connection.execute(update(ALERT).where(ALERT.c.id == sent.id).values(values))


def failed(connection: Connection, alert: OutboxAlert, error: str) -> None:
    connection.execute(
        update(ALERT)
        .where(ALERT.c.id == alert.id)
        .values(attempts=ALERT.c.attempts + 1, last_error=error[:LONGEST_ERROR])
    )


def listed(
    connection: Connection,
    *,
    outage: str | None,
    receiver: str | None,
    undelivered: bool,
    before_id: int | None,
    limit: int,
) -> list[OutboxAlert]:
    """Newest first."""
    query = select(ALERT).order_by(ALERT.c.id.desc()).limit(limit)
    if outage is not None:
        query = query.where(ALERT.c.outage == outage)
    if receiver is not None:
        query = query.where(ALERT.c.receiver == receiver)
    if undelivered:
        query = query.where(ALERT.c.state == DeliveryState.QUEUED)
    if before_id is not None:
        query = query.where(ALERT.c.id < before_id)
    return [entry(row, row.sent_labels) for row in connection.execute(query)]


def entry(row: Row[Any], sent: dict[str, str] | None) -> OutboxAlert:
    return OutboxAlert(
        id=row.id,
        alert=Alert(
            outage=row.outage,
            receiver=row.receiver,
            status=AlertStatus(row.status),
            severity=Severity(row.severity),
            created=row.created,
            starts=row.starts,
            ends=row.ends,
            labels=row.labels,
            annotations=row.annotations,
            url=row.url,
            suppressed=row.suppressed,
        ),
        delivered=row.delivered,
        attempts=row.attempts,
        last_error=row.last_error,
        sent_labels=sent,
    )


def _held(
    connection: Connection, outages: Iterable[str]
) -> defaultdict[tuple[str, str], list[Held]]:
    lanes: defaultdict[tuple[str, str], list[Held]] = defaultdict(list)
    rows = connection.execute(
        select(ALERT.c.id, ALERT.c.outage, ALERT.c.receiver, ALERT.c.step, ALERT.c.state)
        .where(ALERT.c.outage.in_(sorted(outages)))
        .order_by(ALERT.c.id)
    )
    for row in rows:
        lanes[row.outage, row.receiver].append(Held(row.id, row.step, DeliveryState(row.state)))
    return lanes


def _add(connection: Connection, alert: Alert, state: DeliveryState) -> int:
    added = connection.execute(
        ALERT.insert()
        .values(
            **_content(alert),
            outage=alert.outage,
            receiver=alert.receiver,
            status=alert.status,
            state=state,
            attempts=0,
            last_error="",
        )
        .returning(ALERT.c.id)
    )
    return int(added.scalar_one())


def _content(alert: Alert) -> dict[str, Any]:
    return {
        "severity": alert.severity,
        "step": alert.step,
        "created": alert.created,
        "starts": alert.starts,
        "ends": alert.ends,
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "url": alert.url,
        "suppressed": alert.suppressed,
    }
