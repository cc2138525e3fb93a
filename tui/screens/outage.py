"""An outage: its root, whom it shadows, what else it could be, and what happened so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.widget import Widget

from exporters.client import MissingError
from exporters.schema.log import EventOut, OutageDetail
from exporters.schema.model import State
from exporters.schema.picture import OutageOut
from tui.desk import Desk
from tui.figures import DASH
from tui.letters import folded, sort_key
from tui.look import MAINTENANCE, MARKS, MUTED, PLAIN, STRONG, UP, WARNING
from tui.picture import Picture, Point, matching, rank_of
from tui.screens.events import EVENT_COLUMNS, EventLines
from tui.screens.outagewords import blinds, mark_of, place_of, root_words, subject_of, timer_of
from tui.screens.view import INNER_KEYS, Open, Subject, View
from tui.widgets.lines import NAME_LEAST, Piece, labelled, squeezed, wrapped
from tui.widgets.rowtable import Cell, Column, RowTable
from tui.widgets.sections import Sections
from tui.widgets.textblock import TextBlock

COLUMNS = (
    Column("", 1),
    Column("console.column.site", most=40),
    Column("console.column.node", 28, least=70),
    Column("console.column.state", 16),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A province, and how many of its nodes are hurt."""

    province: str
    count: int


@dataclass(frozen=True, slots=True)
class Hurt:
    """A node that the outage takes down or shadows, at its site. The site may still be covered,
    by another of its nodes."""

    node: str
    point: Point
    state: State

    @property
    def rank(self) -> int:
        return rank_of(self.state, self.point.maintenance)


class OutageView(View):
    KEYS = (
        ("⏎", "console.key.open"),
        ("←→", "console.key.section"),
        ("w", "console.key.whatif"),
        *INNER_KEYS,
    )
    EVERY_S = 3.0

    def __init__(self, desk: Desk, outage: str) -> None:
        super().__init__(desk)
        self._asked = outage
        known = desk.picture.outages if desk.picture else ()
        self._outage: OutageOut | None = next((o for o in known if o.id == outage), None)
        self._over = False
        self._events = EventLines(desk)
        self._hurt = RowTable[Heading | Hurt](desk, COLUMNS, self._draw, _key)
        self._past = RowTable[EventOut](
            desk, EVENT_COLUMNS, self._events.draw, lambda event: event.id
        )
        self._block = TextBlock(classes="facts")
        self._sections = Sections(
            desk,
            (("console.outage.hurt", self._hurt), ("console.outage.events", self._past)),
            (2, 1),
        )

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._block
        yield self._sections

    async def fetch(self) -> None:
        try:
            self._outage = await self.desk.client.outage(self._asked)
        except MissingError:
            if self._outage is None:
                raise
            self._over = True
        self._events.take(await self.desk.client.events(outage=self._asked, limit="100"))

    def show(self) -> None:
        say, picture, grey = self.desk.say, self.desk.picture, self.desk.faded
        outage = self._outage
        if outage is None:
            words = self.trouble or say("console.waiting.answer")
            self.head.show([[(f" {words}", MUTED)]])
            return
        rows = _rows(picture, outage) if picture else []
        order = matching((_search_text(row) for row in rows), self.wanted) if self.wanted else None
        nobody = say("console.outage.nobody")
        if self.wanted and rows:
            nobody = say("console.filter.nothing", wanted=self.wanted)
        self._hurt.show(rows, order, empty=nobody, grey=grey)
        self._past.show(self._events.rows, empty=say("console.events.none"), grey=grey)
        self._sections.show([sum(isinstance(row, Hurt) for row in rows), len(self._events.rows)])
        self.head.show([self._headline(outage)], grey=grey)
        self._block.show(self._facts(outage), grey=grey)

    def subject(self) -> Subject | None:
        """The outage's root."""
        return subject_of(self.desk.say, self._outage) if self._outage else None

    def outage(self) -> Subject | None:
        """This one, while it lasts."""
        outage = self._outage
        if outage is None or outage.ended or self._over:
            return None
        return Subject(outage.id, root_words(self.desk.say, outage.root))

    @on(RowTable.Chosen)
    def _open(self) -> None:
        if isinstance(row := self._hurt.pointed, Hurt) and self._hurt.has_focus:
            self.post_message(Open("node", row.node))

    def _headline(self, outage: OutageOut) -> list[Piece]:
        say = self.desk.say
        glyph, style = mark_of(outage)
        pieces = [
            (f" {glyph} ", style),
            (root_words(say, outage.root), STRONG),
            (f"   {timer_of(self.desk, outage)}", style),
            (f"   {say(f'console.severity.{outage.severity}')}", style),
        ]
        if self._over or outage.ended:
            pieces.append((f"   {say('console.outage.over')}", UP.style))
        if outage.maintenance:
            pieces.append((f"   {say('console.state.maintenance')}", MAINTENANCE.style))
        if outage.silenced:
            pieces.append((f"   {say('console.outages.silenced')}", MUTED))
        if outage.flapping:
            pieces.append((f"   {say('console.outages.flapping')}", WARNING))
        return squeezed(pieces, self.size.width, {1: NAME_LEAST})

    def _facts(self, outage: OutageOut) -> list[list[Piece]]:
        say, figures, now = self.desk.say, self.desk.figures, self.desk.clock.utc()
        hurt = say(
            "console.outage.unseen" if blinds(outage) else "console.outage.counts",
            sites=figures.number(outage.sites_hurt),
            down=figures.number(len(outage.down)),
            shadowed=figures.number(outage.shadowed_count),
        )
        facts = (
            ("place", place_of(outage) or DASH),
            ("since", figures.stamp(outage.since, now)),
            ("effect", hurt),
            ("confidence", self._doubt(outage)),
            *([("signs", self._signs(outage))] if outage.clues else []),
        )
        named = [(say(f"console.outage.{key}"), words, PLAIN) for key, words in facts]
        return wrapped(labelled(named), self.size.width)

    def _doubt(self, outage: OutageOut) -> str:
        """How sure the verdict is, and what else it could be."""
        say = self.desk.say
        words = self.desk.figures.percent(outage.confidence)
        if outage.alternatives:
            others = ", ".join(root_words(say, root) for root in outage.alternatives[:3])
            words += say("console.outage.or", others=others)
        return words

    def _signs(self, outage: OutageOut) -> str:
        """What speaks for the root besides who is silent."""
        say = self.desk.say
        return "; ".join(
            say(f"console.outage.sign.{clue.sign}", name=clue.name) for clue in outage.clues[:3]
        )

    def _draw(self, row: Heading | Hurt) -> Sequence[Cell]:
        if isinstance(row, Heading):
            count = self.desk.figures.number(row.count)
            return (
                ("", PLAIN),
                [(row.province, STRONG), (f"  {count}", MUTED)],
                ("", PLAIN),
                ("", PLAIN),
            )
        mark = MARKS[row.rank]
        words = self.desk.say(f"console.state.{row.state.lower()}")
        return (
            (mark.glyph, mark.style),
            (row.point.name, PLAIN),
            (row.node, MUTED),
            (words, mark.style),
        )


def _rows(picture: Picture, outage: OutageOut) -> list[Heading | Hurt]:
    """The hurt by province: those with most of them first, then by name."""
    shadowed = outage.shadowed if isinstance(outage, OutageDetail) else ()
    states: dict[str, State] = dict.fromkeys(shadowed, "UNREACHABLE")
    states |= dict.fromkeys(outage.down, "DOWN")
    groups: dict[str, list[Hurt]] = {}
    points = {
        point.id: point
        for id_ in {picture.home.get(picture.owner.get(node, "")) for node in states}
        if id_ is not None
        for point in picture.provinces[id_].points
    }
    for node, state in states.items():
        if point := points.get(picture.owner.get(node, "")):
            now = state if outage.ended is None and not blinds(outage) else point.state
            groups.setdefault(point.province, []).append(Hurt(node, point, now))
    rows: list[Heading | Hurt] = []
    for id_, members in sorted(
        groups.items(), key=lambda item: (-len(item[1]), picture.provinces[item[0]].order)
    ):
        rows.append(Heading(picture.provinces[id_].name, len(members)))
        members.sort(key=lambda hurt: (hurt.rank, sort_key(hurt.point.name), hurt.node))
        rows.extend(members)
    return rows


def _key(row: Heading | Hurt) -> str:
    return row.province if isinstance(row, Heading) else row.node


def _search_text(row: Heading | Hurt) -> str:
    return "" if isinstance(row, Heading) else f"{row.point.folded} {folded(row.node)}"
