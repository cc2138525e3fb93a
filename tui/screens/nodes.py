"""Nodes: every node of the country in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from rich.style import Style
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from exporters.schema.node import NodeOut
from tui.desk import Desk
from tui.letters import sort_key
from tui.look import CRITICAL, MARKS, MUTED, PLAIN, WARNING
from tui.picture import matching
from tui.roster import Entry
from tui.screens.view import COMMON_KEYS, LIST_KEYS, Open, Subject, View
from tui.widgets.lines import NAME_TAIL, Piece
from tui.widgets.rowtable import Cell, Column, RowTable

NODE_TAIL = 14  # before the place stands which of its routers it is
NODE_COLUMNS = (
    Column("console.column.state", 14),
    Column("console.column.node", most=36, tail=NODE_TAIL),
    Column("console.column.site", least=90, most=34, tail=NAME_TAIL),
    Column("console.column.province", 14, least=70),
    Column("console.column.address", 15, least=110),
    Column("console.column.role", 8, least=130),
    Column("console.column.rtt", 8, right=True),
    Column("console.column.loss", 9, right=True),
    Column("console.column.since", 12, least=100),
)
PLACES = ("console.column.site", "console.column.province")
MEMBER_COLUMNS = tuple(column for column in NODE_COLUMNS if column.title not in PLACES)
ORDERS: tuple[tuple[str, Callable[[Entry], Any]], ...] = (
    ("console.column.state", lambda entry: entry.rank),
    ("console.column.node", lambda entry: sort_key(entry.name)),
    ("console.column.rtt", lambda entry: -(entry.node.rtt_s or 0.0)),
    ("console.column.loss", lambda entry: -(entry.node.loss_ratio or 0.0)),
)


class NodeLines:
    """Draws nodes for any table that lists them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def draw(self, entry: Entry) -> Sequence[Cell]:
        say, figures, node = self._desk.say, self._desk.figures, entry.node
        mark = MARKS[entry.rank]
        picture = self._desk.picture
        province = picture.provinces.get(node.province) if picture else None
        return (
            (f"{mark.glyph} {say(f'console.state.{node.state.lower()}')}", mark.style),
            (entry.name, PLAIN),
            (entry.site_name, PLAIN),
            (province.name if province else "", MUTED),
            (node.address, MUTED),
            (node.role, MUTED),
            (figures.milliseconds(node.rtt_s), PLAIN if node.state == "UP" else MUTED),
            (figures.percent(node.loss_ratio), loss_style(node)),
            (figures.stamp(node.since, self._desk.clock.utc()), MUTED),
        )

    def draw_member(self, entry: Entry) -> Sequence[Cell]:
        """For a table of one place's nodes, which need not say where they are."""
        state, name, _, _, *rest = self.draw(entry)
        return state, name, *rest


def loss_style(node: NodeOut) -> Style:
    """Loss is news only where there are answers; where there are none the state has said it."""
    if not node.loss_ratio or node.state != "UP":
        return MUTED
    return CRITICAL if node.loss_ratio >= 0.1 else WARNING


class NodesView(View):
    KEYS = (*LIST_KEYS, *COMMON_KEYS)
    EVERY_S = 5.0
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "order", show=False)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._by = 0
        self._sorted: tuple[Entry, ...] = ()
        self._sorted_from: tuple[Sequence[Entry], int] = ((), -1)
        self._order: Sequence[int] = ()
        self._order_for: tuple[Sequence[Entry], str] = ((), "")
        self._table = RowTable[Entry](
            desk, NODE_COLUMNS, NodeLines(desk).draw, lambda entry: entry.node.id
        )

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._table

    async def fetch(self) -> None:
        await self.desk.roster.refresh(self.desk.client)

    def show(self) -> None:
        say, entries = self.desk.say, self.desk.roster.entries
        title, key = ORDERS[self._by]
        if self._sorted_from[0] is not entries or self._sorted_from[1] != self._by:
            self._sorted = tuple(sorted(entries, key=key))
            self._sorted_from = (entries, self._by)
        if self._order_for[0] is not self._sorted or self._order_for[1] != self.wanted:
            self._order = matching((entry.folded for entry in self._sorted), self.wanted)
            self._order_for = (self._sorted, self.wanted)
        empty = say("console.nodes.none" if entries else "console.waiting.answer")
        if self.wanted and entries:
            empty = say("console.filter.nothing", wanted=self.wanted)
        self._table.show(
            self._sorted,
            self._order,
            empty=self.trouble or empty,
            grey=self.desk.faded,
            sorted_by=title,
        )
        self.head.show([self._headline()])

    def _headline(self) -> list[Piece]:
        number = self.desk.figures.number
        if not self._sorted:
            return []
        words = self.desk.say(
            "console.nodes.shown",
            shown=number(len(self._order)),
            total=number(len(self._sorted)),
        )
        return [(f" {words}", MUTED)]

    def subject(self) -> Subject | None:
        """The node under the cursor."""
        entry = self._table.pointed
        return Subject(f"node:{entry.node.id}", entry.name) if entry else None

    def action_order(self) -> None:
        """By state, name, round-trip time, loss in turn."""
        self._by = (self._by + 1) % len(ORDERS)
        self.show()

    @on(RowTable.Chosen)
    def _open(self) -> None:
        if entry := self._table.pointed:
            self.post_message(Open("node", entry.node.id))
