"""Names as one writes them: composed, with each accent in its letter."""

from __future__ import annotations

from unicodedata import normalize


def composed(text: str) -> str:
    """`text` in Unicode's normal form C: macOS takes accents apart, and an id is one however it is
    typed."""
    return normalize("NFC", text)
