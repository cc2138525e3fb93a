"""How long devices say that they have been running, and when they must have started anew."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from collector.sample import Layout, Readings

UPTIME = "sysUpTime"
TICKS_PER_S = 100.0
MODULUS = 2.0**32  # after 497 days it begins anew without a restart
SLACK_S, SLACK_RATIO = 60.0, 0.1  # polls take a while, and clocks drift


class Uptimes:
    """The last sysUpTime of every node, and when it was read."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}
        self._places: WeakKeyDictionary[Layout, int] = WeakKeyDictionary()

    def restarted(self, readings: Readings) -> bool:
        """Whether a node has started since the last poll that told its uptime."""
        place = self._places.get(readings.layout)
        if place is None:
            names = [series.metric for series in readings.layout.numbers]
            place = names.index(UPTIME) if UPTIME in names else -1
            self._places[readings.layout] = place
        if place < 0:
            return False
        now = readings.numbers[place]
        if not now >= 0:
            return False
        before = self._last.get(readings.node)
        self._last[readings.node] = (readings.at, now)
        return before is not None and _anew(before[1], now, readings.at - before[0])

    def forget(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            self._last.pop(node, None)


def _anew(before: float, now: float, elapsed_s: float) -> bool:
    """Whether less time passed for the device than for us; one whose uptime stands still tells
    nothing."""
    advanced_s = ((now - before) % MODULUS) / TICKS_PER_S
    slack_s = SLACK_S + SLACK_RATIO * elapsed_s
    behind = 0 < advanced_s < elapsed_s - slack_s
    jumped = now < before and advanced_s > elapsed_s + slack_s
    return behind or jumped
