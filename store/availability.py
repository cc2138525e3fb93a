"""How long each site was covered, cut off and under maintenance, added up by the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    type_coerce,
)

from store.tables import RUN, SITE_SPAN, Tick
from topology.chronicle import Run, SpanKind

SECOND = 1e6  # of a Tick
SPAN = SITE_SPAN.c


@dataclass(frozen=True, slots=True)
class SiteTime:
    """One site in a time, in seconds. `watched_s` is all of which it is known whether the site
    was covered, `maintenance_s` the part of it in maintenance windows; `cut_s` is within the
    first and `maintenance_cut_s` within the second.

    `cuts` counts the times that it was cut off outside of maintenance, and `longest_s` is the
    longest of them; `all_cuts` and `all_longest_s` are of those within maintenance as well.
    """

    watched_s: float
    maintenance_s: float = 0.0
    cut_s: float = 0.0
    maintenance_cut_s: float = 0.0
    cuts: int = 0
    longest_s: float = 0.0
    all_cuts: int = 0
    all_longest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of the time [since, until): by site, and by the daemon's own runs in it.
    `known_since` is the start of the first run that is remembered."""

    since: datetime
    until: datetime
    sites: Mapping[str, SiteTime]
    runs: tuple[Run, ...] = ()
    known_since: datetime | None = None


def times(
    connection: Connection, since: datetime, until: datetime, *, alive: datetime | None = None
) -> Times:
    """The sum of all that is known of [since, until). `alive`: when the daemon that asks is
    alive; without it what is open ends with the last sign of life in the store."""
    runs = [Run(row.id, row.started, row.alive) for row in connection.execute(_runs())]
    if not runs:
        return Times(since, until, {})
    last = runs[-1]
    if alive is not None:
        runs[-1] = last = replace(last, alive=max(alive, last.alive))
    part = _Part(since, until, last.alive)
    cuts = {row.site: row for row in connection.execute(_cuts(part))}
    sites: dict[str, SiteTime] = {}
    for row in connection.execute(_watched(part)):
        cut = cuts.get(row.site)
        watched, maintenance = float(row.watched) / SECOND, float(row.maintenance) / SECOND
        sites[row.site] = SiteTime(watched, maintenance, *(_cut(cut) if cut is not None else ()))
    inside = tuple(run for run in runs if run.started < until and run.alive > since)
    return Times(since, until, sites, inside, min(run.started for run in runs))


class _Part:
    """The part of a span that lies within [since, until)."""

    def __init__(self, since: datetime, until: datetime, alive: datetime) -> None:
        end = func.coalesce(SPAN.until, literal(alive, Tick))
        low, high = literal(since, Tick), literal(until, Tick)
        self.touches = and_(SPAN.since < high, end > low)
        start = case((SPAN.since < low, low), else_=SPAN.since)
        stop = case((end > high, high), else_=end)
        self.length: ColumnElement[int] = type_coerce(stop, BigInteger) - type_coerce(
            start, BigInteger
        )


def _watched(part: _Part) -> Select[Any]:
    inside = case((SPAN.maintenance, part.length), else_=0)
    return (
        select(
            SPAN.site,
            func.sum(part.length).label("watched"),
            func.sum(inside).label("maintenance"),
        )
        .where(SPAN.kind == SpanKind.WATCHED, part.touches)
        .group_by(SPAN.site)
    )


def _cuts(part: _Part) -> Select[Any]:
    """First each cut, which may be in parts, then each site."""
    outside = case((SPAN.maintenance, 0), else_=part.length)
    each = (
        select(
            SPAN.site,
            func.sum(outside).label("outside"),
            func.sum(part.length).label("whole"),
        )
        .where(SPAN.kind == SpanKind.CUT, part.touches)
        .group_by(SPAN.site, SPAN.began)
        .subquery()
    )
    return select(
        each.c.site,
        func.sum(each.c.outside).label("outside"),
        func.sum(each.c.whole).label("whole"),
        func.sum(case((each.c.outside > 0, 1), else_=0)).label("cuts"),
        func.max(each.c.outside).label("longest"),
        func.sum(case((each.c.whole > 0, 1), else_=0)).label("all_cuts"),
        func.max(each.c.whole).label("all_longest"),
    ).group_by(each.c.site)


def _cut(row: Any) -> tuple[float, float, int, float, int, float]:
    outside, whole = float(row.outside) / SECOND, float(row.whole) / SECOND
    return (
        outside,
        whole - outside,
        int(row.cuts),
        float(row.longest) / SECOND,
        int(row.all_cuts),
        float(row.all_longest) / SECOND,
    )


def _runs() -> Select[Any]:
    return select(RUN).order_by(RUN.c.id)
