"""Counters that move: smooth functions of time, the same at both ends of a link.

A counter is `base + rate * (t + Σ weight_k * wave_k(t))`, where each wave is the integral of a
sine. So it is a dot product, never falls while Σ |weight| < 1, needs no state, and one matrix
product gives all of a node's counters at a moment.
"""

from __future__ import annotations

import math
import random
import time

import numpy as np
from numpy.typing import NDArray

Row = tuple[float, ...]
Floats = NDArray[np.float64]

DAY = 86_400.0
PERIODS = (DAY, DAY / 2, 307.0, 97.0, 41.0, 13.0)
PEAKS = (14.5 * 3600, 10.0 * 3600, 0.0, 11.0, 5.0, 3.0)  # local time; offices empty at night
SIZE = 2 + len(PERIODS)
ZONE = 7 * 3600  # Vietnam has no summer time


class Clock:
    """Seconds since midnight (Vietnam) of the day on which the lab was started, monotonic."""

    def __init__(self) -> None:
        self._offset = (time.time() + ZONE) % DAY - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._offset


def basis(t: float) -> Floats:
    """[1, t, waves...] at `t`; the waves are in seconds, like t."""
    out = [1.0, t]
    for period, peak in zip(PERIODS, PEAKS, strict=True):
        turn = math.tau / period
        out.append(math.sin((t - peak) * turn) / turn)
    return np.array(out)


def shape(rng: random.Random) -> Row:
    """Weights of the waves for one direction of a link."""
    noise = [rng.uniform(-0.05, 0.05) for _ in PERIODS[2:]]
    return (rng.uniform(0.4, 0.55), rng.uniform(0.1, 0.2), *noise)


def flow(base: float, per_s: float, weights: Row) -> Row:
    """The row of a counter that stood at `base` when t was 0 and grows by `per_s` on average."""
    return (base, per_s, *(per_s * weight for weight in weights))


def steady(base: float, per_s: float) -> Row:
    """The row of a value that grows evenly."""
    return (base, per_s, *(0.0 for _ in PERIODS))


def sway(mean: float, amplitude: float, wave: int) -> Row:
    """The row of a gauge that swings about `mean` with one of the periods."""
    turn = math.tau / PERIODS[wave]
    weights = [0.0] * len(PERIODS)
    weights[wave] = amplitude * turn
    return (mean, 0.0, *weights)
