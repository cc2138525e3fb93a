"""Vietnamese letters: search that ignores accents, alphabetical order, and width on a screen."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

_LETTERS = {
    letter: place for place, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng
_OFFICE = ("tỉnh ", "thành phố ", "thủ đô ", "province of ")

SortKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """`text` in lower case without marks, đ as d: what a search compares.

    >>> folded("Đắk Lắk")
    'dak lak'
    """
    bare = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c)).replace("đ", "d")


@lru_cache(maxsize=65536)
def sort_key(text: str) -> SortKey:
    """Key of the Vietnamese alphabetical order: syllable by syllable, as dictionaries do, first
    by letters (a ă â … d đ …), between equal ones by tone (ngang huyền hỏi ngã sắc nặng)."""
    return tuple(_syllable(word) for word in text.casefold().split())


def _syllable(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    toneless = "".join(c for c in unicodedata.normalize("NFD", word) if c not in _TONES)
    tones = tuple(_TONES[c] for c in unicodedata.normalize("NFD", word) if c in _TONES)
    letters = unicodedata.normalize("NFC", toneless)
    return tuple(_LETTERS.get(c, 100 + ord(c)) for c in letters), tones


def tidy(text: str) -> str:
    """`text` composed (NFC), on one line and with single spaces; control characters are spaces,
    for names and sentences come from devices too and must not be able to move the cursor."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isprintable():
        composed = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in composed)
    return " ".join(composed.split())


def short_name(name: str) -> str:
    """A province's name without the word for its rank.

    >>> short_name("Thành phố Hải Phòng")
    'Hải Phòng'
    """
    for office in _OFFICE:
        if name.casefold().startswith(office):
            return name[len(office) :]
    return name


def placed(site: str, province: str) -> str:
    """A place by its site and province, the province once only.

    >>> placed("Trung tâm Cà Mau", "Cà Mau")
    'Trung tâm Cà Mau'
    """
    return site if province in site else ", ".join(filter(None, (site, province)))


def fitted(text: str, width: int, *, right: bool = False, tail: int = 0) -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis before its last `tail`
    characters, where there is room for them."""
    length = cell_len(text)
    if length > width:
        end = text[len(text) - tail :] if tail else ""
        left = width - 1 - cell_len(end)
        if left < 1:
            end, left = "", width - 1
        return set_cell_size(text, left) + "…" + end if width > 0 else ""
    padding = " " * (width - length)
    return padding + text if right else text + padding
