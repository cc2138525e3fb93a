"""What the thresholds of a device say of a value."""

from __future__ import annotations

from math import inf

import pytest

from collector.discovery.thresholds import normal_range, severity
from configs.devicerules import Limit

ALL: dict[Limit, float] = {
    "low_critical": 5,
    "low_warning": 10,
    "high_warning": 60,
    "high_critical": 70,
}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4, "critical"),
        (5, "warning"),
        (10, "normal"),
        (60, "normal"),
        (61, "warning"),
        (71, "critical"),
    ],
)
def test_the_worst_threshold_that_is_crossed_counts(value: float, said: str) -> None:
    assert severity(value, ALL) == said


def test_the_normal_range_is_within_every_threshold() -> None:
    assert normal_range(ALL) == (10, 60)
    assert normal_range({"high_critical": 70}) == (-inf, 70)


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"low_critical": 0, "high_critical": 0},
        {"low_warning": 50, "high_warning": -50},
        {"high_warning": 0},
    ],
)
def test_thresholds_that_nobody_set_say_nothing(limits: dict[Limit, float]) -> None:
    assert severity(40, limits) == ""
    assert normal_range(limits) is None


def test_half_of_the_thresholds_is_enough() -> None:
    assert severity(45, {"low_warning": 0, "high_warning": 0, "high_critical": 40}) == "critical"
