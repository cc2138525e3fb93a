"""Outages: one line for each fault, whatever it takes down with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from exporters.schema.picture import OutageOut
from tui.desk import Desk
from tui.letters import folded
from tui.look import CRITICAL, MAINTENANCE, MUTED, PLAIN, STRONG, WARNING
from tui.picture import matching
from tui.screens.outagewords import (
    blinds,
    mark_of,
    place_of,
    root_kind,
    root_name,
    root_words,
    subject_of,
    timer_of,
)
from tui.screens.view import COMMON_KEYS, LIST_KEYS, Open, Subject, View
from tui.widgets.lines import NAME_TAIL, Piece
from tui.widgets.rowtable import Cell, Column, RowTable
from tui.widgets.summary import how_many

COLUMNS = (
    Column("", 1),
    Column("console.outages.what", most=44, tail=NAME_TAIL),
    Column("console.outages.kind", 14, least=130),
    Column("console.outages.where", most=44, tail=NAME_TAIL),
    Column("console.outages.since", 12, least=110),
    Column("console.outages.timer", 11, right=True),
    Column("console.outages.hurt", 7, right=True),
    Column("console.outages.shadowed", 7, right=True, least=100),
    Column("console.outages.confidence", 7, right=True, least=100),
    Column("", 9, least=70),
)
UNFLAGGED = COLUMNS[:-1]  # names have more room while no flag needs any


class OutagesView(View):
    KEYS = (*LIST_KEYS, *COMMON_KEYS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "order", show=False)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._newest_first = self._flags = False
        self._table = RowTable[OutageOut](desk, COLUMNS, self._draw, lambda outage: outage.id)

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._table

    def show(self) -> None:
        say, picture = self.desk.say, self.desk.picture
        outages = sorted(picture.outages if picture else (), key=self._order)
        order = matching((_search_text(outage) for outage in outages), self.wanted)
        empty = say("console.filter.nothing", wanted=self.wanted) if self.wanted else ""
        if not picture:
            empty = say("console.waiting.daemon")
        self._flags = any(map(_flagged, outages))
        self._table.show(
            outages,
            order,
            empty=empty or say("console.outages.none"),
            grey=self.desk.faded,
            sorted_by="console.outages.timer" if self._newest_first else "console.outages.hurt",
            columns=COLUMNS if self._flags else UNFLAGGED,
        )
        self.head.show([self._headline(outages)], grey=self.desk.faded)

    def subject(self) -> Subject | None:
        """The root of the outage under the cursor."""
        outage = self._table.pointed
        return subject_of(self.desk.say, outage) if outage else None

    def outage(self) -> Subject | None:
        """The one under the cursor."""
        outage = self._table.pointed
        return Subject(outage.id, root_words(self.desk.say, outage.root)) if outage else None

    def action_order(self) -> None:
        """Worst first, or newest first."""
        self._newest_first = not self._newest_first
        self.show()

    @on(RowTable.Chosen)
    def _open(self) -> None:
        if outage := self._table.pointed:
            self.post_message(Open("outage", outage.id))

    def _order(self, outage: OutageOut) -> tuple[float, ...]:
        newest = -outage.since.timestamp()
        if self._newest_first:
            return (newest,)
        planned = outage.maintenance or outage.silenced
        return outage.severity != "critical", planned, -outage.sites_hurt, newest

    def _headline(self, outages: Sequence[OutageOut]) -> list[Piece]:
        say, number, picture = self.desk.say, self.desk.figures.number, self.desk.picture
        if not outages or picture is None:
            return []
        critical = sum(outage.severity == "critical" for outage in outages)
        # Outages that lie behind each other hurt the same sites.
        hurt = picture.coverage.down + picture.coverage.unreachable
        pieces: list[Piece] = [
            (" " + how_many(self.desk, len(outages)), STRONG),
        ]
        if critical:
            pieces.append((say("console.summary.critical", count=number(critical)), CRITICAL))
        pieces.append((say("console.outages.hurt_in_all", count=number(hurt)), MUTED))
        return pieces

    def _draw(self, outage: OutageOut) -> Sequence[Cell]:
        say, figures, now = self.desk.say, self.desk.figures, self.desk.clock.utc()
        mark = mark_of(outage)
        quiet = outage.maintenance or outage.silenced
        style = MUTED if quiet else STRONG if outage.severity == "critical" else PLAIN
        cells: tuple[Cell, ...] = (
            mark,
            (root_name(say, outage.root), style),
            (say(f"console.rootkind.{root_kind(outage.root)}"), MUTED),
            (place_of(outage), style if quiet else PLAIN),
            (figures.stamp(outage.since, now), MUTED),
            (timer_of(self.desk, outage), _urgency(outage)),
            (figures.number(None if blinds(outage) else outage.sites_hurt), style),
            (figures.number(outage.shadowed_count), MUTED),
            (figures.percent(outage.confidence), MUTED if outage.confidence > 0.9 else WARNING),
        )
        return (*cells, self._flag(outage)) if self._flags else cells

    def _flag(self, outage: OutageOut) -> Piece:
        say = self.desk.say
        if outage.maintenance:
            return say("console.short.maintenance"), MAINTENANCE.style
        if outage.silenced:
            return say("console.outages.silenced"), MUTED
        return (say("console.outages.flapping"), WARNING) if outage.flapping else ("", MUTED)


def _flagged(outage: OutageOut) -> bool:
    return outage.maintenance or outage.silenced or outage.flapping


def _urgency(outage: OutageOut) -> Style:
    return MUTED if outage.maintenance or outage.silenced else mark_of(outage)[1]


def _search_text(outage: OutageOut) -> str:
    words = (outage.root.name, outage.root.id, outage.site_name, outage.province_name)
    return " ".join(map(folded, words))
