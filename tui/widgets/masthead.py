"""The first line of every screen: where one is, how fresh the picture is, what time it is; and
under it, only when needed, a banner."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.desk import ALARM_S, STALE_S, Desk
from tui.feed import Line
from tui.look import BANNER, CRITICAL, GOOD, HERE, MUTED, PLAIN, RAISED, STRONG, WARNING
from tui.widgets.lines import Piece, spread, strip_of, width_of

TABS = ("coverage", "outages", "nodes", "events")
_UNDER = Style(bgcolor=RAISED)


class Masthead(Widget):
    """One line; `tab` is the screen that is shown."""

    DEFAULT_CSS = "Masthead { dock: top; height: 1; }"

    class Chosen(Message):
        """A click on a tab."""

        def __init__(self, tab: str) -> None:
            self.tab = tab
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.tab = ""
        self._drawn: list[Piece] = []
        self._ends: list[tuple[str, int]] = []  # where every tab ends on the line

    def show(self) -> None:
        """Takes the desk's present state; draws only if that changes anything."""
        clock: Piece = ("  " + self._desk.figures.clock(self._desk.clock.utc()) + " ", STRONG)
        for brief in (False, True):
            left, right = self._tabs(brief=brief), [*self._freshness(brief=brief), clock]
            if width_of(left) + width_of(right) + 2 <= self.size.width:
                break
        pieces = spread(left, right, self.size.width)
        if pieces != self._drawn:
            self._drawn = pieces
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return strip_of(self._drawn, self.size.width, _UNDER)

    def on_resize(self) -> None:
        self.show()

    def on_click(self, event: events.Click) -> None:
        """A tab opens its screen."""
        for tab, end in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(tab))
                return

    def _tabs(self, *, brief: bool) -> list[Piece]:
        say, picture = self._desk.say, self._desk.picture
        pieces: list[Piece] = [] if brief else [(" wanwatch ", STRONG)]
        self._ends = []
        for number, tab in enumerate(TABS, 1):
            name = say(f"console.tab.{tab}")
            if tab == "outages" and picture and picture.outages:
                name = f"{name} {self._desk.figures.number(len(picture.outages))}"
            if tab == self.tab:
                pieces.append((f" {name} ", HERE))
            else:
                pieces += [(f" {number}", MUTED), (f" {name} ", PLAIN)]
            self._ends.append((tab, width_of(pieces)))
        return pieces

    def _freshness(self, *, brief: bool) -> list[Piece]:
        say, line, age = self._desk.say, self._desk.feed.line, self._desk.age_s
        if line is not Line.LIVE:
            words = say(f"console.line.{line}")
            if brief and line is Line.LOST:
                words = say("console.line.lost.brief")
            if age is not None and brief:
                words += " " + self._desk.figures.timer(age)
            elif age is not None:
                words += say("console.line.old", age=self._desk.figures.span(age))
            return [("○ " + words, MUTED if line is Line.CONNECTING else CRITICAL)]
        age = age or 0.0
        words = say("console.age", age=self._desk.figures.span(age))
        if age >= ALARM_S:
            return [("▲ " + words, CRITICAL)]
        if age >= STALE_S:
            return [("▲ " + words, WARNING)]
        return [("● ", GOOD), (words, MUTED)]


class Banner(Widget):
    """Says what would make the rest of the screen misleading; absent when there is nothing."""

    DEFAULT_CSS = "Banner { dock: top; height: 1; margin-top: 1; display: none; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._words = ""

    def show(self) -> None:
        words = self._said()
        if words != self._words:
            self._words = words
            self.display = bool(words)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return strip_of([("  " + self._words, BANNER)], self.size.width, BANNER)

    def _said(self) -> str:
        say, feed = self._desk.say, self._desk.feed
        if feed.line in (Line.REFUSED, Line.STRANGE):
            return say(f"console.banner.{feed.line}", url=feed.client.url, reason=feed.trouble)
        if feed.line is Line.LOST:
            key = "console.banner.lost" if feed.picture else "console.banner.absent"
            return say(key, url=feed.client.url)
        if feed.picture and feed.picture.cut_off:
            return say("console.banner.cut_off")
        return ""
