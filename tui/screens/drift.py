"""Drift: where the network that was found differs from the declared one, to be decided upon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from exporters.client import ClientError
from exporters.schema.network import DriftOut
from tui.desk import Desk
from tui.letters import folded, tidy
from tui.look import CRITICAL, GOOD, MUTED, PLAIN, STRONG, WARNING
from tui.picture import matching
from tui.screens.view import INNER_KEYS, Open, View, trouble_key
from tui.widgets.lines import Piece
from tui.widgets.rowtable import Cell, Column, RowTable

COLUMNS = (
    Column("", 1),
    Column("console.drift.kind", 13),
    Column("console.drift.near", most=44, tail=8),
    Column("console.drift.far", most=44, tail=8),
    Column("console.drift.declared", 26, least=120),
    Column("console.drift.sources", 14, least=110),
    Column("console.drift.confidence", 7, right=True, least=90),
    Column("console.drift.age", 9, right=True),
    Column("console.drift.verdict", 22, least=130),
)
SIGNS: dict[str, Piece] = {
    "undeclared": ("+", WARNING),
    "disagreeing": ("≠", WARNING),
    "unseen": ("−", WARNING),
    "stranger": ("?", MUTED),
}
DECIDED: dict[str, Piece] = {"accepted": ("✓", GOOD), "rejected": ("×", CRITICAL)}


class DriftView(View):
    KEYS = (
        ("a", "console.key.accept"),
        ("r", "console.key.reject"),
        ("u", "console.key.undo"),
        *INNER_KEYS,
    )
    EVERY_S = 5.0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('accepted')", show=False),
        Binding("r", "decide('rejected')", show=False),
        Binding("u", "decide('')", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: tuple[DriftOut, ...] = ()
        self._read = False
        self._whole = False
        self._answer = ""  # a key of the catalogue: what came of the last decision
        self._table = RowTable[DriftOut](desk, COLUMNS, self._draw, lambda row: row.key)

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._table

    async def fetch(self) -> None:
        self._whole = (await self.desk.client.topology()).whole
        told = await self.desk.client.drift(decided=True)
        self._rows = tuple(sorted(told, key=lambda row: bool(row.verdict)))
        self._read = True

    def show(self) -> None:
        say, rows, number = self.desk.say, self._rows, self.desk.figures.number
        left = sum(not row.verdict for row in rows)
        title: list[Piece] = [(" " + say("console.drift.title"), STRONG)]
        if self._read:
            counts = say(
                "console.drift.counts", left=number(left), decided=number(len(rows) - left)
            )
            title.append((f"   {counts}", WARNING if left else GOOD))
            if rows and not self._whole:
                title.append((f"   {say('console.drift.partial')}", WARNING))
        answer = self.trouble or (say(self._answer) if self._answer else "")
        self.head.show([title, *([[(f" {answer}", MUTED)]] if answer else [])])
        order = matching(map(self._search_text, rows), self.wanted) if self.wanted else None
        none = say("console.drift.none" if self._whole else "drift.partial")
        empty = none if self._read else say("console.waiting.answer")
        if self.wanted and rows:
            empty = say("console.filter.nothing", wanted=self.wanted)
        grey = self.desk.faded or bool(self.trouble)
        self._table.show(rows, order, empty=self.trouble or empty, grey=grey)

    def action_decide(self, verdict: str) -> None:
        """Accepts or rejects what is under the cursor, or takes that back with ""."""
        row = self._table.pointed
        if not self.desk.author:
            self._answer = "console.drift.only_looks"
            self.show()
        elif row is not None and row.verdict != verdict:
            self._decide(row, verdict)

    @work(group="decide", exclusive=True)
    async def _decide(self, row: DriftOut, verdict: str) -> None:
        client, author = self.desk.client, self.desk.author
        try:
            if verdict:
                await client.decide(row.key, verdict, author=author)
            else:
                await client.undecide(row.key, author=author)
            await self.fetch()
            self._answer = ""
        except ClientError as error:
            self._answer = trouble_key(error)
        self.show()

    @on(RowTable.Chosen)
    def _open(self) -> None:
        row = self._table.pointed
        if row is not None and row.a:
            self.post_message(Open("node", row.a))

    def _far(self, row: DriftOut) -> str:
        return tidy(row.stranger or f"{row.b} {row.b_port}")

    def _search_text(self, row: DriftOut) -> str:
        kind = self.desk.say(f"console.drift.{row.kind}")
        return folded(f"{kind} {row.a} {row.a_port} {self._far(row)} {row.link}")

    def _draw(self, row: DriftOut) -> Sequence[Cell]:
        say, figures = self.desk.say, self.desk.figures
        style = MUTED if row.verdict else PLAIN
        ports = f"{row.declared_a_port} – {row.declared_b_port}".strip(" –")
        sure = "" if row.confidence is None else f"{figures.share(row.confidence)} %"
        age = (self.desk.clock.utc() - row.seen_at).total_seconds() if row.seen_at else None
        verdict = say(f"console.drift.{row.verdict}", author=row.author) if row.verdict else ""
        return (
            DECIDED.get(row.verdict, SIGNS[row.kind]),
            (say(f"console.drift.{row.kind}"), style if row.verdict else SIGNS[row.kind][1]),
            (tidy(f"{row.a} {row.a_port}"), style),
            (self._far(row), style),
            (ports if row.kind == "disagreeing" else row.link, MUTED),
            (" ".join(row.sources), MUTED),
            (sure, MUTED),
            ("" if age is None else figures.timer(age), MUTED),
            (verdict, MUTED),
        )
