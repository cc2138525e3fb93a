"""Timeouts stretch while answers come late, and at the start while nobody knows."""

from __future__ import annotations

import pytest

from collector.snmp.patience import FEW, MOST, START_S, Patience

BUSY = FEW + 1


@pytest.mark.parametrize("answers", [0, 50, 5000])
def test_the_start_is_generous_and_over_after_the_same_time_in_a_network_of_any_size(
    answers: int,
) -> None:
    patience = Patience(began=100.0)
    for _ in range(answers):
        patience.answered(late=False)
    assert patience.timeout_s(1.0, BUSY, 100.0 + START_S - 0.1) == MOST
    assert patience.timeout_s(1.0, BUSY, 100.0 + START_S) == 1.0


def test_what_was_late_in_the_start_is_remembered_after_it() -> None:
    patience = Patience(began=0.0)
    for _ in range(100):
        patience.answered(late=True)
    assert patience.timeout_s(1.0, BUSY, START_S) == MOST


def test_timeouts_stretch_while_more_than_one_answer_in_a_hundred_is_late() -> None:
    patience = Patience(began=-START_S)
    for _ in range(100):
        for answer in range(50):
            patience.answered(late=answer == 0)
    assert patience.ratio(0.0) > 3
    for _ in range(10_000):
        patience.answered(late=False)
    assert patience.ratio(0.0) == 1.0


def test_a_timeout_is_as_configured_while_hardly_anything_is_asked() -> None:
    assert Patience(began=0.0).timeout_s(1.0, FEW, 0.0) == 1.0
