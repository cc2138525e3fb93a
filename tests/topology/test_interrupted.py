"""Random faults that overlap while the monitor is killed and started again, or reads its
configuration again: as many pages as there are faults to be told apart, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from benchmarks.soak.judge import Log, Page, judge
from benchmarks.soak.truth import Truth
from tests.topology.nation import nation
from tests.topology.soak import logs

KILLED, RELOADED = partial(logs, kills=True), partial(logs, reloads=True)


@pytest.mark.parametrize("interrupted", [KILLED, RELOADED], ids=["killed", "reloaded"])
@pytest.mark.parametrize("seed", range(4))
def test_random_overlaps_are_told_rightly_through_interruptions(
    seed: int, interrupted: Callable[..., Iterator[Log | Page]]
) -> None:
    inventory = nation(6, 16, power=seed % 2 == 0, ducts=seed % 3 == 0, access=True)
    truth = Truth(inventory)
    for log in interrupted(inventory, seed, count=12, width=6):
        assert isinstance(log, Log), log
        verdict = judge(truth, log)
        assert verdict.right, (verdict, log.steps)
        assert verdict.pages == verdict.units
