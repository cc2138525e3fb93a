"""How long polls take, as counts per bucket."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Upper bounds in seconds; what took longer is counted behind the last.
BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(slots=True)
class Durations:
    """`counts[i]`: polls up to `BOUNDS_S[i]` and above the bound before."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(BOUNDS_S) + 1, np.int64))
    sum_s: float = 0.0

    def add(self, took_s: float) -> None:
        self.counts[np.searchsorted(BOUNDS_S, took_s)] += 1
        self.sum_s += took_s
