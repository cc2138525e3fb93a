"""A page: the last values of many rows, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.half import Halves

# 4,096 rows are 1 MB for an hour of 30 s steps: growing never copies what is there.
PAGE_ROWS = 4096
NOBODY = -1

Rows = NDArray[np.int32]


@dataclass(slots=True, eq=False)
class Page:
    """`values[place, slot]` belongs to the row `owner[place]`, NOBODY where it is free."""

    values: Halves
    owner: Rows

    @classmethod
    def blank(cls, slots: int) -> Page:
        """A page that nobody has a place in."""
        return cls(np.empty((PAGE_ROWS, slots), np.uint16), np.full(PAGE_ROWS, NOBODY, np.int32))

    @property
    def free(self) -> NDArray[np.intp]:
        """The places that nobody has."""
        return np.flatnonzero(self.owner == NOBODY)
