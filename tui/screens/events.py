"""Events: what was said, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import on
from textual.widget import Widget

from exporters.schema.log import EventOut
from tui.desk import Desk
from tui.letters import folded, tidy
from tui.look import CRITICAL, GOOD, MUTED, PLAIN, WARNING
from tui.picture import matching
from tui.screens.view import COMMON_KEYS, Open, View
from tui.widgets.lines import Piece, wrapped
from tui.widgets.rowtable import Cell, Column, RowTable
from tui.widgets.textblock import TextBlock

EVENT_COLUMNS = (
    Column("", 1),
    Column("console.events.at", 12),
    Column("console.events.where", 26, least=110),
    Column("console.events.text", most=240),
)
LIMIT = 500
WHOLE = 2  # lines for a whole sentence
_MARKS: tuple[tuple[str, Style, frozenset[str]], ...] = (
    ("■", GOOD, frozenset({"ended", "up", "recovered"})),
    (
        "▲",
        WARNING,
        frozenset(
            {"warning", "battery", "failing", "failed", "rejected", "vanished", "serial", "jumped"}
        ),
    ),
    ("×", CRITICAL, frozenset({"critical", "down", "monitor"})),
)


@dataclass(slots=True)
class EventLines:
    """Events ready to be shown: their sentences in the console's language where its catalogue
    knows the kind, else in the daemon's."""

    desk: Desk
    rows: tuple[EventOut, ...] = ()

    def take(self, events: list[EventOut]) -> None:
        self.rows = tuple(sorted(events, key=lambda event: (event.at, event.id), reverse=True))

    def text(self, event: EventOut) -> str:
        try:
            return tidy(self.desk.say.event(event.kind, event.params))
        except (KeyError, IndexError, ValueError):
            return tidy(event.text)

    def place(self, event: EventOut) -> str:
        picture = self.desk.picture
        point = picture.point(event.site) if picture and event.site else None
        return point.name if point else ""

    def draw(self, event: EventOut) -> Sequence[Cell]:
        stamp = self.desk.figures.stamp(event.at, self.desk.clock.utc())
        return (
            mark_of_event(event.kind),
            (stamp, MUTED),
            (self.place(event), MUTED),
            (self.text(event), PLAIN),
        )

    def search_text(self, event: EventOut) -> str:
        return f"{folded(self.text(event))} {folded(self.place(event))} {folded(event.node)}"


def mark_of_event(kind: str) -> Piece:
    """A glyph for the kinds that begin or end something, by the words of their names."""
    words = kind.split(".")
    for sign, style, known in _MARKS:
        if known.intersection(words):
            return sign, style
    return "·", MUTED


class EventsView(View):
    KEYS = (("⏎", "console.key.open"), *COMMON_KEYS)
    EVERY_S = 3.0

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._lines = EventLines(desk)
        self._read = False
        self._table = RowTable[EventOut](
            desk, EVENT_COLUMNS, self._lines.draw, lambda event: event.id
        )
        self._whole = TextBlock()

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._table
        yield self._whole

    async def fetch(self) -> None:
        self._lines.take(await self.desk.client.events(limit=str(LIMIT)))
        self._read = True

    def show(self) -> None:
        say, rows = self.desk.say, self._lines.rows
        order = matching(map(self._lines.search_text, rows), self.wanted) if self.wanted else None
        empty = say("console.events.none" if self._read else "console.waiting.answer")
        if self.wanted:
            empty = say("console.filter.nothing", wanted=self.wanted)
        self._table.show(rows, order, empty=self.trouble or empty, grey=self.desk.faded)
        shown = self.desk.figures.number(len(rows if order is None else order))
        words = say("console.events.shown", count=shown) if rows else ""
        self.head.show([[(f" {words}", MUTED)]])
        self._show_whole()

    @on(RowTable.Pointed)
    def _show_whole(self) -> None:
        """The sentence under the cursor, which may be too long for its line."""
        event = self._table.pointed
        mark, style = mark_of_event(event.kind) if event else ("", MUTED)
        sentence = self._lines.text(event) if event else ""
        lines = wrapped([[(f" {mark} ", style), (sentence, PLAIN)]], self.size.width)
        self._whole.show([*lines, [], []][:WHOLE], grey=self.desk.faded)

    @on(RowTable.Chosen)
    def _open(self) -> None:
        event = self._table.pointed
        if event and event.outage:
            self.post_message(Open("outage", event.outage))
        elif event and event.node:
            self.post_message(Open("node", event.node))
        elif event and event.site:
            self.post_message(Open("site", event.site))
