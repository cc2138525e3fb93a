"""What if it failed: whom a node, a site or an outage's root would cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.widget import Widget

from exporters.schema.whatif import CutSite, WeakenedSite, WhatIfOut
from tui.desk import Desk
from tui.letters import folded, tidy
from tui.look import CRITICAL, GOOD, MARKS, MUTED, PLAIN, STRONG, WARNING
from tui.picture import matching
from tui.screens.view import INNER_KEYS, Open, Subject, View
from tui.widgets.lines import NAME_LEAST, Piece, labelled, squeezed, wrapped
from tui.widgets.rowtable import Cell, Column, RowTable
from tui.widgets.sections import Sections
from tui.widgets.textblock import TextBlock

CUT = (
    Column("", 1),
    Column("console.column.site", most=44),
    Column("console.column.province", 28, least=70),
)
WEAKENED = (*CUT, Column("console.whatif.thread", most=60))


class WhatIfView(View):
    KEYS = (("⏎", "console.key.open"), ("←→", "console.key.section"), *INNER_KEYS)
    EVERY_S = 30.0  # the answer changes with the network, not with the second

    def __init__(self, desk: Desk, subject: Subject) -> None:
        super().__init__(desk)
        self._subject = subject
        self._blast: WhatIfOut | None = None
        self._cut = RowTable[CutSite](desk, CUT, self._draw, lambda site: site.id, id="cut")
        self._weakened = RowTable[WeakenedSite](
            desk, WEAKENED, self._draw_weakened, lambda site: site.id, id="weakened"
        )
        self._block = TextBlock(classes="facts")
        self._sections = Sections(
            desk,
            (("console.whatif.cut", self._cut), ("console.whatif.weakened", self._weakened)),
            (1, 1),
        )

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._block
        yield self._sections

    async def fetch(self) -> None:
        subject = self._subject
        self._blast = await self.desk.client.whatif([subject.target], now=subject.now)

    def show(self) -> None:
        say, grey, blast = self.desk.say, self.desk.faded or bool(self.trouble), self._blast
        words = say("console.whatif.title", name=tidy(self._subject.name))
        title: list[Piece] = [(f" {words}", STRONG)]
        if blast is None:
            words = self.trouble or say("console.waiting.answer")
            self.head.show([self._squeezed([*title, (f"   {words}", MUTED)])])
            return
        self.head.show([self._squeezed([*title, (f"   {self.trouble}", MUTED)])], grey=grey)
        self._block.show(self._facts(blast), grey=grey)
        nobody = self._nothing(blast.sites, "console.whatif.nobody")
        self._cut.show(blast.sites, self._order(blast.sites), empty=nobody, grey=grey)
        none = self._nothing(blast.weakened, "console.whatif.none_weakened")
        self._weakened.show(blast.weakened, self._order(blast.weakened), empty=none, grey=grey)
        self._sections.show([len(blast.sites), len(blast.weakened)])

    @on(RowTable.Chosen, "#cut")
    def _open_cut(self) -> None:
        if (site := self._cut.pointed) is not None:
            self.post_message(Open("site", site.id))

    @on(RowTable.Chosen, "#weakened")
    def _open_weakened(self) -> None:
        if (site := self._weakened.pointed) is not None:
            self.post_message(Open("site", site.id))

    def _squeezed(self, pieces: Sequence[Piece]) -> list[Piece]:
        return squeezed(pieces, self.size.width, {0: NAME_LEAST})

    def _facts(self, blast: WhatIfOut) -> list[list[Piece]]:
        say, number = self.desk.say, self.desk.figures.number
        counts = say(
            "console.whatif.counts", sites=number(len(blast.sites)), nodes=number(len(blast.nodes))
        )
        weakened = say("console.whatif.threads", sites=number(len(blast.weakened)))
        base = say(f"console.whatif.on.{'now' if self._subject.now else 'declared'}")
        facts = [
            (say("console.whatif.effect"), counts, CRITICAL if blast.sites else GOOD),
            (say("console.whatif.left"), weakened, WARNING if blast.weakened else GOOD),
            (say("console.whatif.base"), base, MUTED),
        ]
        if blast.cut_off:
            facts.append((say("console.whatif.note"), say("console.whatif.cut_off"), WARNING))
        return wrapped(labelled(facts), self.size.width)

    def _nothing(self, sites: Sequence[CutSite], none: str) -> str:
        """What an empty table says: `none`, unless it is the filter that leaves nothing."""
        if self.wanted and sites:
            return self.desk.say("console.filter.nothing", wanted=self.wanted)
        return self.desk.say(none)

    def _order(self, sites: Sequence[CutSite]) -> Sequence[int] | None:
        if not self.wanted:
            return None
        return matching((folded(f"{s.name} {s.id} {s.province_name}") for s in sites), self.wanted)

    def _draw(self, site: CutSite) -> Sequence[Cell]:
        picture = self.desk.picture
        point = picture.point(site.id) if picture else None
        mark = MARKS[point.rank] if point else None
        return (
            (mark.glyph, mark.style) if mark else ("", PLAIN),
            (tidy(site.name), PLAIN),
            (tidy(site.province_name), MUTED),
        )

    def _draw_weakened(self, site: WeakenedSite) -> Sequence[Cell]:
        return (*self._draw(site), (tidy(site.thread_name), WARNING))
