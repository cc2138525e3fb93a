"""Other words for words: letters for letters, digits for digits, of the same length, and as
upper or lower case as before."""

from __future__ import annotations

import re
from functools import lru_cache

from collector.recording.shuffle import Shuffle

PART = re.compile(rb"[0-9A-Za-z\x80-\xff]+")
ASCII_DIGITS = b"0123456789"


class Words:
    """`word` is one to one among words of ASCII letters and digits, whatever their case."""

    def __init__(self, shuffle: Shuffle) -> None:
        self._shuffle = shuffle
        self.word = lru_cache(1 << 16)(self._word)

    def compound(self, text: bytes) -> bytes:
        """Every word in a text replaced, what is between them kept."""
        return PART.sub(lambda match: self.word(match[0]), text)

    def _word(self, word: bytes) -> bytes:
        pattern = bytes(map(_kind, word))
        size = value = 0
        for octet, kind in zip(word.lower(), pattern, strict=True):
            radix = 10 if kind == DIGIT else 26
            value = value * radix + (octet - (0x30 if kind == DIGIT else 0x61)) % radix
            size = max(size, 1) * radix
        if OTHER in pattern:
            value = self._shuffle.draw(b"text" + word.lower()) % size
        value = self._shuffle.of(value, size, b"word" + pattern.lower())
        out = bytearray()
        for kind in reversed(pattern):
            value, digit = divmod(value, 10 if kind == DIGIT else 26)
            out.append(digit + (0x30 if kind == DIGIT else 0x41 if kind == UPPER else 0x61))
        return bytes(reversed(out))


LOWER, UPPER, DIGIT, OTHER = b"aA0u"


def _kind(octet: int) -> int:
    """Of an octet of a word; letters beyond ASCII become lower case ones."""
    if octet in ASCII_DIGITS:
        return DIGIT
    if octet > 0x7F:
        return OTHER
    return UPPER if octet < 0x61 else LOWER
