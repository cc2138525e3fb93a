"""Keyed permutations: what stands for a thing is never what stands for another."""

from __future__ import annotations

import hmac
import math
from functools import lru_cache

ROUNDS = 8


class Shuffle:
    """Permutations that only who has the key can undo or repeat."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.bit = lru_cache(1 << 17)(self._bit)

    def draw(self, purpose: bytes) -> int:
        """A number of 256 bits, always the same for the same purpose."""
        return int.from_bytes(hmac.digest(self._key, purpose, "sha256"), "big")

    def _bit(self, purpose: bytes) -> int:
        return hmac.digest(self._key, purpose, "sha256")[0] & 1

    def of(self, value: int, size: int, purpose: bytes) -> int:
        """The place of `value` in a permutation of `range(size)`: a Feistel network over two
        halves of about equal size, walked again while it leaves the range."""
        if size < 2:
            return value
        left = math.isqrt(size - 1) + 1
        right = -(-size // left)
        while True:
            high, low = divmod(value, right)
            for number in range(ROUNDS):
                if number % 2:
                    high = (high + self._round(purpose, number, low)) % left
                else:
                    low = (low + self._round(purpose, number, high)) % right
            value = high * right + low
            if value < size:
                return value

    def _round(self, purpose: bytes, number: int, half: int) -> int:
        return self.draw(b"%s %d %d" % (purpose, number, half))
