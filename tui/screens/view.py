"""A view: masthead, banner, a body, a filter that comes with `/`, and the keys."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from exporters.client import ClientError, MissingError
from tui.desk import Desk
from tui.feed import meaning
from tui.widgets.keybar import Keybar
from tui.widgets.masthead import Banner, Masthead
from tui.widgets.textblock import TextBlock

log = logging.getLogger(__name__)

Keys = Sequence[tuple[str, str]]
Kind: TypeAlias = Literal["province", "site", "node", "outage"]
COMMON_KEYS: Keys = (
    ("/", "console.key.filter"),
    (":", "console.key.go"),
    ("1-4", "console.key.screens"),
    ("?", "console.key.help"),
    ("q", "console.key.quit"),
)
LIST_KEYS: Keys = (
    ("⏎", "console.key.open"),
    ("s", "console.key.order"),
    ("w", "console.key.whatif"),
)
INNER_KEYS: Keys = (("esc", "console.key.back"), *COMMON_KEYS)


def trouble_key(error: ClientError) -> str:
    """What the catalogue calls it when something could not be fetched, or done."""
    gone = isinstance(error, MissingError)
    return "console.gone" if gone else f"console.line.{meaning(error)}"


class Open(Message):
    """Asks the console to open a province, a site, a node or an outage by its id."""

    def __init__(self, kind: Kind, id_: str) -> None:
        self.kind = kind
        self.id = id_
        super().__init__()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a view, or its cursor, is on: as the API's `whatif` names it, and as people do. `now`:
    whether its failure is judged on top of what is broken already."""

    target: str
    name: str
    now: bool = True


class WhatIf(Message):
    """Asks the console to show what would happen if it failed."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        super().__init__()


class Plan(Message):
    """Asks the console for a maintenance window of the subject, or a silence of that outage."""

    def __init__(self, kind: Literal["maintenance", "silence"], subject: Subject) -> None:
        self.kind = kind
        self.subject = subject
        super().__init__()


class View(Screen[None]):
    """Subclasses give `body` and `show`; `show` is called once a second while the view is seen,
    and never while it is not. With `EVERY_S` their `fetch` is awaited as often, just then too."""

    KEYS: ClassVar[Keys] = ()
    EVERY_S: ClassVar[float | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.next_tab(1)", show=False),
        Binding("shift+tab", "app.next_tab(-1)", show=False),
        Binding("slash", "filter", show=False),
        Binding("w", "whatif", show=False),
        Binding("m", "maintain", show=False),
        Binding("S", "silence", show=False),
        Binding("escape", "back", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.wanted = ""
        self._trouble = ""  # a key of the catalogue: why nothing more could be fetched
        self._language = desk.language
        self._left: Widget | None = None  # who had the keys before the filter took them
        self._masthead, self._banner = Masthead(desk), Banner(desk)
        self._filter = Input(id="filter", compact=True, classes="-hidden")
        self.head = TextBlock(classes="headline")

    def compose(self) -> ComposeResult:
        self._masthead.tab = self.app.current_mode
        yield self._masthead
        yield self._banner
        yield from self.body()
        yield self._filter
        yield Keybar(self.desk, self.KEYS)

    def body(self) -> Iterable[Widget]:
        """The widgets between banner and keys."""
        raise NotImplementedError

    def show(self) -> None:
        """Gives the body the desk's present picture."""
        raise NotImplementedError

    async def fetch(self) -> None:
        """Asks the daemon for what the picture does not hold. Raises ClientError."""
        raise NotImplementedError

    @property
    def trouble(self) -> str:
        """Why what is shown is not the present, "" while it is."""
        return self.desk.say(self._trouble) if self._trouble else ""

    def subject(self) -> Subject | None:
        """What `w` asks about and `m` plans work on; nothing in most views."""
        return None

    def outage(self) -> Subject | None:
        """The outage at hand by its id, which `S` silences; none in most views."""
        return None

    def action_whatif(self) -> None:
        """Asks what would happen if it failed."""
        if (subject := self.subject()) is not None:
            self.post_message(WhatIf(subject))

    def action_maintain(self) -> None:
        """Asks for a maintenance window."""
        if (subject := self.subject()) is not None:
            self.post_message(Plan("maintenance", subject))

    def action_silence(self) -> None:
        """Asks for a silence."""
        if (outage := self.outage()) is not None:
            self.post_message(Plan("silence", outage))

    def tick(self) -> None:
        """Shows the present second."""
        if self._language != self.desk.language:
            self._language = self.desk.language
            for widget in self.query(Widget):
                widget.refresh()
        self._masthead.show()
        self._banner.show()
        self.show()

    def on_screen_resume(self) -> None:
        self.tick()
        if self.EVERY_S is not None:
            self._keep_fetching()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "fetch")

    @work(group="fetch", exclusive=True)
    async def _keep_fetching(self) -> None:
        while self.EVERY_S is not None:
            try:
                await self.fetch()
                self._trouble = ""
            except ClientError as error:
                if not isinstance(error, MissingError):
                    log.warning("fetch failed: %s", error)
                self._trouble = trouble_key(error)
            self.tick()
            await asyncio.sleep(self.EVERY_S)

    # The filter, and the way back

    def action_filter(self) -> None:
        if self.focused is not self._filter:
            self._left = self.focused
        self._filter.placeholder = self.desk.say("console.filter.hint")
        self._filter.remove_class("-hidden")
        self._filter.focus()

    def action_back(self) -> None:
        """Undoes the last step: first the filter, then the view itself."""
        if self.wanted or self._filter.has_focus:
            self._end_filter()
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def _end_filter(self) -> None:
        self._filter.value = ""
        self._filter.add_class("-hidden")
        self.focus_body()

    def focus_body(self) -> None:
        """Gives the keys back to the part of the body that had them."""
        for widget in (self._left, *self.query(Widget)):
            if widget is None or widget is self._filter:
                continue
            if widget.focusable and widget.display:
                widget.focus()
                return

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.wanted = event.value.strip()
        self.show()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        if not self.wanted:
            self._end_filter()
        self.focus_body()
