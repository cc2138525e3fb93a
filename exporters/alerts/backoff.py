"""How long to wait before an alert is offered again."""

from __future__ import annotations

from collections.abc import Callable
from random import random

FIRST_S = 0.5
LONGEST_S = 60.0
REJECTED_S = 300.0  # the request itself is wrong: until somebody mends it, there is no hurry
LONGEST_RETRY_AFTER_S = 3600.0


def delay_s(
    failures: int,
    *,
    rejected: bool,
    retry_after_s: float | None,
    fraction: Callable[[], float] = random,
) -> float:
    """Seconds after the `failures`-th failure in a row: doubling, half of it by chance, never
    less than the receiver asked for. `fraction` gives 0.0 .. 1.0."""
    longest = REJECTED_S if rejected else LONGEST_S
    first = LONGEST_S / 2 if rejected else FIRST_S
    whole = min(longest, first * 2.0 ** min(failures - 1, 30))
    wait = whole / 2 + whole / 2 * fraction()
    return max(wait, min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S))
