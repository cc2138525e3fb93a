from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.half import halved, restored


def through(value: float) -> float:
    return float(restored(halved(np.array([value], np.float32)))[0])


@settings(deadline=None)
@given(st.floats(2.0**-100, 2.0**100, width=32) | st.floats(-(2.0**100), -(2.0**-100), width=32))
def test_a_value_is_at_most_four_thousandths_off(value: float) -> None:
    assert through(value) == pytest.approx(value, rel=0.004)


@given(st.integers(-256, 256))
def test_small_whole_numbers_are_exact(value: int) -> None:
    assert through(value) == value


def test_nothing_measured_stays_nothing_measured() -> None:
    for nan in (np.nan, -np.nan):
        assert np.isnan(through(nan))


def test_infinity_stays_infinite() -> None:
    assert through(np.inf) == np.inf
    assert through(-np.inf) == -np.inf
