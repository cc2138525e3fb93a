"""Text as a search sees it: no case, no accents."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """`text` in small letters without accents: "Đắk Lắk" becomes "dak lak"."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def words_of(query: str) -> list[str]:
    """The words of a query, folded."""
    return folded(query).split()


def occur(words: list[str], haystack: str) -> bool:
    """Whether every word is in `haystack`; both are folded already."""
    return all(word in haystack for word in words)
