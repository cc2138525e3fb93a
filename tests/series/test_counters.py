from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from store import counters


def rate(
    before: float, now: float, elapsed_s: float = 30.0, bits: int = 64, broken: bool = False
) -> float:
    return float(
        counters.rates(
            np.array([before]),
            np.array([now]),
            np.array([elapsed_s]),
            np.array([bits], np.uint8),
            np.array([broken]),
        )[0]
    )


def restarted(before_s: float, now_s: float, elapsed_s: float) -> bool:
    ticks = [np.array([s * 100 % 2**32]) for s in (before_s, now_s)]
    return bool(counters.restarted(*ticks, np.array([elapsed_s]))[0])


def test_a_rate_is_the_increase_over_the_time_that_passed() -> None:
    assert rate(1000, 4000) == 100


def test_a_counter_of_32_bits_that_wrapped_goes_on() -> None:
    assert rate(2**32 - 1000, 2000, bits=32) == 100


def test_a_counter_of_64_bits_that_wrapped_goes_on() -> None:
    assert rate(2.0**64 - 2**20, 2**20, bits=64) == 2**21 / 30


def test_a_cleared_counter_has_no_rate_until_the_next_poll() -> None:
    assert np.isnan(rate(500, 0, bits=32))
    assert np.isnan(rate(3e15, 12, bits=64))


def test_a_counter_of_64_bits_never_wraps_at_32() -> None:
    assert np.isnan(rate(2**32 - 1000, 2000, bits=64))


def test_a_rate_that_no_port_can_reach_is_not_believed() -> None:
    assert np.isnan(rate(0, 1e17))


def test_a_counter_that_the_agent_calls_interrupted_has_no_rate() -> None:
    assert np.isnan(rate(1000, 4000, broken=True))


def test_no_time_between_two_polls_gives_no_rate() -> None:
    assert np.isnan(rate(1000, 4000, elapsed_s=0))


@settings(deadline=None)
@given(
    st.floats(0, 2.0**64, allow_subnormal=False),
    st.floats(0, 2.0**64, allow_subnormal=False),
    st.floats(0.1, 1e6),
    st.sampled_from([32, 64]),
)
def test_no_pair_of_polls_gives_a_negative_or_absurd_rate(
    before: float, now: float, elapsed_s: float, bits: int
) -> None:
    got = rate(before, now, elapsed_s, bits)
    assert np.isnan(got) or 0 <= got <= counters.CEILING_PER_S


@settings(deadline=None)
@given(st.floats(0, 2**32 - 1), st.floats(0, 2**30), st.floats(1, 3600))
def test_a_wrapping_counter_counts_as_if_it_had_not_wrapped(
    before: float, increase: float, elapsed_s: float
) -> None:
    got = rate(np.floor(before), np.floor(before + increase) % 2**32, elapsed_s, 32)
    assert got >= 0
    assert abs(got * elapsed_s - increase) <= 2


def test_an_uptime_that_goes_back_is_a_restart() -> None:
    assert restarted(86_400, 10, 30)


def test_an_uptime_that_wraps_after_497_days_is_not() -> None:
    assert not restarted(2**32 / 100 - 10, 2**32 / 100 + 20, 30)


def test_an_uptime_that_grew_by_less_than_the_time_that_passed_is_a_restart() -> None:
    assert restarted(100, 500, 10_000)


def test_a_drifting_or_frozen_uptime_is_not_a_restart() -> None:
    assert not restarted(100_000, 100_029, 30)
    assert not restarted(100_000, 103_400, 3600)
    assert not restarted(100_000, 100_000, 3600)


def test_an_uptime_that_leaps_ahead_is_of_another_device_or_our_own_clock_stood_still() -> None:
    assert restarted(86_400, 8_640_000, 30)
    assert restarted(86_400, 86_400 + 3_630, 30)


def test_an_agent_that_counts_milliseconds_has_rates_all_the_same() -> None:
    assert not restarted(86_400, 86_400 + 300, 30)
    assert not restarted(86_400, 86_400 + 36_000, 3600)


def test_an_unknown_uptime_tells_nothing() -> None:
    assert not restarted(float("nan"), 10, 30)
    assert not restarted(10, float("nan"), 30)
