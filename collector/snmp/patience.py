"""How far timeouts stretch while many answers come late.

Then it is the network, or this machine, that is slow, and not the nodes that are dead.
"""

from __future__ import annotations

# They grow while more than one answer in a hundred comes late, and shrink again otherwise.
LATE_STRETCH, TIMELY_SHRINK, MOST = 1.05, 0.9995, 4.0
FEW = 32  # conversations that are no load on anything
START_S = 5.0  # so long nobody knows yet how quick the network is


class Patience:
    """What timeouts are multiplied by; `began` is when the first question may be put."""

    __slots__ = ("_learnt", "_start_ends")

    def __init__(self, began: float) -> None:
        self._learnt = 1.0
        self._start_ends = began + START_S

    def answered(self, *, late: bool) -> None:
        if late:
            self._learnt = min(self._learnt * LATE_STRETCH, MOST)
        elif self._learnt > 1.0:
            self._learnt = max(self._learnt * TIMELY_SHRINK, 1.0)

    def ratio(self, now: float) -> float:
        """As it holds now; by the clock, and not by the count of answers, the start is over for
        a small network as soon as for a large one."""
        return MOST if now < self._start_ends else self._learnt

    def timeout_s(self, timeout_s: float, waiting: int, now: float) -> float:
        """A timeout as it holds now; as configured when hardly anything is being asked."""
        return timeout_s * self.ratio(now) if waiting > FEW else timeout_s
