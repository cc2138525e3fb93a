"""What was found of the network's links, and what operators decided on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from configs.inventory import Link
from store.record import TopologyDecision, Verdict
from store.tables import FOUND_LINK, TOPOLOGY_DECISION


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


def put_found(connection: Connection, links: Sequence[Link]) -> None:
    """Puts the links that are in the graph undeclared in place of those of before."""
    connection.execute(delete(FOUND_LINK))
    rows = [
        {"id": link.id, "a": link.a, "b": link.b, "a_port": link.a_port, "b_port": link.b_port}
        for link in links
    ]
    if rows:
        connection.execute(FOUND_LINK.insert(), rows)


def found(connection: Connection) -> tuple[Link, ...]:
    """As they were put."""
    return tuple(
        Link(row.id, row.a, row.b, row.a_port, row.b_port, oper_follows=False)
        for row in connection.execute(select(FOUND_LINK).order_by(FOUND_LINK.c.id))
    )
