"""Did you mean: the word of a vocabulary that is nearest to a wrong one."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

SMALL = 100
LONGEST = 100
CUTOFF = 0.6


def plain(word: str) -> str:
    """`word` without accents, case and punctuation: `Hà_Nội` and `ha-noi` are alike."""
    letters = unicodedata.normalize("NFD", word.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isalnum())


def shortened(word: str) -> set[str]:
    """`word` and all that it becomes when one character is left out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


class Vocabulary:
    """Words that may be meant. The index is made on the first question, in one pass, so that
    thousands of wrong references among thousands of ids still take well under a second."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = dict.fromkeys(words)

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def nearest(self, word: str) -> str:
        """The word that was probably meant, or ""."""
        wanted = plain(word[:LONGEST])
        if len(self._words) <= SMALL:
            candidates = {plain(known): known for known in reversed(self._words)}
            found = get_close_matches(wanted, candidates, 1, CUTOFF)
            return candidates[found[0]] if found else ""
        near = {known for key in shortened(wanted) for known in self._index.get(key, ())}
        return max(near, key=lambda known: (self._likeness(wanted, known), known), default="")

    @cached_property
    def _index(self) -> dict[str, list[str]]:
        index = defaultdict(list)
        for word in self._words:
            for key in shortened(plain(word[:LONGEST])):
                index[key].append(word)
        return index

    @staticmethod
    def _likeness(wanted: str, known: str) -> float:
        return SequenceMatcher(None, wanted, plain(known)).ratio()
