"""A report as lines for a person, 80 columns wide."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from configs.messages import Messages
from exporters.reports.schema import AvailabilityOut, By, ReportOut

WIDTH = 80
LEAST_NAME = 18  # cells for names, whatever the figures take
NO_FIGURE = "–"


def lines(
    report: ReportOut, say: Messages, *, limit: int = 0, zone: tzinfo | None = None
) -> Iterator[str]:
    """The report, with `limit` rows at most (0: all); times in `zone`, or the machine's own."""
    for line in _lines(report, say, limit, zone):
        yield from wrap(line, WIDTH) if cell_len(line) > WIDTH else (line,)


def _lines(report: ReportOut, say: Messages, limit: int, zone: tzinfo | None) -> Iterator[str]:
    def local(at: datetime) -> str:
        return f"{at.astimezone(zone):%d/%m/%Y %H:%M}"

    yield say("report.title")
    offset = f"{report.since.astimezone(zone):%z}"
    yield say(
        "report.span",
        since=local(report.since),
        until=local(report.until),
        zone=f"UTC{offset[:3]}:{offset[3:]}",
    )
    yield ""
    if report.known_since is None or report.country.known_s + report.country.maintenance_s == 0:
        yield say("report.nothing")
        if report.known_since is not None:
            yield say("report.known_since", at=local(report.known_since))
        return
    shown = report.rows[:limit] if limit else report.rows
    yield from _table(report, shown, say)
    if len(shown) < len(report.rows):
        yield say("report.more", count=say.figure(f"{len(report.rows) - len(shown):,}"))
    yield ""
    down = say.figure(lasted(report.country.maintenance_down_s))
    yield say(f"report.{report.maintenance}", down=down)
    if report.country.unknown_s:
        yield say("report.unknown")
    if report.by is not By.SITE:
        yield say("report.sums")
    if report.known_since > report.since:
        yield say("report.known_since", at=local(report.known_since))
    if report.pauses:
        longest = max(report.pauses, key=lambda pause: pause.until - pause.since)
        total = sum((pause.until - pause.since).total_seconds() for pause in report.pauses)
        yield say(
            "report.pauses",
            count=len(report.pauses),
            lasted=say.figure(lasted(total)),
            since=local(longest.since),
            until=local(longest.until),
        )
    if report.undeclared:
        yield say("report.undeclared", count=report.undeclared)


def lasted(seconds: float) -> str:
    """Hours, minutes and seconds; whole hours where there are a thousand of them."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours < 1_000 else f"{hours:,} h"


def percent(ratio: float | None) -> str:
    """Cut, not rounded: what was down for a second is not at 100 %."""
    if ratio is None:
        return NO_FIGURE
    thousandths = math.floor(ratio * 100_000 + 1e-7)  # 0.98148 is a little less as a float
    return f"{(thousandths if ratio == 1.0 else min(thousandths, 99_999)) / 1_000:.3f}%"


def _table(report: ReportOut, rows: Sequence[AvailabilityOut], say: Messages) -> Iterator[str]:
    kind = By.SITE if report.by is By.SITE else By.PROVINCE
    columns = ("availability", "down", "cuts", "longest", "maintenance", "unknown")
    heads = [say(f"report.column.{column}") for column in columns]
    country = (say("report.country"), _figures(report.country, say))
    body = [(_name(row), _figures(row, say)) for row in rows]
    widths = [
        max(cell_len(cell) for cell in (head, *(figures[k] for _, figures in (country, *body))))
        for k, head in enumerate(heads)
    ]
    room = max(LEAST_NAME, WIDTH - sum(widths) - 2 * len(widths))

    def line(name: str, figures: Sequence[str]) -> str:
        cells = [_left(name, room)]
        cells += [_right(figure, width) for figure, width in zip(figures, widths, strict=True)]
        return "  ".join(cells)

    rule = "─" * (room + sum(widths) + 2 * len(widths))
    yield line(say(f"report.column.{kind}"), heads)
    yield rule
    yield line(*country)
    if body:
        yield rule
    for name, figures in body:
        yield line(name, figures)


def _name(row: AvailabilityOut) -> str:
    return f"{row.name}, {row.province_name}" if row.province_name else row.name


def _figures(row: AvailabilityOut, say: Messages) -> tuple[str, ...]:
    """A row's figures; what is zero is a dash, so that the rest is seen."""
    cut = (lasted(row.down_s), f"{row.cuts:,}", lasted(row.longest_s))
    found = (
        percent(row.availability),
        *(cut if row.cuts else (NO_FIGURE,) * 3),
        lasted(row.maintenance_s) if row.maintenance_s else NO_FIGURE,
        lasted(row.unknown_s) if row.unknown_s else NO_FIGURE,
    )
    return tuple(map(say.figure, found))


def _left(text: str, width: int) -> str:
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text
