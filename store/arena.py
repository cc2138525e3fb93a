"""The current value and rate of every series, in parallel arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from store import counters
from store.shape import Shape

NOWHERE = -1


class Arena:
    """Each block of values takes consecutive rows. `base` is what rates are reckoned from: the
    value of the poll before. `ring[row]` is the row's ring, -1 without history."""

    def __init__(self) -> None:
        self.used = 0
        self.dead = 0
        self.value = np.empty(0, np.float64)
        self.base = np.empty(0, np.float64)
        self.rate = np.empty(0, np.float64)
        self.bits = np.empty(0, np.uint8)
        self.ring = np.empty(0, np.int32)

    def allocate(self, shape: Shape) -> int:
        """First row of a new block without values."""
        start, stop = self.used, self.used + len(shape.bits)
        if stop > len(self.value):
            self._grow(max(stop, len(self.value) * 5 // 4, 4096))
        for array in (self.value, self.base, self.rate):
            array[start:stop] = np.nan
        self.bits[start:stop] = shape.bits
        self.ring[start:stop] = -1
        self.used = stop
        return start

    def _grow(self, size: int) -> None:
        for name in ("value", "base", "rate", "bits", "ring"):
            old = getattr(self, name)
            new = np.empty(size, old.dtype)
            new[: self.used] = old[: self.used]
            setattr(self, name, new)

    def release(self, start: int, size: int) -> None:
        """Leaves a block's rows dead until the next compaction."""
        self.ring[start : start + size] = -1
        self.dead += size

    def carry(self, before: NDArray[np.int64], now: NDArray[np.int64]) -> None:
        """Moves values and histories from rows to other rows."""
        for array in (self.value, self.base, self.rate, self.ring):
            array[now] = array[before]
        self.ring[before] = -1

    def absorb(
        self,
        starts: Sequence[int],
        shapes: Sequence[Shape],
        numbers: Sequence[Sequence[float]],
        elapsed_s: Sequence[float],
        rebase: Sequence[bool],
    ) -> None:
        """Takes one poll of several blocks; where `rebase` says so rates are reckoned anew."""
        if not starts:
            return
        sizes = np.fromiter(map(len, numbers), np.int64, len(numbers))
        ends = np.cumsum(sizes)
        rows = np.arange(ends[-1]) + np.repeat(np.asarray(starts) - (ends - sizes), sizes)
        self.value[rows] = np.concatenate(numbers, dtype=np.float64)
        if not all(rebase):
            rows = rows[np.repeat(rebase, sizes)]
        anew = list(compress(zip(starts, shapes, elapsed_s, strict=True), rebase))
        if anew:
            self._reckon(anew)
        self.base[rows] = self.value[rows]

    def _reckon(self, blocks: Sequence[tuple[int, Shape, float]]) -> None:
        """Rates of the counters of blocks: first row, shape, and seconds since they were reckoned
        last."""
        sizes = [len(shape.counters) for _, shape, _ in blocks]
        first = np.repeat([start for start, _, _ in blocks], sizes)
        elapsed_s = np.repeat([for_s for _, _, for_s in blocks], sizes)
        at = first + np.concatenate([shape.counters for _, shape, _ in blocks])
        uptime = np.repeat(
            [NOWHERE if shape.uptime < 0 else start + shape.uptime for start, shape, _ in blocks],
            sizes,
        )
        changed = np.concatenate([shape.discontinuity for _, shape, _ in blocks])
        changed = np.where(changed < 0, NOWHERE, first + changed)
        self.rate[at] = counters.rates(
            self.base[at],
            self.value[at],
            elapsed_s,
            self.bits[at],
            self._broken(uptime, changed, elapsed_s),
        )

    def _broken(
        self,
        uptime: NDArray[np.int64],
        changed: NDArray[np.int64],
        elapsed_s: NDArray[np.float64],
    ) -> counters.Bools:
        """Which counters the agent says were interrupted since the poll before, by the rows of
        their uptimes and of their discontinuity times."""
        restarted = counters.restarted(self.base[uptime], self.value[uptime], elapsed_s)
        before, now = self.base[changed], self.value[changed]
        moved = (before != now) & ~np.isnan(before) & ~np.isnan(now)
        broken: counters.Bools = (restarted & (uptime >= 0)) | (moved & (changed >= 0))
        return broken

    def compacted(self, blocks: Sequence[tuple[int, Shape]]) -> tuple[Arena, list[int]]:
        """A copy that holds only `blocks` (first row, shape), and where each starts in it."""
        copy = Arena()
        copy._grow(max(sum(len(shape.bits) for _, shape in blocks), 4096))
        starts = []
        for old, shape in blocks:
            new = copy.allocate(shape)
            size = len(shape.bits)
            for name in ("value", "base", "rate", "ring"):
                getattr(copy, name)[new : new + size] = getattr(self, name)[old : old + size]
            starts.append(new)
        return copy, starts
