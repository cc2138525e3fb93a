"""A frame: all present values at one moment, safe to read in another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.sample import PollFailed
from store.block import Poll
from store.series import SeriesMemory
from topology.identity import Sighting

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """`values` holds NaN where nothing fresh is known. `polls` is the same object until a layout
    or a text changes; `ages_s` and `took_s` belong to it. `failures` are in no order;
    `identities` is the same object until one of them changes."""

    values: Floats
    polls: tuple[Poll, ...]
    ages_s: Floats
    took_s: Floats
    failures: tuple[PollFailed, ...]
    identities: Mapping[str, Sighting]


def frame(memory: SeriesMemory) -> Frame:
    """What is known now. To be called where the memory is written."""
    blocks = memory.every_block()
    values = memory.arena.value[: memory.arena.used].copy()
    for block in memory.stale():
        values[block.rows] = np.nan
    return Frame(
        values,
        memory.polls(),
        memory.ages_s(),
        np.fromiter((block.took_s for block in blocks), np.float64, len(blocks)),
        tuple(failed for modules in memory.failures.values() for failed in modules.values()),
        memory.identities,
    )
