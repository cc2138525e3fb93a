"""Figures in two languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.messages import messages
from tests.tui.opened import VIETNAM
from tui.figures import Figures

VI, EN = Figures(messages("vi"), VIETNAM), Figures(messages("en"), VIETNAM)


def test_vietnamese_writes_the_comma_where_english_has_the_point() -> None:
    assert (VI.number(3421), EN.number(3421)) == ("3.421", "3,421")
    assert (VI.share(0.9997), EN.share(0.9997)) == ("99,97", "99.97")


@given(st.integers(1, 1_000_000), st.integers(0, 100))
def test_a_hundred_per_cent_is_said_only_when_every_single_one_is_up(
    total: int, missing: int
) -> None:
    up = max(0, total - missing)
    assert (EN.share(up / total) == "100.00") == (up == total)


@pytest.mark.parametrize(
    ("bps", "words"),
    [
        (None, "–"), (0, "0"), (812, "812"), (999.4, "999"), (999.6, "1.00 k"), (12_340, "12.3 k"),
        (999_499, "999 k"), (999_600, "1.00 M"), (1.2e9, "1.20 G"), (4.5e15, "4,500 T"),
    ],
)  # fmt: skip
def test_rates_have_three_figures(bps: float | None, words: str) -> None:
    assert EN.rate(bps) == words


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "0 giây", "0 s"), (3.9, "3 giây", "3 s"), (90, "1 phút 30 giây", "1 min 30 s"),
        (3600, "1 giờ 0 phút", "1 h 0 min"), (1_083_600, "12 ngày 13 giờ", "12 d 13 h"),
        (-5, "0 giây", "0 s"), (None, "–", "–"),
    ],
)  # fmt: skip
def test_lengths_of_time_have_two_units(seconds: float | None, vi: str, en: str) -> None:
    assert (VI.span(seconds), EN.span(seconds)) == (vi, en)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "00:00"), (42, "00:42"), (3599, "59:59"), (11_527, "03:12:07"), (345_600, "4d 0h")],
)
def test_timers_run(seconds: float, words: str) -> None:
    assert EN.timer(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "–"), (0.00031, "0.31"), (0.0124, "12.4"), (0.612, "612")]
)
def test_round_trips_are_in_milliseconds(seconds: float | None, words: str) -> None:
    assert EN.milliseconds(seconds) == words


def test_a_stamp_has_its_date_when_it_is_not_todays() -> None:
    now = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)  # half past midnight on the 3rd in Vietnam
    assert EN.stamp(now - timedelta(minutes=10), now) == "00:20:00"
    assert EN.stamp(now - timedelta(minutes=40), now) == "02/03 23:50"
