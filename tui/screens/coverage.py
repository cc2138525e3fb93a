"""Coverage: the whole country on one screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.desk import Desk
from tui.look import MARKS, MUTED, PLAIN, STRONG, faded
from tui.screens.view import View
from tui.widgets.heatgrid import HeatGrid
from tui.widgets.lines import Piece
from tui.widgets.summary import Summary
from tui.widgets.textline import TextLine


class CoverageView(View):
    TAB = "coverage"
    KEYS = (
        ("⏎", "console.key.open"),
        ("/", "console.key.filter"),
        (":", "console.key.go"),
        ("s", "console.key.order"),
        ("1-4", "console.key.screens"),
        ("?", "console.key.help"),
        ("q", "console.key.quit"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "order", show=False)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._by_name = False

    def body(self) -> Iterable[Widget]:
        yield Summary(self.desk)
        yield HeatGrid(self.desk.figures)
        yield TextLine(id="pointed")

    def show(self) -> None:
        self.query_one(Summary).show()
        picture = self.desk.picture
        if picture is not None:
            grid = self.query_one(HeatGrid)
            grid.figures = self.desk.figures
            grid.show(
                picture.by_name() if self._by_name else picture.worst_first(),
                query=self.wanted,
                by_name=self._by_name,
                faded=self.desk.faded,
            )
        self._show_pointed()

    def speak(self) -> None:
        self.query_one(HeatGrid).redraw(self.desk.figures)
        super().speak()

    def action_order(self) -> None:
        """Worst first, or by name, where every site keeps its place."""
        self._by_name = not self._by_name
        self.show()

    @on(HeatGrid.Pointed)
    def _show_pointed(self) -> None:
        say, grid = self.desk.say, self.query_one(HeatGrid)
        pieces: list[Piece] = []
        province = grid.province
        if grid.pointed and province is not None:
            point, *others = grid.pointed
            mark = MARKS[point.rank]
            pieces = [
                (f" {mark.glyph} ", mark.style),
                (point.name, STRONG),
                (f"  {province.name}", PLAIN),
                (f"  {say(f'console.state.{point.state.lower()}')}", mark.style),
            ]
            if point.maintenance:
                pieces.append((f"  {say('console.state.maintenance')}", MARKS[4].style))
            if others:
                pieces.append((f"  {say('console.coverage.others', count=len(others))}", MUTED))
        elif self.wanted and self.desk.picture:
            pieces = [(f" {say('console.filter.nothing', wanted=self.wanted)}", MUTED)]
        if self.desk.faded:
            pieces = [(text, faded(style)) for text, style in pieces]
        self.query_one("#pointed", TextLine).show(pieces)
