"""Help: what the keys do and what the glyphs mean."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from tui.desk import Desk
from tui.look import KEY, MARKS, MUTED, PLAIN, STRONG, UP
from tui.widgets.lines import Piece
from tui.widgets.textblock import TextBlock

KEYS = (
    ("1 2 3 4 tab", "screens"),
    ("↑↓←→ hjkl", "move"),
    ("⏎", "open"),
    ("esc", "back"),
    ("/", "filter"),
    (": ctrl+p", "palette"),
    ("s", "order"),
    ("w", "whatif"),
    ("d", "drift"),
    ("p", "planned"),
    ("m S x", "plan"),
    ("L", "language"),
    ("q", "quit"),
)


class Help(ModalScreen[None]):
    BINDINGS = [  # noqa: RUF012
        Binding("escape,question_mark,q,enter", "dismiss(None)", show=False)
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield TextBlock()

    def on_mount(self) -> None:
        self.query_one(TextBlock).show(self._lines())

    def _lines(self) -> list[list[Piece]]:
        say = self._desk.say
        lines: list[list[Piece]] = [[(say("console.help.keys"), STRONG)]]
        lines += [
            [(f"  {key:<12}", KEY), (say(f"console.help.{word}"), PLAIN)] for key, word in KEYS
        ]
        lines += [[], [(say("console.help.glyphs"), STRONG)]]
        for mark in (UP, *MARKS[:-1]):
            lines.append(
                [
                    (f"  {mark.glyph}  ", mark.style),
                    (f"{say(f'console.state.{mark.key}'):<20}", PLAIN),
                    (say(f"console.meaning.{mark.key}"), MUTED),
                ]
            )
        return [*lines, [], *([(line, MUTED)] for line in say("console.help.note").splitlines())]
