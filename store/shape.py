"""The shape of a layout: what is to be done with each of its values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.sample import Layout, Series
from store.kinds import GAUGE, TWINS, Kinds

_UPTIME = Series("sysUpTime")
_DISCONTINUITY = "ifCounterDiscontinuityTime"


@dataclass(frozen=True, slots=True)
class Shape:
    """`bits[i]`: width of counter i, 0 for a gauge. `uptime`, `discontinuity[i]`: positions of the
    values that tell whether a counter went on; -1 where there is none. `kept`: positions whose
    history is kept."""

    bits: NDArray[np.uint8]
    uptime: int
    discontinuity: NDArray[np.int32]
    kept: tuple[int, ...]


def shape_of(layout: Layout, kinds: Kinds) -> Shape:
    """What to do with each number of a layout."""
    numbers = layout.numbers
    widths = kinds.widths
    bits = np.fromiter((widths.get(n.metric, GAUGE) for n in numbers), np.uint8, len(numbers))
    discontinuity = np.full(len(numbers), -1, np.int32)
    changed_at = {n.index: i for i, n in enumerate(numbers) if n.metric == _DISCONTINUITY}
    if changed_at:
        for i in np.flatnonzero(bits):
            discontinuity[i] = changed_at.get(numbers[i].index, -1)
    candidates = [i for i, n in enumerate(numbers) if n.metric in kinds.kept]
    better = {(n.metric, n.index) for n in numbers if n.metric in TWINS.values()}
    kept = tuple(
        i for i in candidates if (TWINS.get(numbers[i].metric), numbers[i].index) not in better
    )
    uptime = next((i for i, n in enumerate(numbers) if n == _UPTIME), -1)
    return Shape(bits, uptime, discontinuity, kept)


def renamed(
    old: Layout, old_texts: tuple[str, ...], new: Layout, texts: tuple[str, ...]
) -> set[tuple[int, ...]]:
    """Indexes under which another interface stands than before: restarted agents renumber."""
    gone: set[tuple[int, ...]] = set()
    for metric in ("ifName", "ifDescr"):
        before = {
            s.index: t for s, t in zip(old.texts, old_texts, strict=True) if s.metric == metric
        }
        now = {s.index: t for s, t in zip(new.texts, texts, strict=True) if s.metric == metric}
        gone |= {index for index, text in now.items() if before.get(index, text) != text}
        if now:
            break
    return gone
