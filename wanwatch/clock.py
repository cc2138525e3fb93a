"""The two clocks: monotonic for intervals, UTC for stamps; passed in, so that tests hold them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds that never go back."""

    def utc(self) -> datetime:
        """The calendar, aware, in UTC. May jump."""


class SystemClock:
    """The machine's own clocks."""

    monotonic = staticmethod(time.monotonic)  # read several times for every packet

    def utc(self) -> datetime:
        return datetime.now(UTC)
