"""Round-trip time, jitter and loss of every node over the last hour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from collector.sample import Reach
from store.ring import Rings

MEASURES = ("rtt_s", "jitter_s", "loss_ratio")


class ReachHistory:
    """One ring per node and measure; a slot holds the mean over the looks of its step."""

    def __init__(self, slots: int) -> None:
        self.rings = Rings(slots)
        self._rows: dict[str, NDArray[np.int32]] = {}
        self._sum = np.zeros(0)
        self._looks = np.zeros(0)

    def set_nodes(self, nodes: Iterable[str]) -> None:
        """Follows exactly these nodes: others are forgotten, those that remain keep their past."""
        wanted = dict.fromkeys(nodes)
        for node in [n for n in self._rows if n not in wanted]:
            self.rings.release(self._rows.pop(node).tolist())
        fresh = [node for node in wanted if node not in self._rows]
        for node in fresh:
            self._rows[node] = self.rings.allocate(len(MEASURES))
        missing = self.rings.capacity - len(self._sum)
        self._sum, self._looks = (np.pad(a, (0, missing)) for a in (self._sum, self._looks))
        for node in fresh:
            self._sum[self._rows[node]] = self._looks[self._rows[node]] = 0

    def absorb(self, looks: Iterable[Reach]) -> None:
        """Adds looks to the present step; those at nodes that are not followed are left out."""
        known = [(self._rows[look.node], look) for look in looks if look.node in self._rows]
        if not known:
            return
        rows = np.concatenate([rows for rows, _ in known])
        measured = np.array(
            [(look.rtt_s, look.jitter_s, look.loss_ratio) for _, look in known], np.float64
        ).ravel()
        there = ~np.isnan(measured)
        np.add.at(self._sum, rows[there], measured[there])
        np.add.at(self._looks, rows[there], 1.0)

    def advance(self, *, measured: bool = True) -> None:
        """Closes the present step; one that was not `measured` leaves a gap, and its looks for the
        next."""
        if not measured:
            self.rings.advance(np.full(self.rings.capacity, np.nan, np.float32))
            return
        with np.errstate(invalid="ignore", divide="ignore"):
            self.rings.advance((self._sum / self._looks).astype(np.float32))
        self._sum[:] = 0
        self._looks[:] = 0

    def read(self, node: str, measure: str) -> NDArray[np.float32] | None:
        """Values of one of MEASURES, oldest first; None for a node that is not followed."""
        rows = self._rows.get(node)
        return None if rows is None else self.rings.read(int(rows[MEASURES.index(measure)]))
