"""What is planned: maintenance windows and silences, in force, coming or just over."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from exporters.client import ClientError, MissingError
from exporters.schema.planned import MaintenanceOut
from tui.desk import Desk
from tui.letters import fitted, folded, tidy
from tui.look import MAINTENANCE, MUTED, PLAIN, STRONG
from tui.picture import matching
from tui.screens.plannedwords import (
    Plan,
    Stage,
    brief,
    covers,
    in_order,
    kind_of,
    lasts,
    leads_to,
    mark_of,
    matches,
    span,
    stage_of,
    timer,
)
from tui.screens.question import WIDTH, Question
from tui.screens.view import INNER_KEYS, View, trouble_key
from tui.widgets.lines import NAME_TAIL, Piece, labelled, wrapped
from tui.widgets.rowtable import Cell, Column, RowTable
from tui.widgets.textblock import TextBlock

COLUMNS = (
    Column("", 1),
    Column("console.planned.kind", 12, least=100),
    Column("console.planned.what", most=60, tail=NAME_TAIL),
    Column("console.planned.covers", 11, right=True),
    Column("console.planned.until", 12, least=130),
    Column("console.planned.timer", 23),
    Column("console.planned.author", 18, least=110),
    Column("console.planned.why", 30, least=150),
)
LATELY = timedelta(hours=12)  # a shift
ROOM = 20  # lines of a terminal; on a smaller one the list needs them all
WHOLE = 6  # lines for the one under the cursor
FACT = 2  # of which each fact has at most


class PlannedView(View):
    """`seek`: the plan that the cursor starts on."""

    KEYS = (("⏎", "console.key.open"), ("x", "console.key.end"), *INNER_KEYS)
    EVERY_S = 3.0
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "end", show=False)]

    def __init__(self, desk: Desk, seek: Plan | None = None) -> None:
        super().__init__(desk)
        self._plans: tuple[Plan, ...] = (seek,) if seek else ()
        self._start = seek
        self._read = False
        self._answer = ""  # a key of the catalogue: what came of the last attempt to end one
        self._table = RowTable[Plan](desk, COLUMNS, self._draw, _key)
        self._whole = TextBlock(classes="headline")

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._table
        yield self._whole

    async def fetch(self) -> None:
        client, since = self.desk.client, self.desk.clock.utc() - LATELY
        windows, silences = await client.windows(since=since), await client.silences(since=since)
        self._plans = (*windows, *silences)
        self._read = True

    def show(self) -> None:
        say, now = self.desk.say, self.desk.clock.utc()
        plans = in_order(self._plans, now)
        order = matching(map(self._search_text, plans), self.wanted) if self.wanted else None
        empty = say("console.planned.none" if self._read else "console.waiting.answer")
        if self.wanted and plans:
            empty = say("console.filter.nothing", wanted=self.wanted)
        grey = self.desk.faded or bool(self.trouble)
        self._table.show(plans, order, empty=self.trouble or empty, grey=grey)
        if self._start and self._read:
            self._table.seek(_key(self._start))
            self._start = None
        self.head.show(self._headline([stage_of(plan, now) for plan in plans]))
        self._show_whole()

    def action_end(self) -> None:
        """Asks back, then ends what is under the cursor."""
        plan = self._table.pointed
        if not self.desk.author:
            self._answer = "console.planned.only_looks"
            self.show()
        elif plan is not None and lasts(plan, self.desk.clock.utc()):
            self._end(plan)

    @work(group="end", exclusive=True)
    async def _end(self, plan: Plan) -> None:
        question = Question(self.desk, self._doubt(plan), "console.key.end")
        if not await self.app.push_screen_wait(question):
            return
        client, author = self.desk.client, self.desk.author
        try:
            if isinstance(plan, MaintenanceOut):
                await client.end_window(plan.id, author=author)
            else:
                await client.end_silence(plan.id, author=author)
            self._answer = "console.planned.ended"
            await self.fetch()
        except MissingError:
            self._answer = "console.planned.gone"
        except ClientError as error:
            self._answer = trouble_key(error)
        self.show()

    def _doubt(self, plan: Plan) -> list[list[Piece]]:
        say = self.desk.say
        coming = stage_of(plan, self.desk.clock.utc()) is Stage.COMING
        key = f"console.planned.{'call_off' if coming else 'end'}.{kind_of(plan)}"
        lines = [[(say(key), STRONG)], [], *self._facts(plan, WIDTH)]
        if not coming:
            lines += [[], [(say("console.planned.outlived"), MUTED)]]
        return lines

    @on(RowTable.Pointed)
    def _show_whole(self) -> None:
        """What is under the cursor, which may be too long for its line."""
        plan = self._table.pointed
        self._whole.display = self.size.height >= ROOM
        lines = self._facts(plan, self.size.width) if plan else []
        self._whole.show([*lines, *([[]] * WHOLE)][:WHOLE], grey=self.desk.faded)

    def _facts(self, plan: Plan, width: int) -> list[list[Piece]]:
        say = self.desk.say
        facts = (
            ("what", " · ".join(matches(self.desk, plan))),
            ("why", tidy(plan.comment)),
            ("author", tidy(plan.author)),
            ("when", span(self.desk, plan)),
        )
        named = labelled([(say(f"console.planned.{key}"), words, PLAIN) for key, words in facts])
        return [line for fact in named for line in _at_most(wrapped([fact], width), width)]

    def _headline(self, stages: Sequence[Stage]) -> list[list[Piece]]:
        say, number = self.desk.say, self.desk.figures.number
        title: list[Piece] = [(" " + say("console.planned.title"), STRONG)]
        counts = (
            (stages.count(Stage.IN_FORCE), "active", MAINTENANCE.style),
            (stages.count(Stage.COMING), "awaited", PLAIN),
            (stages.count(Stage.OVER) + stages.count(Stage.CALLED_OFF), "past", MUTED),
        )
        for count, word, style in counts:
            if count:
                words = say(f"console.planned.counts.{word}", count=number(count))
                title.append((f"   {words}", style))
        answer = self.trouble or (say(self._answer) if self._answer else "")
        return [title, *([[(f" {answer}", MUTED)]] if answer else [])]

    @on(RowTable.Chosen)
    def _open(self) -> None:
        """Goes where the first target is, or what a silence is of."""
        if (plan := self._table.pointed) is not None and (place := leads_to(plan)) is not None:
            self.post_message(place)

    def _search_text(self, plan: Plan) -> str:
        ids = plan.targets if isinstance(plan, MaintenanceOut) else plan.matchers.values()
        kind = self.desk.say(f"console.planned.{kind_of(plan)}")
        words = (kind, *matches(self.desk, plan), plan.author, plan.comment, *ids)
        return folded(" ".join(words))

    def _draw(self, plan: Plan) -> Sequence[Cell]:
        say, now = self.desk.say, self.desk.clock.utc()
        stage = stage_of(plan, now)
        live = stage is Stage.IN_FORCE
        style = STRONG if live else PLAIN if stage is Stage.COMING else MUTED
        mark = mark_of(plan, stage)
        return (
            mark,
            (say(f"console.planned.{kind_of(plan)}"), mark[1]),
            (brief(self.desk, plan), style),
            (covers(self.desk, plan), PLAIN if live else MUTED),
            (self.desk.figures.stamp(plan.ends, now), MUTED),
            timer(self.desk, plan),
            (tidy(plan.author), MUTED),
            (tidy(plan.comment), MUTED),
        )


def _key(plan: Plan) -> Hashable:
    return kind_of(plan), plan.id


def _at_most(lines: list[list[Piece]], width: int) -> list[list[Piece]]:
    """The first lines of a fact; that more was said is seen."""
    if len(lines) <= FACT:
        return lines
    *first, (label, (words, style)) = lines[:FACT]
    return [*first, [label, (fitted(f"{words} …", width - len(label[0]) - 1).rstrip(), style)]]
