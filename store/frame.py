"""A frame: all present values at one moment, safe to read in another thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.sample import Layout, PollFailed
from store.series import SeriesMemory


@dataclass(frozen=True, slots=True)
class Poll:
    """The last poll of a module of a node. `revision` tells when layout or texts changed; the
    values are `Frame.values[start : start + len(layout.numbers)]`."""

    node: str
    layout: Layout
    texts: tuple[str, ...]
    revision: int
    start: int
    age_s: float
    took_s: float


@dataclass(frozen=True, slots=True)
class Frame:
    """`values` holds NaN where nothing fresh is known. `failures` by node and module."""

    values: NDArray[np.float64]
    polls: tuple[Poll, ...]
    failures: tuple[PollFailed, ...]


def frame(memory: SeriesMemory) -> Frame:
    """What is known now. To be called where the memory is written."""
    values = memory.arena.value[: memory.arena.used].copy()
    polls = []
    for block in memory.blocks():
        if not memory.fresh(block):
            values[block.rows] = np.nan
        polls.append(
            Poll(
                block.node,
                block.layout,
                block.texts,
                block.revision,
                block.start,
                memory.now - block.at,
                block.took_s,
            )
        )
    failures = tuple(f for modules in memory.failures.values() for f in modules.values())
    return Frame(values, tuple(polls), failures)
