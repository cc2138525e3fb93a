"""What the thresholds of a device say of a value."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from configs.devicerules import Limit

NORMAL, WARNING, CRITICAL = "normal", "warning", "critical"


def severity(value: float, limits: Mapping[Limit, float]) -> str:
    """`normal`, `warning` or `critical`; "" where no threshold is set."""
    believed = credible(limits)
    if not believed:
        return ""
    for name, crossed in (("critical", CRITICAL), ("warning", WARNING)):
        low, high = (believed.get(f"{side}_{name}") for side in ("low", "high"))
        if (low is not None and value < low) or (high is not None and value > high):
            return crossed
    return NORMAL


def normal_range(limits: Mapping[Limit, float]) -> tuple[float, float] | None:
    """(lowest, highest) value of which no threshold says anything, None where none is set."""
    believed = credible(limits)
    if not believed:
        return None
    low = [limit for name, limit in believed.items() if name.startswith("low")]
    high = [limit for name, limit in believed.items() if name.startswith("high")]
    return max(low, default=-inf), min(high, default=inf)


def credible(limits: Mapping[Limit, float]) -> dict[str, float]:
    """The thresholds that are set. Agents that have none answer with nothing but zeros, or with an
    upper one that is not above the lower."""
    kept: dict[str, float] = {str(name): limit for name, limit in limits.items()}
    for name in ("critical", "warning"):
        low, high = kept.get(f"low_{name}"), kept.get(f"high_{name}")
        inverted = low is not None and high is not None and high <= low
        unset = low is None and high == 0
        if inverted or unset:
            kept.pop(f"low_{name}", None)
            kept.pop(f"high_{name}", None)
    return kept
