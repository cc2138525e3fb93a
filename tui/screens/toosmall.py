"""What is shown instead of everything where there is no room for it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import ModalScreen

from tui.desk import Desk
from tui.look import MUTED, STRONG
from tui.widgets.textblock import TextBlock

LEAST = Size(60, 16)


def too_small(size: Size) -> bool:
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmall(ModalScreen[None]):
    """Goes away by itself when the terminal has grown."""

    BINDINGS = [Binding("q", "app.quit", show=False)]  # noqa: RUF012

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._words = TextBlock()

    def compose(self) -> ComposeResult:
        yield self._words

    def on_resize(self, event: events.Resize) -> None:
        if not too_small(event.size) and self.is_current:
            self.dismiss(None)
            return
        say = self._desk.say
        self._words.show(
            [
                [
                    (
                        say("console.small.now", width=event.size.width, height=event.size.height),
                        STRONG,
                    )
                ],
                [(say("console.small.least", width=LEAST.width, height=LEAST.height), MUTED)],
            ]
        )
