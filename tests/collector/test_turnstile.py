"""So many at once, the others in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.schedule import Errand, Kind
from collector.turnstile import Turnstile


def poll(number: int) -> Errand:
    return Errand(Kind.COUNTERS, f"n{number}")


@given(st.lists(st.integers(-3, 1), max_size=60), st.integers(1, 4))
def test_all_who_come_are_let_in_in_order_and_never_too_many(steps: list[int], most: int) -> None:
    started: list[Errand] = []
    turnstile = Turnstile(most, started.append)
    come = left = 0
    for step in steps:
        if step > 0:
            turnstile.come(poll(come))
            come += 1
        elif left < len(started):
            turnstile.leave(started[left])
            turnstile.leave(started[left])  # twice changes nothing
            left += 1
        assert started == [poll(i) for i in range(len(started))]
        assert len(started) - left == min(most, come - left)
        assert len(turnstile) == come - len(started)


def test_thousands_that_are_over_as_soon_as_they_begin_are_no_depth() -> None:
    done: list[Errand] = []

    def begin(errand: Errand) -> None:
        done.append(errand)
        if len(done) > 1:
            turnstile.leave(errand)

    turnstile = Turnstile(1, begin)
    for i in range(5_000):
        turnstile.come(poll(i))
    turnstile.leave(poll(0))
    assert done == [poll(i) for i in range(5_000)]
