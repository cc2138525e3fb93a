"""One line of styled text that is drawn only when it changes."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.lines import Piece, strip_of


class TextLine(Widget):
    DEFAULT_CSS = "TextLine { height: 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pieces: list[Piece] = []

    def show(self, pieces: list[Piece]) -> None:
        if pieces != self._pieces:
            self._pieces = pieces
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return strip_of(self._pieces if y == 0 else [], self.size.width)
