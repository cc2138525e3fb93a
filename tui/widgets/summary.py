"""The country at a glance: one great figure, and the counts beside it."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.desk import Desk
from tui.look import (
    CRITICAL,
    DOWN,
    GOOD,
    MAINTENANCE,
    MUTED,
    STRONG,
    UNKNOWN,
    UNREACHABLE,
    UP,
    WARNING,
    faded,
)
from tui.picture import Picture
from tui.widgets.lines import Piece, strip_of, width_of

_DIGITS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", "▀▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
    ",": (" ", " ", "█"),
    "–": ("   ", "▀▀▀", "   "),
}
GAP = "   "


class Summary(Widget):
    """Three lines high."""

    DEFAULT_CSS = "Summary { height: 3; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._drawn: list[list[Piece]] = [[], [], []]

    def show(self) -> None:
        """Takes the desk's picture; draws only if that changes anything."""
        pieces = [self._figure(line) + self._words(line) for line in range(3)]
        if self._desk.faded:
            pieces = [[(text, faded(style)) for text, style in line] for line in pieces]
        if pieces != self._drawn:
            self._drawn = pieces
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return strip_of(self._drawn[y], self.size.width)

    def on_resize(self) -> None:
        self.show()

    def _figure(self, line: int) -> list[Piece]:
        picture, figures = self._desk.picture, self._desk.figures
        share = figures.share(picture.coverage.ratio) if picture else "–"
        style = self._tone()
        text = " ".join(_DIGITS[character][line] for character in share)
        return [("  " + text, style), (" %" if line == 2 else "  ", style), (GAP, style)]

    def _tone(self) -> Style:
        picture = self._desk.picture
        if picture is None:
            return MUTED
        coverage = picture.coverage
        if coverage.down + coverage.unreachable:
            return CRITICAL
        return GOOD if coverage.up == coverage.total else WARNING

    def _words(self, line: int) -> list[Piece]:
        picture, say, number = self._desk.picture, self._desk.say, self._desk.figures.number
        if picture is None:
            return [(say("console.waiting.daemon"), MUTED)] if line == 1 else []
        coverage = picture.coverage
        if line == 0:
            return [
                (number(coverage.up), STRONG),
                (say("console.summary.of", total=number(coverage.total)), MUTED),
                (say("console.summary.provinces", count=len(picture.provinces)), MUTED),
            ]
        if line == 2:
            return self._outages(picture)
        counts = {
            "up": coverage.up,
            "down": coverage.down,
            "unreachable": coverage.unreachable,
            "unknown": coverage.unknown,
            "maintenance": coverage.maintenance,
        }
        pieces: list[Piece] = []
        room = self.size.width - width_of(self._figure(0))
        wide = room > 80
        for mark in (*((UP,) if wide else ()), DOWN, UNREACHABLE, UNKNOWN, MAINTENANCE):
            count = counts[mark.key]
            style = mark.style if count else MUTED
            word = say(f"console.state.{mark.key}") if wide else say(f"console.short.{mark.key}")
            pieces += [
                (mark.glyph + " ", style),
                (number(count), style + Style(bold=bool(count))),
                (f" {word}" + (GAP if wide else "  "), MUTED),
            ]
        return pieces

    def _outages(self, picture: Picture) -> list[Piece]:
        say, number = self._desk.say, self._desk.figures.number
        if not picture.outages:
            return [(say("console.outages.none"), MUTED)]
        critical = sum(outage.severity == "critical" for outage in picture.outages)
        style = CRITICAL if critical else WARNING
        pieces = [(how_many(self._desk, len(picture.outages)), style)]
        if critical:
            pieces.append((say("console.summary.critical", count=number(critical)), CRITICAL))
        return pieces


def how_many(desk: Desk, outages: int) -> str:
    """`7 outages`, and in languages that care `1 outage`."""
    key = "console.summary.outages.one" if outages == 1 else "console.summary.outages"
    return desk.say(key, count=desk.figures.number(outages))
