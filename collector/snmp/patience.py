"""How far timeouts stretch while many answers come late.

Then it is the network, or this machine, that is slow, and not the nodes that are dead.
"""

from __future__ import annotations

# They grow while more than one answer in a hundred comes late, and shrink again otherwise.
LATE_STRETCH, TIMELY_SHRINK, MOST = 1.05, 0.9995, 4.0
FEW = 32  # conversations that are no load on anything


class Patience:
    """`ratio` multiplies timeouts; at the start nobody knows yet how quick the network is."""

    __slots__ = ("ratio",)

    def __init__(self) -> None:
        self.ratio = MOST

    def answered(self, *, late: bool) -> None:
        if late:
            self.ratio = min(self.ratio * LATE_STRETCH, MOST)
        elif self.ratio > 1.0:
            self.ratio = max(self.ratio * TIMELY_SHRINK, 1.0)

    def timeout_s(self, timeout_s: float, waiting: int) -> float:
        """A timeout as it holds now; as configured when hardly anything is being asked."""
        return timeout_s * self.ratio if waiting > FEW else timeout_s
