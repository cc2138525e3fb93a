"""Numbers out of values, and out of texts."""

from __future__ import annotations

import math
import re

from collector.snmp.ber import Value

MANTISSA = 2**53  # whole numbers up to here are exact in Prometheus; counters wrap there
DECIMAL = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", re.ASCII | re.IGNORECASE
)


def number(value: Value) -> int | float:
    """A value as a number: 0 for what is none, and counters wrapped so that they stay exact."""
    if isinstance(value, int):
        return value if value < MANTISSA else value % MANTISSA
    return value if isinstance(value, float) else 0


def whole(value: Value) -> int:
    """A value as a whole number, such as an enumeration has; 0 for what is none."""
    found = number(value)
    return int(found) if math.isfinite(found) else 0


def parsed(text: str) -> float | None:
    """The number that a text is, None for what is none or too large."""
    if not DECIMAL.fullmatch(text):
        return None
    value = float(text)
    return None if math.isinf(value) and "inf" not in text.lower() else value
