"""The heat grid: a row for every province, a cell for every site, worst first.

Lines are kept as finished strips; only those whose province, cursor or place changed are drawn
again, which is what keeps 3,400 cells cheap.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import ceil
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.desk import Desk
from tui.heat import UNMATCHED, Line, Row, packing, row_of, wrapped
from tui.letters import fitted
from tui.look import CRITICAL, CURSOR, DIM, GOOD, MARKS, MUTED, PLAIN, STRONG, WARNING, faded
from tui.picture import Point, Province
from tui.widgets.lines import Piece, strip_of

LABEL = 15
SHARE = 6
MISSING = 6
HEAD = 1 + LABEL + 1 + SHARE + MISSING + 2
RIGHT_MARGIN = 1


class HeatGrid(ScrollView, can_focus=True):
    """Told what to show with `show`; says `Pointed` when the cursor moves, `Chosen` on Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", show=False),
        Binding("down,j", "move(1, 0)", show=False),
        Binding("left,h", "move(0, -1)", show=False),
        Binding("right,l", "move(0, 1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "to_column(0)", show=False),
        Binding("end", "to_column(-1)", show=False),
        Binding("ctrl+home,g", "to_line(0)", show=False),
        Binding("ctrl+end,G", "to_line(-1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Pointed(Message):
        """`pointed`, `province` or `pack` may be others now."""

    class Chosen(Message):
        def __init__(self, point: Point) -> None:
            self.point = point
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._figures = desk.figures
        self.pack = 1
        self._rows: list[Row] = []
        self._lines: list[Line] = []
        self._strips: dict[int, Strip] = {}
        self._columns = 1
        self._at = (0, 0)
        self._held: str | None = None  # the site the operator went to; None: stay at the top
        self._grey = False
        self._asked = ("", False)

    # What is shown

    def show(self, provinces: Sequence[Province], *, query: str, by_name: bool) -> None:
        """Shows these provinces in this order, and only what matches `query`."""
        known = {row.province.id: row for row in self._rows}
        same = (query, by_name) == self._asked
        self._asked = (query, by_name)
        rows = []
        for province in provinces:
            old = known.get(province.id)
            if same and old is not None and old.province is province:
                rows.append(old)
            elif (row := row_of(province, query, by_name=by_name)) is not None:
                rows.append(row)
        if (self._desk.faded, self._desk.figures) != (self._grey, self._figures):
            self._grey, self._figures = self._desk.faded, self._desk.figures
            self._strips.clear()
            self.refresh()
        self._lay_out(rows)
        if not same and not self.pointed:
            self._go(*self._first_match())

    @property
    def pointed(self) -> tuple[Point, ...]:
        """The sites of the cell under the cursor, worst first; none in an empty grid."""
        number, column = self._at
        if number >= len(self._lines):
            return ()
        line = self._lines[number]
        return line.row.sites(line.start + column, self.pack)

    @property
    def province(self) -> Province | None:
        """The province under the cursor."""
        number = self._at[0]
        return self._lines[number].row.province if number < len(self._lines) else None

    def _lay_out(self, rows: list[Row]) -> None:
        columns = max(1, self.size.width - HEAD - RIGHT_MARGIN)
        pack = packing([len(row.points) for row in rows], columns, max(1, self.size.height))
        before = self._lines
        if (columns, pack) != (self._columns, self.pack):
            self._columns, self.pack = columns, pack
            self._strips.clear()
            self.refresh()
            before = []
        self._rows, self._lines = rows, wrapped(rows, columns, pack)
        self.virtual_size = Size(self.size.width, len(self._lines))
        for number, (old, new) in enumerate(itertools.zip_longest(before, self._lines)):
            if old is None or new is None or (old.row, old.start) != (new.row, new.start):
                self._forget(number)
        self._set_cursor(*self._held_place())

    def on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self._lay_out(self._rows)
        self.post_message(self.Pointed())

    # Drawing

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return strip_of([], self.size.width)
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._draw(number)
        return strip

    def _draw(self, number: int) -> Strip:
        line = self._lines[number]
        pieces = self._head(line.row.province) if not line.start else [(" " * HEAD, PLAIN)]
        marks = line.row.marks(self.pack)[line.start : line.start + line.length]
        cursor = self._at[1] if number == self._at[0] and self.has_focus else -1
        if 0 <= cursor < len(marks):
            pieces += _cells(marks[:cursor])
            pieces.append((_cell(marks[cursor])[0], CURSOR))
            pieces += _cells(marks[cursor + 1 :])
        else:
            pieces += _cells(marks)
        if self._grey:
            pieces = [(text, faded(style)) for text, style in pieces]
        return strip_of(pieces, self.size.width)

    def _head(self, province: Province) -> list[Piece]:
        coverage = province.coverage
        lost = coverage.down + coverage.unreachable
        whole = province.missing == 0
        share_style = GOOD if whole else CRITICAL if lost else WARNING
        missing = "" if whole else self._figures.number(province.missing)
        return [
            (" ", PLAIN),
            (fitted(province.name, LABEL), PLAIN if whole else STRONG),
            (" ", PLAIN),
            (fitted(self._figures.share(coverage.ratio), SHARE, right=True), share_style),
            (fitted(missing, MISSING, right=True), CRITICAL if lost else MUTED),
            ("  ", PLAIN),
        ]

    def _forget(self, number: int) -> None:
        self._strips.pop(number, None)
        self.refresh_line(number)

    # The cursor

    def _held_place(self) -> tuple[int, int]:
        """Line and column of the site that the cursor holds on to, else the top."""
        first = 0
        for row in self._rows if self._held else ():
            for i, point in enumerate(row.points):
                if point.id == self._held:
                    cell = i // self.pack
                    return first + cell // self._columns, cell % self._columns
            first += max(1, ceil(ceil(len(row.points) / self.pack) / self._columns))
        self._held = None
        return 0, 0

    def _first_match(self) -> tuple[int, int]:
        """Line and column of the first site that the filter leaves."""
        for number, line in enumerate(self._lines):
            for column in range(line.length):
                if line.row.sites(line.start + column, self.pack):
                    return number, column
        return 0, 0

    def _set_cursor(self, line: int, column: int) -> None:
        if (line, column) != self._at:
            self._forget(self._at[0])
            self._at = (line, column)
            self._forget(line)

    def _go(self, line: int, column: int) -> None:
        if not self._lines:
            return
        line = min(max(line, 0), len(self._lines) - 1)
        column = min(max(column, 0), max(0, self._lines[line].length - 1))
        self._set_cursor(line, column)
        self.scroll_to_region(Region(0, line, 1, 1), animate=False, force=True)
        row, first = self._lines[line].row, (self._lines[line].start + column) * self.pack
        here = self.pointed or row.points[first : first + 1]  # where the filter leaves nothing
        top = (line, column) == (0, 0)
        self._held = None if top or not here else here[0].id
        self.post_message(self.Pointed())

    def action_move(self, lines: int, columns: int) -> None:
        line, column = self._at
        if columns > 0 and self._lines and column + 1 >= self._lines[line].length:
            if line + 1 < len(self._lines) and self._lines[line + 1].start:
                self._go(line + 1, 0)
            return
        if columns < 0 and column == 0 and self._lines and self._lines[line].start:
            self._go(line - 1, self._columns - 1)
            return
        self._go(line + lines, column + columns)

    def action_page(self, pages: int) -> None:
        self._go(self._at[0] + pages * max(1, self.size.height - 1), self._at[1])

    def action_to_column(self, column: int) -> None:
        self._go(self._at[0], column if column >= 0 else self._columns)

    def action_to_line(self, line: int) -> None:
        self._go(line if line >= 0 else len(self._lines), self._at[1] if line < 0 else 0)

    def action_choose(self) -> None:
        if pointed := self.pointed:
            self.post_message(self.Chosen(pointed[0]))

    def on_click(self, event: events.Click) -> None:
        line = event.y + self.scroll_offset.y
        if line < len(self._lines):
            again = (line, event.x - HEAD) == self._at
            self._go(line, event.x - HEAD)
            if again:
                self.action_choose()

    def on_focus(self) -> None:
        self._forget(self._at[0])

    def on_blur(self) -> None:
        self._forget(self._at[0])


def _cell(rank: int) -> Piece:
    return ("·", DIM) if rank == UNMATCHED else (MARKS[rank].glyph, MARKS[rank].cell)


def _cells(ranks: Sequence[int]) -> list[Piece]:
    pieces: list[Piece] = []
    for rank, run in itertools.groupby(ranks):
        glyph, style = _cell(rank)
        pieces.append((glyph * len(list(run)), style))
    return pieces
