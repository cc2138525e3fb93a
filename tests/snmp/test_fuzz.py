"""Mutated packets; `python -m benchmarks.fuzz` gives a million of them."""

from __future__ import annotations

from benchmarks.fuzz import fuzz


def test_mutated_packets_neither_crash_nor_hang_a_poll() -> None:
    verdict = fuzz(4_000)
    assert verdict.packets == 4_000
    assert verdict.endings["read"] > 100
    assert verdict.endings["malformed"] > 100
    assert verdict.slowest_s < 2.0
