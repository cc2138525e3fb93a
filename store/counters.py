"""Rates of counters: differences that survive wraps, restarts and cleared counters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UPTIME_MODULUS = 2.0**32
UPTIME_TICKS_PER_S = 100.0
# How far a sysUpTime may lag behind the time that passed: polls take a while, clocks drift.
UPTIME_SLACK_S = 60.0
UPTIME_SLACK_RATIO = 0.1
UPTIME_HASTE = 20.0  # some agents count milliseconds
# 10 Tb/s in octets: no port of this WAN is faster, so more is a counter that was set anew.
CEILING_PER_S = 1.25e12


def restarted(before: Floats, now: Floats, elapsed_s: Floats) -> Bools:
    """Which sysUpTimes (centiseconds) tell of a restart: they went on for less than the time
    that passed, where going back may also be the wrap after 497 days. Those that leap ahead are of
    another device, or this machine stood still; the counters have another past than we know, too.
    NaN tells nothing, nor does a sysUpTime that stands still."""
    advanced = np.where(now < before, now + UPTIME_MODULUS - before, now - before)
    advanced_s = advanced / UPTIME_TICKS_PER_S
    slack_s = UPTIME_SLACK_S + UPTIME_SLACK_RATIO * elapsed_s
    behind = (advanced_s < elapsed_s - slack_s) & (advanced > 0)
    jumped = (now < before) & (advanced_s > elapsed_s + slack_s)
    return behind | jumped | (advanced_s > UPTIME_HASTE * elapsed_s + UPTIME_SLACK_S)


def rates(
    before: Floats, now: Floats, elapsed_s: Floats, bits: NDArray[np.uint8], broken: Bools
) -> Floats:
    """Increase per second of each counter, NaN where none can be told.

    A counter that went back has wrapped if the way round the top is under half its range; else
    it was cleared. `broken` marks counters whose continuity the agent itself denies
    (restart, IF-MIB::ifCounterDiscontinuityTime).
    """
    delta = now - before
    modulus = np.exp2(bits.astype(np.float64))
    went_back = delta < 0
    delta = np.where(went_back, delta + modulus, delta)
    cleared = went_back & ((delta >= modulus / 2) | (before >= modulus))
    with np.errstate(divide="ignore", invalid="ignore"):
        per_s = delta / elapsed_s
    per_s[broken | cleared | ~(elapsed_s > 0) | (per_s > CEILING_PER_S)] = np.nan
    return per_s
