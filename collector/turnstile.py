"""A turnstile: lets so many errands through at once, the others wait in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from collector.schedule import Errand

# A first poll holds 40 kB until its end, and on a busy machine the whole country would be at it.
POLLS_AT_ONCE = 256


class Turnstile:
    """`start` is called with each errand as soon as fewer than `most` are inside."""

    def __init__(self, most: int, start: Callable[[Errand], None]) -> None:
        self._most = most
        self._start = start
        self._inside: set[Errand] = set()
        self._waiting: deque[Errand] = deque()
        self._opening = False

    def __len__(self) -> int:
        """Errands that wait."""
        return len(self._waiting)

    def come(self, errand: Errand) -> None:
        self._waiting.append(errand)
        self._let_in()

    def leave(self, errand: Errand) -> None:
        """An errand is over; one that never came changes nothing."""
        if errand in self._inside:
            self._inside.discard(errand)
            self._let_in()

    def _let_in(self) -> None:
        if self._opening:  # an errand was over as soon as it had begun
            return
        self._opening = True
        try:
            while self._waiting and len(self._inside) < self._most:
                errand = self._waiting.popleft()
                self._inside.add(errand)
                self._start(errand)
        finally:
            self._opening = False
