"""Losses: how many looks in a row chance alone does not lose."""

from __future__ import annotations

# How probable it may be that a run of misses is chance. A nation of 3,400 nodes is looked at 1,700
# times a second, and each of these looks may begin such a run.
CHANCE = 3e-8
MOST = 6  # misses; the delay stays under two seconds
REMEMBERED = 256.0  # looks at one node
PRIOR = 256.0  # looks that say of one node what is true of all
# Looks that say what is true of all: so many at each, but not too few together, or a feed that
# blinks for a second would count for much in a small network.
FLEET, LEAST_FLEET = 10.0, 2_000.0


class Losses:
    """The share of looks that are lost though somebody is there, of one node or of all."""

    __slots__ = ("_lost", "_tried")

    def __init__(self) -> None:
        self._tried = 0.0
        self._lost = 0.0

    def answered(self, missed: int, remembered: float = REMEMBERED) -> None:
        """A look was answered, the `missed` ones before it were not. Two in a row are hardly ever
        chance, but an outage too short to be told, and say nothing of losses."""
        if missed > 1:
            return
        self._tried += 1 + missed
        self._lost += missed
        if self._tried > remembered:
            self._lost *= remembered / self._tried
            self._tried = remembered

    def ratio(self, prior: float = 0.0) -> float:
        """The share, as if PRIOR looks had shown `prior` before."""
        return (self._lost + PRIOR * prior) / (self._tried + PRIOR)


def misses_needed(ratio: float, least: int) -> int:
    """How many misses in a row are no chance where this share of looks is lost, `least` at
    least."""
    needed = least
    while needed < MOST and ratio**needed > CHANCE:
        needed += 1
    return needed
