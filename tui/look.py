"""The look: colours and glyphs. Every state has a glyph of its own, so that colour is a help and
never the only sign; planned work is drawn hollow."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual.theme import Theme

INK = "#c9d1d9"
QUIET = "#7d8794"
FAINT = "#454d58"
GROUND = "#0e1116"
RAISED = "#171c23"
ACCENT = "#6cb6ff"
GREEN = "#3fa66b"
CALM = "#2f7d50"  # thousands of cells in full green would shout louder than one in red
RED = "#ff5d5d"
CALM_BLUE = "#4a84bd"
AMBER = "#f2a93b"
GREY = "#9aa4b2"
VIOLET = "#b18cf0"

THEME = Theme(
    name="wanwatch",
    primary=ACCENT,
    accent=ACCENT,
    foreground=INK,
    background=GROUND,
    surface=GROUND,
    panel=RAISED,
    success=GREEN,
    warning=AMBER,
    error=RED,
    dark=True,
    variables={
        "scrollbar": FAINT,
        "scrollbar-hover": QUIET,
        "scrollbar-active": ACCENT,
        "scrollbar-background": GROUND,
        "scrollbar-background-hover": GROUND,
        "scrollbar-background-active": GROUND,
        "scrollbar-corner-color": GROUND,
        "input-selection-background": f"{ACCENT} 35%",
    },
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How one state is drawn: `cell` in the heat grid, `style` wherever it stands in text.
    `key` is the state's name in the catalogue."""

    key: str
    glyph: str
    style: Style
    cell: Style


def _mark(key: str, glyph: str, colour: str, cell: Style | None = None) -> Mark:
    style = Style(color=colour)
    return Mark(key, glyph, style, cell or style)


# By Point.rank, worst first.
MARKS = (
    _mark("down", "×", RED, Style(color=GROUND, bgcolor=RED, bold=True)),
    _mark("unreachable", "◆", AMBER),
    _mark("unknown", "?", GREY),
    _mark("planned", "◇", VIOLET),
    _mark("maintenance", "□", VIOLET),
    _mark("up", "■", GREEN, Style(color=CALM)),
)

DOWN, UNREACHABLE, UNKNOWN, PLANNED, MAINTENANCE, UP = MARKS

BACKGROUND = Style(bgcolor=GROUND)
PLAIN = Style(color=INK)
STRONG = Style(color="#f0f4f8", bold=True)
MUTED = Style(color=QUIET)
DIM = Style(color=FAINT)
KEY = Style(color=ACCENT)
CHART = Style(color=CALM_BLUE)
CHART_RTT = Style(color=CALM)
CRITICAL = Style(color=RED, bold=True)
WARNING = Style(color=AMBER)
GOOD = Style(color=GREEN)
BANNER = Style(color=GROUND, bgcolor=RED, bold=True)
HERE = Style(color=GROUND, bgcolor=ACCENT, bold=True)
CHOSEN = Style(bgcolor="#223146")
CURSOR = Style(color=GROUND, bgcolor="#f0f4f8", bold=True)


_CALM = (Style(color=CALM).color, Style(color=FAINT).color)


def faded(style: Style) -> Style:
    """`style` as it looks in a picture that is no longer live: its weight stays, colour goes."""
    if style.bgcolor is not None:
        return Style(color=GROUND, bgcolor=QUIET, bold=style.bold)
    return Style(color=FAINT if style.color in _CALM else QUIET, bold=style.bold)
