"""A province: its figures and its sites, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.desk import Desk
from tui.look import CRITICAL, GOOD, MAINTENANCE, MARKS, MUTED, PLAIN, STRONG, WARNING
from tui.picture import Point, Province, matching
from tui.screens.nodes import loss_style
from tui.screens.view import INNER_KEYS, LIST_KEYS, Open, Subject, View
from tui.widgets.lines import Piece
from tui.widgets.rowtable import Cell, Column, RowTable

COLUMNS = (
    Column("console.column.state", 14),
    Column("console.column.site", most=40),
    Column("console.column.kind", 22, least=100),
    Column("console.column.nodes", 8, right=True, least=100),
    Column("console.column.rtt", 8, right=True),
    Column("console.column.loss", 7, right=True),
    Column("console.column.since", 12, least=90),
    Column("", 8),
)


class ProvinceView(View):
    """`site`: the site that the cursor starts on."""

    KEYS = (*LIST_KEYS, *INNER_KEYS)
    EVERY_S = 5.0
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "order", show=False)]

    def __init__(self, desk: Desk, province: str, site: str = "") -> None:
        super().__init__(desk)
        self._province = province
        self._start = site
        self._by_name = False
        self._table = RowTable[Point](desk, COLUMNS, self._draw, lambda point: point.id)

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._table

    async def fetch(self) -> None:
        await self.desk.roster.refresh(self.desk.client, self._province)

    def show(self) -> None:
        say, picture = self.desk.say, self.desk.picture
        province = picture.provinces.get(self._province) if picture else None
        if province is None:
            self._table.show((), empty=say("console.gone"))
            return
        points = province.points if self._by_name else province.worst_first()
        order = matching((point.folded for point in points), self.wanted)
        self._table.show(
            points,
            order,
            empty=say("console.filter.nothing", wanted=self.wanted),
            grey=self.desk.faded,
            sorted_by="console.column.site" if self._by_name else "console.column.state",
        )
        if self._start:
            self._table.seek(self._start)
            self._start = ""
        self.head.show([self._headline(province)], grey=self.desk.faded)

    def subject(self) -> Subject | None:
        """The site under the cursor."""
        point = self._table.pointed
        return Subject(f"site:{point.id}", point.name) if point else None

    def action_order(self) -> None:
        """Worst first, or by name."""
        self._by_name = not self._by_name
        self.show()

    @on(RowTable.Chosen)
    def _open(self) -> None:
        if point := self._table.pointed:
            self.post_message(Open("site", point.id))

    def _headline(self, province: Province) -> list[Piece]:
        say, figures, coverage = self.desk.say, self.desk.figures, province.coverage
        lost = coverage.down + coverage.unreachable
        tone = CRITICAL if lost else WARNING if province.missing else GOOD
        pieces = [
            (f" {province.name}", STRONG),
            (f"   {figures.share(coverage.ratio)} %", tone),
            (f"   {figures.number(coverage.up)}", STRONG),
            (say("console.province.of", total=figures.number(coverage.total)), MUTED),
        ]
        counts = (coverage.down, coverage.unreachable, coverage.unknown, 0, coverage.maintenance)
        for mark, count in zip(MARKS, counts, strict=False):
            if count:
                words = f"{mark.glyph} {figures.number(count)} {say(f'console.short.{mark.key}')}"
                pieces.append((f"   {words}", mark.style))
        return pieces

    def _draw(self, point: Point) -> Sequence[Cell]:
        say, figures, now = self.desk.say, self.desk.figures, self.desk.clock.utc()
        mark = MARKS[point.rank]
        known = [
            entry.node
            for node in point.nodes
            if (entry := self.desk.roster.by_id.get(node)) is not None
        ]
        rtts = [node.rtt_s for node in known if node.rtt_s is not None]
        since = max((node.since for node in known), default=None)
        best = min(
            (node for node in known if node.loss_ratio is not None),
            key=lambda node: node.loss_ratio or 0.0,
            default=None,
        )
        return (
            (f"{mark.glyph} {say(f'console.state.{point.state.lower()}')}", mark.style),
            (point.name, PLAIN),
            (kind_words(self.desk, point.kind), MUTED),
            (figures.number(len(point.nodes)), MUTED),
            (
                figures.milliseconds(min(rtts, default=None)),
                PLAIN if point.state == "UP" else MUTED,
            ),
            (figures.percent(best.loss_ratio), loss_style(best)) if best else ("–", MUTED),
            (figures.stamp(since, now) if since else "", MUTED),
            (say("console.short.maintenance") if point.maintenance else "", MAINTENANCE.style),
        )


def kind_words(desk: Desk, kind: str) -> str:
    """A kind of site in words; a kind that the catalogue does not know as it is."""
    try:
        return desk.say(f"console.kind.{kind}")
    except KeyError:
        return kind
