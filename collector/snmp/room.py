"""How much one agent can answer at once, learnt from what it says."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_BINDS = 100  # about 2 kB; what net-snmp's agent allows a GETBULK by default
MOST_BINDS = 400  # about 8 kB
SMALL = 8  # binds in a request that is hardly ever lost for its size
STRIKES = 2


@dataclass(slots=True)
class Room:
    """`binds` is the number of variable bindings that one answer may have."""

    binds: int = FIRST_BINDS
    most: int = MOST_BINDS
    strikes: int = 0

    def too_big(self, asked: int) -> None:
        """The agent said tooBig, or answered with nothing."""
        self.binds = self.most = max(1, min(self.binds, asked) // 2)

    def truncated(self, got: int) -> None:
        """Fewer repetitions than asked are normal; asking for still more would be idle."""
        self.most = min(self.most, max(self.binds, got))

    def filled(self, got: int) -> None:
        """A full answer came: if room was the limit, the next may be twice as large."""
        if got * 10 >= self.binds * 9:
            self.strikes = 0
            self.binds = min(self.most, self.binds * 2)

    def lost(self, smaller: Room) -> bool:
        """A request was lost, and then answered when asked in a smaller room. Whether that room is
        taken over: two in a row are more than chance."""
        self.strikes += 1
        if self.strikes < STRIKES:
            return False
        self.strikes = 0
        self.binds = self.most = smaller.binds
        return True
