"""A few lines of styled text, drawn only when they change and as high as there are lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from tui.look import faded
from tui.widgets.lines import Piece, strip_of


class TextBlock(Widget):
    DEFAULT_CSS = "TextBlock { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._shown: list[list[Piece]] = []

    def show(self, lines: Sequence[Sequence[Piece]], *, grey: bool = False) -> None:
        """Shows these lines; `grey` when they are no longer the present."""
        shown = [
            [(text, faded(style)) for text, style in line] if grey else list(line) for line in lines
        ]
        if shown == self._shown:
            return
        if len(shown) != len(self._shown):
            self.styles.height = max(1, len(shown))
        self._shown = shown
        self.refresh()

    def render_line(self, y: int) -> Strip:
        return strip_of(self._shown[y] if y < len(self._shown) else [], self.size.width)
