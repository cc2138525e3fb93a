"""The last line of every screen: the keys that matter here."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.desk import Desk
from tui.look import KEY, MUTED, RAISED
from tui.widgets.lines import Piece, strip_of, width_of

HELP = "?"
GAP = "  "
_UNDER = Style(bgcolor=RAISED)


class Keybar(Widget):
    """`keys`: pairs of a key and the catalogue's word for what it does, most useful first; those
    that find no room are left out, but never `?`, which shows them all."""

    DEFAULT_CSS = "Keybar { dock: bottom; height: 1; }"

    def __init__(self, desk: Desk, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._desk = desk
        self._keys = keys

    def render_line(self, y: int) -> Strip:
        pieces: list[Piece] = [(" ", MUTED)]
        said = [self._said(key, word) for key, word in self._keys]
        kept = next((words for words in said if words[0][0] == HELP), [])
        room = self.size.width - width_of(kept)
        for words in said:
            if words is kept:
                room += width_of(kept)
            elif width_of(pieces) + width_of(words) - len(GAP) > room:
                continue
            pieces += words
        return strip_of(pieces, self.size.width, _UNDER)

    def _said(self, key: str, word: str) -> list[Piece]:
        return [(key, KEY), (f" {self._desk.say(word)}{GAP}", MUTED)]
