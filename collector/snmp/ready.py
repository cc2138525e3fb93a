"""Conversations whose next request is to be sent."""

from __future__ import annotations

from collections import deque

from collector.snmp.flight import Flight


class Ready:
    """Each conversation once, however often it is added.

    One that was to repeat its request may be answered late, end or give way while it waits here;
    it is passed over then.
    """

    def __init__(self) -> None:
        self._flights: deque[Flight] = deque()

    def __bool__(self) -> bool:
        return bool(self._flights)

    def add(self, flight: Flight, *, first: bool = False) -> None:
        if not flight.ready:
            flight.ready = True
            (self._flights.appendleft if first else self._flights.append)(flight)

    def take(self) -> Flight | None:
        """The next one, None when nobody waits."""
        while self._flights:
            flight = self._flights.popleft()
            flight.ready = False
            if flight.peer.current is flight:
                return flight
        return None
