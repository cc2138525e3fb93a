"""Rings: the last values of many rows on one fixed step, in pages that grow and shrink."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from store.half import NAN, Halves, Singles, halved, restored

# A page of 4,096 rows is 1 MB for an hour of 30 s steps: growing never copies what is there.
PAGE_ROWS = 4096


class Rings:
    """`slots` values per row, kept in 16 bits each; NaN is "nothing was measured then"."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._pages: list[Halves] = []
        self._free: list[int] = []
        self._next = 0
        self._head = 0

    def __len__(self) -> int:
        """Rows in use."""
        return self._next - len(self._free)

    @property
    def capacity(self) -> int:
        return len(self._pages) * PAGE_ROWS

    @property
    def nbytes(self) -> int:
        return sum(page.nbytes for page in self._pages)

    def allocate(self, count: int) -> NDArray[np.int32]:
        """Ids of `count` rows without a past."""
        reused = self._free[len(self._free) - min(count, len(self._free)) :]
        del self._free[len(self._free) - len(reused) :]
        fresh = range(self._next, self._next + count - len(reused))
        self._next = fresh.stop
        while self.capacity < self._next:
            self._pages.append(np.full((self.slots, PAGE_ROWS), NAN, np.uint16))
        return np.array([*reused, *fresh], np.int32)

    def release(self, rows: Iterable[int]) -> None:
        """Forgets rows; their ids may be given out again."""
        for row in rows:
            self._pages[row // PAGE_ROWS][:, row % PAGE_ROWS] = NAN
            self._free.append(row)

    def advance(self, column: Singles) -> None:
        """Writes the next slot of every row; `column` is indexed by row id, `capacity` long."""
        self._head = (self._head + 1) % self.slots
        halves = halved(column)
        for number, page in enumerate(self._pages):
            page[self._head] = halves[number * PAGE_ROWS : (number + 1) * PAGE_ROWS]

    def read(self, row: int) -> Singles:
        """The row's values, oldest first; the last one is of the latest `advance`."""
        values = restored(self._pages[row // PAGE_ROWS][:, row % PAGE_ROWS])
        return np.roll(values, -self._head - 1)

    def total(self, rows: NDArray[np.int32]) -> Singles:
        """The sum of rows, oldest first; NaN only where none of them was measured."""
        total = np.zeros(self.slots, np.float32)
        measured = np.zeros(self.slots, np.bool_)
        for number, page in enumerate(self._pages):
            values = restored(page[:, rows[rows // PAGE_ROWS == number] % PAGE_ROWS])
            known = ~np.isnan(values)
            total += np.where(known, values, 0).sum(axis=1)
            measured |= known.any(axis=1)
        total[~measured] = np.nan
        return np.roll(total, -self._head - 1)

    def compacted(self, rows: NDArray[np.int32]) -> Rings:
        """A copy that holds only `rows`, renumbered from 0 in the order given."""
        copy = Rings(self.slots)
        copy._head = self._head
        copy.allocate(len(rows))
        for number, page in enumerate(copy._pages):
            kept = rows[number * PAGE_ROWS : (number + 1) * PAGE_ROWS]
            for source in np.unique(kept // PAGE_ROWS):
                here = np.flatnonzero(kept // PAGE_ROWS == source)
                page[:, here] = self._pages[source][:, kept[here] % PAGE_ROWS]
        return copy
