"""Several tables in one place: all at once where there is room, else one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.desk import Desk
from tui.look import DIM, HERE, MUTED, PLAIN
from tui.widgets.lines import Piece
from tui.widgets.rowtable import RowTable
from tui.widgets.textblock import TextBlock

ROOM_FOR_ALL = 26


class Sections(Vertical):
    """`parts`: pairs of a title's key in the catalogue and its table; `shares` is how the height
    is divided when all are shown. Left and right go from one to the next."""

    DEFAULT_CSS = """
    Sections { height: 1fr; }
    Sections > TextBlock { margin-top: 1; }
    Sections > TextBlock.-first { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "turn(-1)", show=False),
        Binding("right,l", "turn(1)", show=False),
    ]

    def __init__(
        self, desk: Desk, parts: Sequence[tuple[str, RowTable[Any]]], shares: Sequence[int]
    ) -> None:
        super().__init__()
        self._desk = desk
        self._parts = parts
        self._shares = shares
        self._titles = [
            TextBlock(classes="" if number else "-first") for number in range(len(parts))
        ]
        self._counts: list[int | None] = [None] * len(parts)
        self._active = 0
        self._together = True

    def compose(self) -> ComposeResult:
        for title, (_, table) in zip(self._titles, self._parts, strict=True):
            yield title
            yield table

    def on_mount(self) -> None:
        for (_, table), share in zip(self._parts, self._shares, strict=True):
            table.styles.height = f"{share}fr"

    def on_resize(self, event: events.Resize) -> None:
        self._together = event.size.height >= ROOM_FOR_ALL
        self._arrange()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click gives the keys to a table without turning to it."""
        for number, (_, table) in enumerate(self._parts):
            if table is event.widget and number != self._active:
                self._active = number
                self.show(self._counts)

    def show(self, counts: Sequence[int | None]) -> None:
        """Writes the titles, with how many rows each table has."""
        self._counts = list(counts)
        for (_, table), count in zip(self._parts, counts, strict=True):
            # A short table leaves its room to the others; heading and a word when empty.
            table.styles.max_height = (count or 1) + 2 if self._together else None
        for number, title in enumerate(self._titles):
            shown = range(len(self._parts)) if not self._together else (number,)
            title.show([[piece for part in shown for piece in self._title(part)]])

    def _title(self, number: int) -> list[Piece]:
        key, count = self._parts[number][0], self._counts[number]
        here = number == self._active
        style = HERE if here and not self._together else PLAIN if here else MUTED
        words = self._desk.say(key)
        pieces: list[Piece] = [(" ", DIM), (f" {words} " if style is HERE else words, style)]
        if count:
            pieces.append((f" {self._desk.figures.number(count)}", MUTED))
        return [*pieces, ("  ", DIM)]

    def _arrange(self) -> None:
        for number, (title, (_, table)) in enumerate(zip(self._titles, self._parts, strict=True)):
            seen = self._together or number == self._active
            title.display = table.display = seen
            title.set_class(number == 0 or not self._together, "-first")
        self.show(self._counts)

    def action_turn(self, step: int) -> None:
        self._active = (self._active + step) % len(self._parts)
        self._arrange()
        self._parts[self._active][1].focus()
