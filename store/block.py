"""A block: the last poll of one module of one node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from collector.sample import Layout
from store.shape import Index, Shape

_NOTHING: Mapping[str, int] = {}


@dataclass(slots=True, eq=False)
class Block:
    """The last poll of one module of one node. Values stand in the arena from `start` on.

    `revision` changes, and never comes back, when the layout or a text does.
    """

    node: str
    layout: Layout
    shape: Shape
    start: int
    revision: int
    texts: tuple[str, ...]
    at: float
    took_s: float
    base_at: float = np.nan

    @property
    def rows(self) -> slice:
        return slice(self.start, self.start + len(self.shape.bits))

    def row(self, metric: str, index: Index = ()) -> int | None:
        """The arena's row of a number; None when it is not in the layout."""
        position = self.shape.rows.get(index, _NOTHING).get(metric)
        return None if position is None else self.start + position

    def text(self, metric: str, index: Index = ()) -> str:
        """A text, "" when it is not in the layout."""
        position = self.shape.texts.get(index, _NOTHING).get(metric)
        return "" if position is None else self.texts[position]
