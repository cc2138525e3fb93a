"""Lines of styled text: the one way that our widgets build a `Strip`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.letters import fitted
from tui.look import BACKGROUND, MUTED

Piece = tuple[str, Style]

NAME_TAIL = 10  # names of routers begin alike and end in the name of the place
NAME_LEAST = 20


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


def cropped(pieces: list[Piece], width: int) -> list[Piece]:
    """The pieces in exactly `width` cells; the last of them gives way."""
    missing = width - width_of(pieces)
    if missing >= 0:
        return [*pieces, (" " * missing, BACKGROUND)]
    *first, (text, style) = pieces
    return [*first, (fitted(text, max(0, width - width_of(first) - 2)), style), ("  ", BACKGROUND)]


def squeezed(pieces: Sequence[Piece], width: int, gives: Mapping[int, int]) -> list[Piece]:
    """The pieces in at most `width` cells: those whose place among them is in `gives` give way,
    one after the other, each down to so many cells."""
    found = list(pieces)
    for place, least in gives.items():
        text, style = found[place]
        long, over = cell_len(text), width_of(found) - width
        if over > 0 and long > least:
            found[place] = fitted(text, max(least, long - over), tail=NAME_TAIL), style
    return found


def wrapped(lines: Sequence[list[Piece]], width: int) -> list[list[Piece]]:
    """Lines of a label and its words, with words that find no room continued beneath themselves."""
    found: list[list[Piece]] = []
    for label, (words, style) in lines:
        room = max(1, width - cell_len(label[0]) - 1)
        first, *more = _broken(words, room)
        found.append([label, (first, style)])
        found += [[(" " * cell_len(label[0]), MUTED), (part, style)] for part in more]
    return found


def _broken(words: str, room: int) -> list[str]:
    """`words` in parts of at most `room` cells, broken between words where there are any."""
    parts = [""]
    for word in words.split(" "):
        longer = f"{parts[-1]} {word}" if parts[-1] else word
        if cell_len(longer) <= room or not parts[-1]:
            parts[-1] = fitted(longer, room) if cell_len(longer) > room else longer
        else:
            parts.append(fitted(word, room) if cell_len(word) > room else word)
    return parts


def labelled(facts: Sequence[tuple[str, str, Style]]) -> list[list[Piece]]:
    """A line for each label with its words, the words beneath each other."""
    width = max(cell_len(label) for label, _, _ in facts) + 2
    return [
        [("   " + fitted(label, width), MUTED), (words, style)] for label, words, style in facts
    ]
