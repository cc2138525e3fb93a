"""How much one agent can answer at once, learnt from what it says."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_BINDS = 100  # about 2 kB; what net-snmp's agent allows a GETBULK by default
MOST_BINDS = 400  # about 8 kB
SMALL = 8  # binds in a request that is hardly ever lost for its size
STRIKES = 3
AGAIN = 32  # polls after which losses are held to have been chance


@dataclass(slots=True)
class Room:
    """`binds` is the number of variable bindings that one answer may have. `wide`: how many it
    might before requests were lost, 0 where none were; `polls`: how many went well since."""

    binds: int = FIRST_BINDS
    most: int = MOST_BINDS
    strikes: int = 0
    wide: int = 0
    polls: int = 0

    def too_big(self, asked: int) -> None:
        """The agent said tooBig, or answered with nothing."""
        self.binds = self.most = max(1, min(self.binds, asked) // 2)
        self.wide = 0

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
        taken over: three in a row are more than chance."""
        self.strikes += 1
        if self.strikes < STRIKES:
            return False
        self.strikes = self.polls = 0
        self.wide = max(self.wide, self.most)
        self.binds = self.most = smaller.binds
        return True

    def answered(self) -> bool:
        """A poll was answered as the one before. Whether more is to be asked for the next time."""
        self.strikes = 0
        if not self.wide:
            return False
        self.polls += 1
        if self.polls < AGAIN:
            return False
        self.polls = 0
        self.binds = self.most = min(self.binds * 2, self.wide)
        if self.binds == self.wide:
            self.wide = 0
        return True
