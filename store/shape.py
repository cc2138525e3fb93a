"""The shape of a layout: what is to be done with each of its values, and where to find it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from collector.sample import Layout, Series
from store.kinds import GAUGE, TWINS, Kinds

Index: TypeAlias = tuple[int, ...]
Rows: TypeAlias = Mapping[Index, Mapping[str, int]]
Positions: TypeAlias = NDArray[np.int64]

_UPTIME = "sysUpTime"
_DISCONTINUITY = "ifCounterDiscontinuityTime"
_NAMES = ("ifName", "ifDescr")


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """`bits[i]`: width of counter i, 0 for a gauge. `counters`: positions of the counters;
    `uptime`, `discontinuity[i]`: of the values that tell whether all of them, and counter
    `counters[i]`, went on; -1 where there is none. `kept`: positions whose history is kept. `rows`,
    `texts`: positions by index and metric."""

    bits: NDArray[np.uint8]
    counters: NDArray[np.int32]
    uptime: int
    discontinuity: NDArray[np.int32]
    kept: Positions
    rows: Rows
    texts: Rows


def shape_of(layout: Layout, kinds: Kinds) -> Shape:
    """What to do with each value of a layout."""
    numbers = layout.numbers
    widths = kinds.widths
    bits = np.fromiter((widths.get(n.metric, GAUGE) for n in numbers), np.uint8, len(numbers))
    rows = _by_index(numbers)
    discontinuity = np.full(len(numbers), -1, np.int32)
    kept = []
    for row in rows.values():
        if _DISCONTINUITY in row:
            counting = [position for position in row.values() if bits[position]]
            discontinuity[counting] = row[_DISCONTINUITY]
        kept += [
            position
            for metric, position in row.items()
            if metric in kinds.kept and TWINS.get(metric) not in row
        ]
    uptime = rows.get((), {}).get(_UPTIME, -1)
    kept.sort()
    counters = np.flatnonzero(bits).astype(np.int32)
    return Shape(
        bits,
        counters,
        uptime,
        discontinuity[counters],
        np.array(kept, np.int64),
        rows,
        _by_index(layout.texts),
    )


def _by_index(series: Iterable[Series]) -> Rows:
    rows: dict[Index, dict[str, int]] = {}
    for position, one in enumerate(series):
        rows.setdefault(one.index, {})[one.metric] = position
    return rows


def renamed(
    old: Shape, old_texts: tuple[str, ...], new: Shape, texts: tuple[str, ...]
) -> set[Index]:
    """Indexes under which another interface stands than before: restarted agents renumber."""
    found = set()
    for index, row in new.texts.items():
        before = old.texts.get(index)
        if before is None:
            continue
        name = next((name for name in _NAMES if name in row and name in before), None)
        if name is not None and texts[row[name]] != old_texts[before[name]]:
            found.add(index)
    return found


def carried(old: Shape, new: Shape, gone: set[Index]) -> tuple[Positions, Positions]:
    """Where the values that remain stood before and where they stand now; rows with an index in
    `gone` do not remain."""
    pairs = [
        (old.rows[index][metric], position)
        for index, row in new.rows.items()
        if index in old.rows and index not in gone
        for metric, position in row.items()
        if metric in old.rows[index]
    ]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
