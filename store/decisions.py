"""What operators decided on drift."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from store.record import TopologyDecision, Verdict
from store.tables import TOPOLOGY_DECISION


def decide(connection: Connection, decision: TopologyDecision) -> None:
    """Puts a decision in place of an earlier one on the same drift."""
    undo(connection, decision.key)
    connection.execute(
        TOPOLOGY_DECISION.insert().values(
            key=decision.key,
            verdict=decision.verdict,
            at=decision.at,
            author=decision.author,
            comment=decision.comment,
            subject=decision.subject,
        )
    )


def undo(connection: Connection, key: str) -> bool:
    """Whether there was a decision on this drift."""
    table = TOPOLOGY_DECISION
    return connection.execute(delete(table).where(table.c.key == key)).rowcount == 1


def decisions(connection: Connection) -> list[TopologyDecision]:
    """In the order in which they were taken."""
    table = TOPOLOGY_DECISION
    return [
        TopologyDecision(
            row.key, Verdict(row.verdict), row.at, row.author, row.comment, row.subject
        )
        for row in connection.execute(select(table).order_by(table.c.at, table.c.key))
    ]
