"""Who was covered from when to when: written each turn, added up for reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from store.tables import RUN, SITE_SPAN
from store.upsert import upsert
from topology.chronicle import Past, Run, Span, SpanKind


def put_spans(connection: Connection, spans: Sequence[Span]) -> None:
    """Later ones of the same kind, site and start win."""
    rows = [
        {
            "kind": span.kind,
            "site": span.site,
            "began": span.began,
            "since": span.since,
            "until": span.until,
            "maintenance": span.maintenance,
        }
        for span in spans
    ]
    if rows:
        connection.execute(upsert(connection, SITE_SPAN), rows)


def put_run(connection: Connection, run: Run | None) -> None:
    if run is not None:
        row = {"id": run.id, "started": run.started, "alive": run.alive}
        connection.execute(upsert(connection, RUN), row)


def past(connection: Connection) -> Past:
    """The newest run, and the spans that it left open."""
    newest = connection.execute(select(RUN).order_by(RUN.c.id.desc()).limit(1)).one_or_none()
    if newest is None:
        return Past()
    left = connection.execute(select(SITE_SPAN).where(SITE_SPAN.c.until.is_(None)))
    return Past(Run(newest.id, newest.started, newest.alive), tuple(map(_span, left)))


def _span(row: Row[Any]) -> Span:
    return Span(
        SpanKind(row.kind), row.site, row.began, row.since, bool(row.maintenance), row.until
    )
