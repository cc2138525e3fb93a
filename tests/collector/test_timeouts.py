"""How long a look waits for nodes of different kinds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.timeouts import SLACK_S, Timeouts


def taught(*rtts_s: float, most_s: float = 2.0) -> Timeouts:
    timeouts = Timeouts(most_s)
    for rtt_s in rtts_s:
        timeouts.learn("n", rtt_s)
    return timeouts


def test_a_node_that_never_answered_is_waited_for_as_configured() -> None:
    assert Timeouts(1.0).timeout_s("n") == 1.0


def test_a_quick_node_is_waited_for_little_longer_than_the_slack() -> None:
    assert SLACK_S < taught(*[0.01] * 20).timeout_s("n") < SLACK_S + 0.02


def test_a_satellite_is_waited_for_longer_than_its_round_trip() -> None:
    assert taught(*[0.6] * 20).timeout_s("n") > 0.9


def test_one_late_answer_makes_the_next_look_wait_longer() -> None:
    before = taught(*[0.01] * 20)
    after = taught(*[0.01] * 20, 0.8)
    assert after.timeout_s("n") > 0.8 > before.timeout_s("n")


def test_a_node_that_is_forgotten_is_waited_for_as_configured_again() -> None:
    timeouts = taught(0.01, most_s=1.0)
    timeouts.forget(["n"])
    assert timeouts.timeout_s("n") == 1.0


@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0.1, 5))
def test_it_is_never_more_than_configured_nor_less_than_the_slack(
    rtts_s: list[float], most_s: float
) -> None:
    timeout_s = taught(*rtts_s, most_s=most_s).timeout_s("n")
    assert min(SLACK_S, most_s) <= timeout_s <= most_s
