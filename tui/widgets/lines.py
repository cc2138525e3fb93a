"""Lines of styled text: the one way that our widgets build a `Strip`."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.look import BACKGROUND

Piece = tuple[str, Style]


def width_of(pieces: list[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def strip_of(pieces: list[Piece], width: int, under: Style = BACKGROUND) -> Strip:
    """The pieces on one line of exactly `width` cells, on the ground that `under` gives."""
    segments = [Segment(text, under + style) for text, style in pieces if text]
    return Strip(segments).adjust_cell_length(width, under)


def spread(left: list[Piece], right: list[Piece], width: int) -> list[Piece]:
    """`left` and `right` at the two ends of a line; when it is too short the left is cut."""
    room = width - width_of(right)
    gap = room - width_of(left)
    if gap >= 0:
        return [*left, (" " * gap, Style.null()), *right]
    kept = Strip([Segment(text, style) for text, style in left]).crop(0, max(0, room))
    return [*((segment.text, segment.style or Style.null()) for segment in kept), *right]
