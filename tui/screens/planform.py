"""The form that opens a maintenance window, or silences an outage, from now on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from exporters.client import ClientError
from exporters.schema.planned import MaintenanceIn, MaintenanceOut, SilenceIn, SilenceOut
from tui.desk import Desk
from tui.letters import folded, tidy
from tui.look import KEY, MUTED, PLAIN, STRONG, WARNING
from tui.screens.question import WIDTH
from tui.screens.view import Subject, trouble_key
from tui.widgets.lines import NAME_LEAST, Piece, squeezed, wrapped
from tui.widgets.textblock import TextBlock

USUAL = "2h"
LONGEST = timedelta(days=31)
_LENGTH = re.compile(
    r"(?:(?P<days>\d{1,3})(?:d|n|ngay|days?))?"
    r"(?:(?P<hours>\d{1,3})(?:h|g|gio|hours?))?"
    r"(?:(?P<minutes>\d{1,4})(?:m|p|ph|phut|min|minutes?)?)?"
)


def length_of(text: str) -> timedelta | None:
    """The length of time that `text` says, None when it says none, or more than `LONGEST`.

    >>> length_of("1h30"), length_of("90 phút"), length_of("2 ngày")
    (datetime.timedelta(seconds=5400), datetime.timedelta(seconds=5400), datetime.timedelta(days=2))
    """
    said = _LENGTH.fullmatch(folded(text).replace(" ", ""))
    if said is None:
        return None
    length = timedelta(**{unit: int(count or 0) for unit, count in said.groupdict().items()})
    return length if timedelta(0) < length <= LONGEST else None


class PlanForm(ModalScreen[MaintenanceOut | SilenceOut | None]):
    """Dismissed with what was made."""

    BINDINGS = [Binding("escape", "dismiss(None)", show=False)]  # noqa: RUF012

    def __init__(
        self, desk: Desk, kind: Literal["maintenance", "silence"], subject: Subject
    ) -> None:
        super().__init__()
        self._desk = desk
        self._kind = kind
        self._subject = subject
        self._length = Input(USUAL, id="length", compact=True)
        self._reason = Input(id="reason", compact=True, max_length=200)
        self._trouble = ""
        self._title, self._until, self._ask, self._foot = (TextBlock() for _ in range(4))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield self._title
            yield self._until
            yield self._length
            yield self._ask
            yield self._reason
            yield self._foot

    def on_mount(self) -> None:
        self._reason.focus()
        self.set_interval(1.0, self._show)
        self._show()

    def _show(self) -> None:
        say = self._desk.say
        name: Piece = (tidy(self._subject.name), STRONG)
        title: list[Piece] = [(say(f"console.plan.{self._kind}") + " ", PLAIN), name]
        effect = say(f"console.plan.effect.{self._kind}")
        self._title.show([squeezed(title, WIDTH, {1: NAME_LEAST}), [(effect, MUTED)], []])
        self._until.show([[(say("console.plan.length") + "  ", MUTED), self._ending()]])
        self._ask.show([[], [(say("console.plan.why"), MUTED)]])
        keys: list[Piece] = [
            ("⏎", KEY), (f" {say('console.plan.make')}   ", MUTED),
            ("tab", KEY), (f" {say('console.plan.field')}   ", MUTED),
            ("esc", KEY), (f" {say('console.key.back')}", MUTED),
        ]  # fmt: skip
        trouble = wrapped([[("", MUTED), (self._trouble, WARNING)]], WIDTH)
        self._foot.show([[], *trouble, keys])

    def _ending(self) -> Piece:
        """When it would be over."""
        say, now = self._desk.say, self._desk.clock.utc()
        length = length_of(self._length.value)
        if length is None:
            return say("console.plan.examples", days=LONGEST.days), WARNING
        return say("console.plan.until", at=self._desk.figures.stamp(now + length, now)), PLAIN

    @on(Input.Changed)
    def _typed(self) -> None:
        self._trouble = ""
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if length_of(self._length.value) is None:
            self._length.focus()
        elif not tidy(self._reason.value):
            self._trouble = self._desk.say("console.plan.no_reason")
            self._reason.focus()
            self._show()
        else:
            self._make()

    @work(group="make", exclusive=True)
    async def _make(self) -> None:
        desk, length = self._desk, length_of(self._length.value)
        if length is None:
            return
        now, why, target = desk.clock.utc(), tidy(self._reason.value), self._subject.target
        if target.startswith("group:site:"):  # all that stands at a site; nobody declares that
            target = target.removeprefix("group:")
        try:
            made: MaintenanceOut | SilenceOut
            if self._kind == "maintenance":
                window = MaintenanceIn(
                    targets=[target], starts=now, ends=now + length, author=desk.author, comment=why
                )
                made = await desk.client.add_window(window)
            else:
                silence = SilenceIn(
                    matchers={"outage": target}, starts=now, ends=now + length,
                    author=desk.author, comment=why,
                )  # fmt: skip
                made = await desk.client.add_silence(silence)
            self.dismiss(made)
        except ClientError as error:
            self._trouble = f"{desk.say(trouble_key(error))}: {tidy(error.reason)}"
            self._show()
