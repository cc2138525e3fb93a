"""Text as a search sees it: no case, no accents."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """`text` in small letters without accents: "Đắk Lắk" becomes "dak lak"."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def matches(haystack: str, query: str) -> bool:
    """Whether every word of `query` is in `haystack`, which is folded already."""
    return all(word in haystack for word in folded(query).split())
