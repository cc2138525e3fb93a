"""The pace of sending: so many packets now, so that no router or queue sees a burst."""

from __future__ import annotations


class Pace:
    """One packet every `interval_s`, at most `most` at a time. Idle time is not saved up, but a
    backlog may catch up on a tick that came late."""

    def __init__(self, interval_s: float, most: int) -> None:
        self._interval_s = interval_s
        self._most = most
        self._next = float("-inf")
        self._backlog = False

    def allowance(self, now: float) -> int:
        """How many packets may be sent now."""
        catch_up_s = (self._most - 1) * self._interval_s if self._backlog else 0.0
        self._next = max(self._next, now - catch_up_s)
        if self._next > now:
            return 0
        return min(self._most, int((now - self._next) / self._interval_s) + 1)

    def spent(self, packets: int, *, backlog: bool) -> None:
        """Notes what was sent of the allowance and whether more is waiting."""
        self._next += packets * self._interval_s
        self._backlog = backlog
