"""The heat grid's arithmetic: which sites a cell stands for, and where a province's cells go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from tui.picture import Point, Province, matching

FEW_WRAPPED = 1.15  # lines for each row, where the grid has to be scrolled anyway
UNMATCHED = 99  # ranks after every state: a cell without a site that matches the filter


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A province with its points in the order drawn; `matched` is None when all of them match."""

    province: Province
    points: tuple[Point, ...]
    matched: frozenset[int] | None

    def marks(self, pack: int) -> list[int]:
        """The worst rank in every cell; UNMATCHED where no point of the cell matches."""
        ranks = [
            point.rank if self.matched is None or i in self.matched else UNMATCHED
            for i, point in enumerate(self.points)
        ]
        return [min(ranks[i : i + pack]) for i in range(0, len(ranks), pack)]

    def sites(self, cell: int, pack: int) -> tuple[Point, ...]:
        """The matching sites of a cell, worst first."""
        span = range(cell * pack, min((cell + 1) * pack, len(self.points)))
        inside = (self.points[i] for i in span if self.matched is None or i in self.matched)
        return tuple(sorted(inside, key=lambda point: point.rank))


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line on the screen: the part of a row from cell `start` on."""

    row: Row
    start: int
    length: int


def packing(sizes: Sequence[int], columns: int, height: int) -> int:
    """How many sites one cell stands for: as few as let every row be seen at once, wrapped where
    it is long; where that is hopeless, as few as leave nearly every row on one line."""
    longest = max(1, ceil(max(sizes, default=1) / columns))
    for room in (height, len(sizes) * FEW_WRAPPED):
        for pack in range(1, longest + 1):
            if sum(max(1, ceil(ceil(size / pack) / columns)) for size in sizes) <= room:
                return pack
    return longest


def row_of(province: Province, query: str, *, by_name: bool) -> Row | None:
    """The row of a province, None when nothing in it matches `query`."""
    points = province.points if by_name else province.worst_first()
    if not query:
        return Row(province, points, None)
    found = matching((f"{point.folded} {province.folded}" for point in points), query)
    if not found:
        return None
    return Row(province, points, None if len(found) == len(points) else frozenset(found))


def wrapped(rows: Sequence[Row], columns: int, pack: int) -> list[Line]:
    """The lines of all rows, one below the other; a row without sites has an empty one."""
    lines = []
    for row in rows:
        cells = ceil(len(row.points) / pack)
        lines += [
            Line(row, start, min(columns, cells - start))
            for start in range(0, max(1, cells), columns)
        ]
    return lines
