"""A block: the last poll of one module of one node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from collector.sample import Layout
from store.shape import Index, Shape

_NOTHING: Mapping[str, int] = {}


class Poll(NamedTuple):
    """What stands still of a block: its values are from the arena's row `start` on. `revision`
    changes, and never comes back, when the layout or a text does."""

    node: str
    layout: Layout
    texts: tuple[str, ...]
    revision: int
    start: int


@dataclass(slots=True, eq=False)
class Block:
    """The last poll of one module of one node, and when rates were last reckoned anew."""

    node: str
    layout: Layout
    shape: Shape
    start: int
    revision: int
    texts: tuple[str, ...]
    at: float
    took_s: float
    base_at: float = np.nan

    def poll(self) -> Poll:
        return Poll(self.node, self.layout, self.texts, self.revision, self.start)

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
