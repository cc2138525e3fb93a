"""How the delivery to each receiver is going, for metrics and for the operators' log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

FAILING_AFTER = 3  # failures in a row; a rejection at once


@dataclass(frozen=True, slots=True)
class ReceiverStats:
    """`waiting`: alerts not yet delivered, the oldest of them created at `oldest`. `failing`: it
    has been told to operators. `error` is the last failure, "" when the last attempt went well."""

    receiver: str
    attempted: int
    delivered: int
    failed: int
    waiting: int
    oldest: datetime | None
    failing: bool
    error: str


class Progress:
    """The counters of one receiver."""

    def __init__(self) -> None:
        self.attempted = self.delivered = self.failed = 0
        self.error = ""
        self.failing = False
        self._in_a_row = 0

    def went_well(self, *, delivered: int) -> bool:
        """Whether the receiver had been called failing and is not any more."""
        self.attempted += 1
        self.delivered += delivered
        self._in_a_row = 0
        self.error = ""
        recovered, self.failing = self.failing, False
        return recovered

    def went_wrong(self, error: str, *, rejected: bool) -> bool:
        """Whether the receiver is now to be called failing and was not before."""
        self.attempted += 1
        self.failed += 1
        self._in_a_row += 1
        self.error = error
        begins = not self.failing and (rejected or self._in_a_row >= FAILING_AFTER)
        self.failing = self.failing or begins
        return begins

    def stats(self, receiver: str, waiting: Collection[datetime]) -> ReceiverStats:
        """`waiting`: when the alerts were created that are not yet delivered."""
        oldest = min(waiting, default=None)
        counts = (self.attempted, self.delivered, self.failed, len(waiting))
        return ReceiverStats(receiver, *counts, oldest, self.failing, self.error)
