"""Sparklines and bars."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.charts import bar, spark

VALUES = st.lists(st.none() | st.floats(0, 1e12), max_size=300)


@given(VALUES, st.integers(1, 80), st.integers(1, 4))
def test_a_chart_is_as_wide_and_high_as_asked(
    values: list[float | None], width: int, height: int
) -> None:
    lines = spark(values, width, height)
    assert [len(line) for line in lines] == [width] * height


def test_the_greatest_value_reaches_the_top_and_nothing_is_a_dot() -> None:
    assert spark([0, 5, 10, None], 4) == ["▁▄█·"]
    assert spark([0, 5, 10, None], 4, 2) == ["  █ ", "▁██·"]
    assert spark([None, 5, None, 5], 4) == [" █·█"]


def test_a_short_history_stands_at_the_right() -> None:
    assert spark([1.0], 3) == ["  █"]
    assert spark([], 3) == ["   "]


def test_a_peak_survives_when_columns_are_shared() -> None:
    assert "█" in spark([0.0] * 50 + [9.0] + [0.0] * 149, 10)[0][2:4]


def test_all_zeros_are_a_line_at_the_foot() -> None:
    assert spark([0.0, 0.0], 2) == ["▁▁"]


@given(st.none() | st.floats(0, 5), st.integers(1, 20))
def test_a_bar_is_as_wide_as_asked(share: float | None, width: int) -> None:
    filled, empty = bar(share, width)
    assert len(filled) + len(empty) == width


def test_a_little_load_shows_and_overload_does_not_overflow() -> None:
    assert bar(0.01, 4) == ("━", "───")
    assert bar(0.0, 4) == ("", "────")
    assert bar(1.7, 4) == ("━━━━", "")
