"""A token bucket: so many on average, somewhat more at once."""

from __future__ import annotations


class Bucket:
    """`rate_per_s` on average, `burst` at once. It knows no clock."""

    __slots__ = ("_at", "_burst", "_rate_per_s", "_tokens")

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._at = float("-inf")

    def take(self, now: float, wanted: int = 1) -> int:
        """How many of the wanted tokens are had."""
        self._tokens = min(self._burst, self._tokens + max(now - self._at, 0.0) * self._rate_per_s)
        self._at = max(self._at, now)
        granted = min(wanted, int(self._tokens))
        self._tokens -= granted
        return granted
