"""A question back, before what cannot be taken back is done."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.desk import Desk
from tui.look import KEY, MUTED
from tui.widgets.lines import Piece
from tui.widgets.textblock import TextBlock

WIDTH = 68  # what a dialog has for its lines on a small terminal


class Question(ModalScreen[bool]):
    """Dismissed with whether it was agreed to. `agree`: the catalogue's word for that, "" where
    there is something to be told and nothing to agree to."""

    BINDINGS = [  # noqa: RUF012
        Binding("enter,y", "answer(True)", show=False),
        Binding("escape,n,q", "answer(False)", show=False),
    ]

    def __init__(self, desk: Desk, lines: Sequence[Sequence[Piece]], agree: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._lines = lines
        self._agree = agree

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield TextBlock()

    def on_mount(self) -> None:
        say = self._desk.say
        keys: list[Piece] = [("esc", KEY), (f" {say('console.key.back')}", MUTED)]
        if self._agree:
            keys = [("⏎", KEY), (f" {say(self._agree)}   ", MUTED), *keys]
        self.query_one(TextBlock).show([*self._lines, [], keys])

    def action_answer(self, agreed: bool) -> None:
        self.dismiss(agreed and bool(self._agree))
