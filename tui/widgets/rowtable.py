"""A table of any number of rows, of which only those on the screen are ever drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.desk import Desk
from tui.letters import fitted
from tui.look import CHOSEN, DIM, MUTED, faded
from tui.widgets.lines import Piece, cropped, strip_of, width_of

T = TypeVar("T")

Cell = Piece | list[Piece]  # a list is laid out as it is, a single piece is fitted
GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """`title` is a key of the catalogue, "" for none. `width` 0 takes what is left, shared among
    all such columns, up to `most` cells. Shown only in tables at least `least` cells wide. What
    is too long keeps its last `tail` characters."""

    title: str
    width: int = 0
    right: bool = False
    least: int = 0
    most: int = 48
    tail: int = 0


@lru_cache(maxsize=256)
def widths_for(columns: tuple[Column, ...], width: int) -> tuple[int, ...]:
    """The width of every column in a table of `width` cells; -1 for those not shown."""
    shown = [column for column in columns if width >= column.least]
    room = width - 1 - sum(column.width + len(GAP) for column in shown)
    flexible = sum(1 for column in shown if not column.width)
    widths = []
    for column in columns:
        if width < column.least:
            widths.append(-1)
        elif column.width:
            widths.append(column.width)
        else:
            widths.append(max(1, min(column.most, room // flexible)))
            room, flexible = room - widths[-1], flexible - 1
    return tuple(widths)


class RowTable(ScrollView, Generic[T], can_focus=True):
    """`draw` gives a row's cells, one for each column; `key` is what the cursor holds on to when
    rows come, go and change places."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "to_row(0)", show=False),
        Binding("end,G", "to_row(-1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Chosen(Message):
        """Enter, or a click on the row under the cursor; read it from `pointed`."""

        def __init__(self, table: RowTable[Any]) -> None:
            self.table = table
            super().__init__()

        @property
        def control(self) -> RowTable[Any]:
            return self.table

    class Pointed(Message):
        """The cursor was moved to another row."""

    def __init__(
        self,
        desk: Desk,
        columns: tuple[Column, ...],
        draw: Callable[[T], Sequence[Cell]],
        key: Callable[[T], Hashable],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._desk = desk
        self._columns = columns
        self._draw = draw
        self._key = key
        self._rows: Sequence[T] = ()
        self._order: Sequence[int] = ()
        self._empty = ""
        self._grey = False
        self._place = 0
        self._held: Hashable = None
        self._drawn: dict[int, list[Piece]] = {}
        self._sorted_by = ""

    # What is shown

    def show(
        self,
        rows: Sequence[T],
        order: Sequence[int] | None = None,
        *,
        empty: str = "",
        grey: bool = False,
        sorted_by: str = "",
        columns: tuple[Column, ...] = (),
    ) -> None:
        """Shows `rows[i] for i in order`; draws only lines that look different from before.

        `empty` is said where there is no row; `sorted_by` is the title to mark as the order;
        `columns` are to be used instead of those of before.
        """
        if columns and columns is not self._columns:
            self._columns = columns
            self._forget()
        self._rows = rows
        self._order = range(len(rows)) if order is None else order
        self._empty, self._grey, self._sorted_by = empty, grey, sorted_by
        self._keep_place()
        self._measure()
        self._redraw_changed()

    @property
    def pointed(self) -> T | None:
        """The row under the cursor."""
        return self._rows[self._order[self._place]] if self._place < len(self._order) else None

    def seek(self, key: Hashable) -> None:
        """Puts the cursor on the row with this key, if it is there."""
        for place, index in enumerate(self._order):
            if self._key(self._rows[index]) == key:
                self._go(place)
                return

    @property
    def _heading(self) -> int:
        return 1 if any(column.title for column in self._columns) else 0

    def _keep_place(self) -> None:
        row = self.pointed
        if row is None or self._key(row) != self._held:
            place = next(
                (
                    place
                    for place, index in enumerate(self._order)
                    if self._held is not None and self._key(self._rows[index]) == self._held
                ),
                min(self._place, max(0, len(self._order) - 1)) if self._held is not None else 0,
            )
            self._place = place
        row = self.pointed
        if self._held is not None and row is not None:
            self._held = self._key(row)

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._order) + self._heading)

    def _redraw_changed(self) -> None:
        for y, before in list(self._drawn.items()):
            if self._pieces(y) != before:
                del self._drawn[y]
                self.refresh_lines(self.scroll_offset.y + y)

    def on_resize(self, event: events.Resize) -> None:
        self._forget()
        self._measure()
        self.call_after_refresh(self._into_view)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._forget()

    def _forget(self) -> None:
        """Draws everything again: what is drawn and what is remembered of it must not differ."""
        self._drawn.clear()
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        pieces = self._drawn.get(y)
        if pieces is None:
            pieces = self._drawn[y] = self._pieces(y)
        here = y >= self._heading and self._row_at(y) == self._place and self._order
        if here and self.has_focus:
            return strip_of(pieces, self.size.width, CHOSEN)
        return strip_of(pieces, self.size.width)

    def _row_at(self, y: int) -> int:
        return y - self._heading + self.scroll_offset.y

    def _pieces(self, y: int) -> list[Piece]:
        if y < self._heading:
            cells: Sequence[Cell] = [(self._title(column), MUTED) for column in self._columns]
            return self._laid_out(cells)
        place = self._row_at(y)
        if place >= len(self._order):
            empty = not self._order and y == self._heading + (1 if self.size.height > 4 else 0)
            return [(fitted(f"  {self._empty}", self.size.width), MUTED)] if empty else []
        pieces = self._laid_out(self._draw(self._rows[self._order[place]]))
        return [(text, faded(style)) for text, style in pieces] if self._grey else pieces

    def _title(self, column: Column) -> str:
        if not column.title:
            return ""
        return self._desk.say(column.title) + (" ▾" if column.title == self._sorted_by else "")

    def _laid_out(self, cells: Sequence[Cell]) -> list[Piece]:
        pieces: list[Piece] = [(" ", DIM)]
        widths = widths_for(self._columns, self.size.width)
        for column, width, cell in zip(self._columns, widths, cells, strict=True):
            if width < 0:
                continue
            if isinstance(cell, tuple):
                pieces.append((_fit(cell[0], column, width), cell[1]))
            else:
                pieces += _padded(cell, width)
            pieces.append((GAP, DIM))
        return pieces

    # The cursor

    def _go(self, place: int) -> None:
        place = min(max(place, 0), max(0, len(self._order) - 1))
        if place != self._place:
            for line in (self._place, place):
                self.refresh_lines(line + self._heading)
            self._place = place
            self.post_message(self.Pointed())
        row = self.pointed
        self._held = self._key(row) if row is not None and place else None
        self._into_view()

    def _into_view(self) -> None:
        """Scrolls so that the cursor's line is seen, which the heading must not cover."""
        top, height = self.scroll_offset.y, max(1, self.size.height - self._heading)
        if self._place < top:
            self.scroll_to(y=self._place, animate=False, force=True)
        elif self._place >= top + height:
            self.scroll_to(y=self._place - height + 1, animate=False, force=True)

    def action_move(self, rows: int) -> None:
        self._go(self._place + rows)

    def action_page(self, pages: int) -> None:
        self._go(self._place + pages * max(1, self.size.height - self._heading - 1))

    def action_to_row(self, place: int) -> None:
        self._go(place if place >= 0 else len(self._order))

    def action_choose(self) -> None:
        if self.pointed is not None:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        place = self._row_at(event.y)
        if event.y >= self._heading and place < len(self._order):
            again = place == self._place
            self._go(place)
            if again:
                self.action_choose()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


def _fit(text: str, column: Column, width: int) -> str:
    return fitted(text, width, right=column.right, tail=column.tail)


def _padded(pieces: list[Piece], width: int) -> list[Piece]:
    missing = width - width_of(pieces)
    return [*pieces, (" " * missing, DIM)] if missing >= 0 else cropped(pieces, width)
