"""Coverage: the whole country on one screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.desk import Desk
from tui.letters import fitted
from tui.look import MAINTENANCE, MARKS, MUTED, PLAIN, STRONG
from tui.screens.province import ProvinceView
from tui.screens.view import COMMON_KEYS, LIST_KEYS, Subject, View
from tui.widgets.heatgrid import LABEL, MISSING, SHARE, HeatGrid
from tui.widgets.lines import NAME_LEAST, Piece, squeezed
from tui.widgets.summary import Summary
from tui.widgets.textblock import TextBlock


class CoverageView(View):
    KEYS = (*LIST_KEYS, *COMMON_KEYS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "order", show=False)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._by_name = False
        self._summary = Summary(desk)
        self._heading = TextBlock(id="heading")
        self._grid = HeatGrid(desk)
        self._pointed = TextBlock()

    def body(self) -> Iterable[Widget]:
        yield self._summary
        yield self._heading
        yield self._grid
        yield self._pointed

    def show(self) -> None:
        self._summary.show()
        picture = self.desk.picture
        if picture is not None:
            self._grid.show(
                picture.by_name() if self._by_name else picture.worst_first(),
                query=self.wanted,
                by_name=self._by_name,
            )
        self._show_around()

    @on(HeatGrid.Chosen)
    def _open(self, chosen: HeatGrid.Chosen) -> None:
        point = chosen.point
        self.app.push_screen(ProvinceView(self.desk, point.province, point.id))

    def action_order(self) -> None:
        """Worst first, or by name, where every site keeps its place."""
        self._by_name = not self._by_name
        self.show()

    def subject(self) -> Subject | None:
        """The site under the cursor, the worst where a cell stands for several."""
        for point in self._grid.pointed:
            return Subject(f"site:{point.id}", point.name)
        return None

    @on(HeatGrid.Pointed)
    def _show_around(self) -> None:
        """Heading and foot of the grid."""
        self._show_heading()
        self._show_pointed()

    def _show_heading(self) -> None:
        say, pack = self.desk.say, self._grid.pack
        packed = say("console.coverage.packed", count=pack)
        cells = say("console.coverage.each") if pack == 1 else packed
        self._heading.show(
            [
                [
                    (f" {fitted(say('console.coverage.province'), LABEL)} ", MUTED),
                    (fitted("%", SHARE, right=True), MUTED),
                    (fitted(say("console.coverage.missing"), MISSING, right=True), MUTED),
                    (f"  {cells}", MUTED),
                ]
            ]
        )

    def _show_pointed(self) -> None:
        say, grid = self.desk.say, self._grid
        pieces: list[Piece] = []
        province = grid.province
        if grid.pointed and province is not None:
            point, *others = grid.pointed
            mark = MARKS[point.rank]
            pieces = [
                (f" {mark.glyph} ", mark.style),
                (point.name, STRONG),
                ("" if province.name in point.name else f"  {province.name}", PLAIN),
                (f"  {say(f'console.state.{point.state.lower()}')}", mark.style),
            ]
            if point.maintenance:
                pieces.append((f"  {say('console.state.maintenance')}", MAINTENANCE.style))
            if others:
                pieces.append((f"  {say('console.coverage.others', count=len(others))}", MUTED))
            pieces = squeezed(pieces, self.size.width, {1: NAME_LEAST})
        elif province is not None:  # a cell of which the filter leaves nothing
            pieces = [(f" {province.name}", PLAIN)]
        elif self.wanted and self.desk.picture:
            pieces = [(f" {say('console.filter.nothing', wanted=self.wanted)}", MUTED)]
        self._pointed.show([pieces], grey=self.desk.faded)
