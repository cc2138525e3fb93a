"""A site: its nodes, and what happened there."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from exporters.schema.log import EventOut
from tui.desk import Desk
from tui.look import MAINTENANCE, MARKS, MUTED, PLAIN, STRONG
from tui.picture import Point, matching
from tui.roster import Entry, entry_of
from tui.screens.events import EVENT_COLUMNS, EventLines
from tui.screens.nodes import MEMBER_COLUMNS, NodeLines
from tui.screens.province import kind_words
from tui.screens.view import INNER_KEYS, Open, Subject, View
from tui.widgets.lines import NAME_LEAST, Piece, squeezed
from tui.widgets.rowtable import RowTable
from tui.widgets.sections import Sections


class SiteView(View):
    KEYS = (
        ("⏎", "console.key.open"),
        ("←→", "console.key.section"),
        ("w", "console.key.whatif"),
        *INNER_KEYS,
    )
    EVERY_S = 3.0

    def __init__(self, desk: Desk, site: str) -> None:
        super().__init__(desk)
        self._site = site
        self._entries: tuple[Entry, ...] = ()
        self._read = False
        self._events = EventLines(desk)
        self._members = RowTable[Entry](
            desk, MEMBER_COLUMNS, NodeLines(desk).draw_member, lambda entry: entry.node.id
        )
        self._past = RowTable[EventOut](
            desk, EVENT_COLUMNS, self._events.draw, lambda event: event.id
        )
        self._sections = Sections(
            desk,
            (("console.site.nodes", self._members), ("console.site.events", self._past)),
            (1, 2),
        )

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._sections

    async def fetch(self) -> None:
        nodes = await self.desk.client.nodes(site=self._site)
        self._entries = tuple(entry_of(node) for node in nodes)
        self._read = True
        self._events.take(await self.desk.client.events(site=self._site, limit="100"))

    def show(self) -> None:
        say, picture, grey = self.desk.say, self.desk.picture, self.desk.faded
        point = picture.point(self._site) if picture else None
        order = matching((entry.folded for entry in self._entries), self.wanted)
        empty = say("console.site.empty" if self._read else "console.waiting.answer")
        if self.wanted and self._entries:
            empty = say("console.filter.nothing", wanted=self.wanted)
        self._members.show(self._entries, order, empty=self.trouble or empty, grey=grey)
        self._past.show(self._events.rows, empty=say("console.events.none"), grey=grey)
        self._sections.show([len(self._entries), len(self._events.rows)])
        headline = self._headline(point) if point else [(f" {say('console.gone')}", MUTED)]
        self.head.show([headline], grey=grey)

    def subject(self) -> Subject:
        """This site, with all its nodes."""
        picture = self.desk.picture
        point = picture.point(self._site) if picture else None
        return Subject(f"site:{self._site}", point.name if point else self._site)

    def _headline(self, point: Point) -> list[Piece]:
        say, picture = self.desk.say, self.desk.picture
        mark = MARKS[point.rank]
        province = picture.provinces.get(point.province) if picture else None
        pieces = [
            (f" {mark.glyph} ", mark.style),
            (point.name, STRONG),
            (f"   {say(f'console.state.{point.state.lower()}')}", mark.style),
        ]
        if point.maintenance:
            pieces.append((f"   {say('console.state.maintenance')}", MAINTENANCE.style))
        if province and province.name not in point.name:
            pieces.append((f"   {province.name}", PLAIN))
        pieces.append((f"   {kind_words(self.desk, point.kind)}", MUTED))
        return squeezed(pieces, self.size.width, {-1: 0, 1: NAME_LEAST})

    @on(RowTable.Chosen)
    def _open(self) -> None:
        if self._members.has_focus and (entry := self._members.pointed):
            self.post_message(Open("node", entry.node.id))
