"""Uptimes as command lines write them, in seconds."""

from __future__ import annotations

import math
import re

_SECONDS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
# "2 years, 31 weeks", "123 day(s)", "1d6h22m", "1 hour and 5 minutes"; nobody writes months.
# No number has more than nine digits: longer ones are no uptimes, and too large for a float.
_PART = re.compile(r"(?<!\d)(\d{1,9})\s*(y|w|d|h|m(?!o)|s)", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\d:])(\d{1,9}):(\d\d)(?::(\d\d))?(?![\d:])")


def uptime_s(text: str) -> float:
    """Seconds, NaN when the text tells none. A year has 365 days, as routers count."""
    parts = [int(number) * _SECONDS[unit.lower()] for number, unit in _PART.findall(text)]
    clock = _CLOCK.search(text)
    if clock is not None:
        hours, minutes, seconds = clock.groups("0")
        parts.append(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
    return float(sum(parts)) if parts else math.nan
