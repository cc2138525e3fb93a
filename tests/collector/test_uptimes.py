"""When a device must have started anew."""

from __future__ import annotations

from math import nan

import pytest

from collector.sample import Layout, Readings, Series
from collector.uptimes import MODULUS, Uptimes

WAN = Layout("wan", (Series("ifNumber"), Series("sysUpTime")), ())
VITALS = Layout("vitals", (Series("x"),), ())


def poll(at: float, uptime_s: float, layout: Layout = WAN) -> Readings:
    numbers = (6.0, uptime_s * 100)[: len(layout.numbers)]
    return Readings("r1", at, 0.01, layout, numbers, ())


@pytest.mark.parametrize(
    ("polls", "restarts"),
    [
        ([(0, 5_000), (30, 5_030), (60, 5_060)], [False, False, False]),
        ([(0, 5_000), (30, 12), (60, 42)], [False, True, False]),
        ([(0, 5), (600, 20)], [False, True]),  # it was away, and runs for longer than then
        ([(0, 5_000), (30, nan), (60, 12)], [False, False, True]),
        ([(0, 5_000), (30, 5_000), (60, 5_000)], [False, False, False]),  # it stands still
        ([(0, MODULUS / 100 - 10), (30, 20)], [False, False]),  # 497 days
        ([(0, MODULUS / 100 - 10_000), (30, 20)], [False, True]),
    ],
)
def test_a_restart_is_told_once(polls: list[tuple[float, float]], restarts: list[bool]) -> None:
    uptimes = Uptimes()
    assert [uptimes.restarted(poll(at, uptime_s)) for at, uptime_s in polls] == restarts


def test_polls_without_an_uptime_tell_nothing() -> None:
    uptimes = Uptimes()
    uptimes.restarted(poll(0, 5_000))
    assert not uptimes.restarted(poll(10, 0, VITALS))
    assert uptimes.restarted(poll(30, 12))


def test_another_device_under_the_same_name_has_not_restarted() -> None:
    uptimes = Uptimes()
    uptimes.restarted(poll(0, 5_000))
    uptimes.forget(["r1"])
    assert not uptimes.restarted(poll(30, 12))
