"""Rings: the last values of many rows on one fixed step.

Most values stand still for hours: a status, errors that do not happen. Of these only the value is
held, and for how many steps it has been that; a place in a page is given to a row when it changes,
and taken back when it has stood still for as long as a ring is. That is half the memory or less,
and never more than a place for everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from store.half import NAN, Halves, Singles, halved, restored
from store.page import NOBODY, PAGE_ROWS, Page, Rows

STILL = -1  # the place of a row that needs none
AT_ONCE = 512  # rows, so that what is worked with fits into the cache

Ids: TypeAlias = NDArray[np.integer]


class Rings:
    """`slots` values per row, kept in 16 bits each; NaN is "nothing was measured then"."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._pages: list[Page | None] = []
        self._value: Halves = np.empty(0, np.uint16)
        self._steps = np.empty(0, np.int32)  # for how many it has been that, `slots` at most
        self._place = np.empty(0, np.int32)  # in the pages, counted through
        self._free: list[int] = []
        self._next = 0
        self._head = 0

    def __len__(self) -> int:
        """Rows in use."""
        return self._next - len(self._free)

    @property
    def capacity(self) -> int:
        return len(self._value)

    @property
    def nbytes(self) -> int:
        pages = sum(page.values.nbytes + page.owner.nbytes for page in self._pages if page)
        return pages + self._value.nbytes + self._steps.nbytes + self._place.nbytes

    def allocate(self, size: int) -> Rows:
        """Ids of `size` rows without a past."""
        reused = self._free[len(self._free) - min(size, len(self._free)) :]
        del self._free[len(self._free) - len(reused) :]
        fresh = range(self._next, self._next + size - len(reused))
        self._next = fresh.stop
        missing = -(-max(self._next - self.capacity, 0) // PAGE_ROWS) * PAGE_ROWS
        if missing:
            self._value = np.append(self._value, np.full(missing, NAN, np.uint16))
            self._steps = np.append(self._steps, np.zeros(missing, np.int32))
            self._place = np.append(self._place, np.full(missing, STILL, np.int32))
        return np.array([*reused, *fresh], np.int32)

    def release(self, rows: Iterable[int]) -> None:
        """Forgets rows; their ids may be given out again."""
        gone = np.fromiter(rows, np.int32)
        self._settle(gone[self._place[gone] != STILL])
        self._value[gone] = NAN
        self._free.extend(gone.tolist())

    def advance(self, column: Singles) -> None:
        """Writes the next slot of every row; `column` is indexed by row id, `capacity` long."""
        halves = halved(column)
        changed = halves != self._value
        still = self._place == STILL
        self._stir(np.flatnonzero(changed & still & (self._value != NAN)).astype(np.int32))
        self._value = halves
        self._steps[changed] = 0
        np.minimum(self._steps + 1, self.slots, out=self._steps)
        self._head = (self._head + 1) % self.slots
        for page in self._pages:
            if page is not None:
                page.values[:, self._head] = halves[page.owner]
        self._settle(np.flatnonzero((self._steps == self.slots) & (self._place != STILL)))

    def read(self, row: int) -> Singles:
        """The row's values, oldest first; the last one is of the latest `advance`."""
        past: Singles = self._past(np.array([row]))[0]
        return past

    def total(self, rows: Rows) -> Singles:
        """The sum of rows, oldest first; NaN only where none of them was measured."""
        values = self._past(rows)
        known = ~np.isnan(values)
        total: Singles = np.where(known, values, np.float32(0)).sum(axis=0)
        total[~known.any(axis=0)] = np.nan
        return total

    def compacted(self, rows: Rows) -> Rings:
        """A copy that holds only `rows`, renumbered from 0 in the order given."""
        copy = Rings(self.slots)
        copy._head = self._head
        ids = copy.allocate(len(rows))
        copy._value[ids] = self._value[rows]
        copy._steps[ids] = self._steps[rows]
        moving = ids[self._place[rows] != STILL]
        for page, places, part in copy._placed(moving):
            page.values[places] = self._slots_of(rows[part])
        return copy

    def _past(self, rows: Ids) -> Singles:
        """What each of some rows was, oldest first."""
        return restored(np.roll(self._slots_of(rows), -self._head - 1, axis=1))

    def _slots_of(self, rows: Ids) -> Halves:
        """The slots of rows as a page holds them."""
        slots, places = self._still_slots(rows), self._place[rows]
        for number, page in enumerate(self._pages):
            here = np.flatnonzero((places != STILL) & (places // PAGE_ROWS == number))
            if page is not None and len(here):
                slots[here] = page.values[places[here] % PAGE_ROWS]
        return slots

    def _still_slots(self, rows: Ids) -> Halves:
        """The slots of rows that have been what they are for `_steps`, and nothing before."""
        ago = (self._head - np.arange(self.slots, dtype=np.int32)) % self.slots
        known = (ago < self._steps[rows, None]).astype(np.uint16)
        known *= (self._value[rows] ^ NAN)[:, None]  # a third of the time that `np.where` takes
        known ^= NAN
        return known

    def _stir(self, rows: Rows) -> None:
        """Gives places to rows that stood still up to now."""
        for page, places, part in self._placed(rows):
            for at in range(0, len(part), AT_ONCE):
                some = slice(at, at + AT_ONCE)
                page.values[places[some]] = self._still_slots(part[some])

    def _placed(self, rows: Rows) -> Iterator[tuple[Page, Ids, Rows]]:
        """Gives places to rows, page by page: the page, the places there, and whose they are."""
        there = [number for number, page in enumerate(self._pages) if page is not None]
        for number in chain(there, count()):
            if not len(rows):
                return
            if number == len(self._pages):
                self._pages.append(None)
            page = self._pages[number]
            if page is None:
                page = self._pages[number] = Page.blank(self.slots)
            free = page.free[: len(rows)]
            part, rows = rows[: len(free)], rows[len(free) :]
            page.owner[free] = part
            self._place[part] = free + number * PAGE_ROWS
            if len(part):
                yield page, free, part

    def _settle(self, rows: Ids) -> None:
        """Takes the places of rows back, and pages without any."""
        places = self._place[rows]
        self._place[rows] = STILL
        for number in np.flatnonzero(np.bincount(places // PAGE_ROWS)).tolist():
            page = self._pages[number]
            if page is not None:
                page.owner[places[places // PAGE_ROWS == number] % PAGE_ROWS] = NOBODY
                if (page.owner == NOBODY).all():
                    self._pages[number] = None
