from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from store.ring import PAGE_ROWS, Rings


def column(rings: Rings, values: dict[int, float]) -> np.ndarray:
    made = np.full(rings.capacity, np.nan, np.float32)
    for row, value in values.items():
        made[row] = value
    return made


def test_a_ring_reads_oldest_first() -> None:
    rings = Rings(3)
    (row,) = rings.allocate(1)
    for value in (1, 2, 3, 4):
        rings.advance(column(rings, {row: value}))
    assert rings.read(row).tolist() == [2, 3, 4]


def test_a_new_row_has_no_past() -> None:
    rings = Rings(3)
    (first,) = rings.allocate(1)
    rings.advance(column(rings, {first: 7}))
    rings.release([int(first)])
    (again,) = rings.allocate(1)
    assert again == first
    assert np.isnan(rings.read(again)).all()


def test_rings_grow_by_pages_and_keep_what_is_there() -> None:
    rings = Rings(2)
    (row,) = rings.allocate(1)
    rings.advance(column(rings, {row: 5}))
    rows = rings.allocate(PAGE_ROWS)
    assert rings.capacity == 2 * PAGE_ROWS
    assert len(rings) == PAGE_ROWS + 1
    assert rings.read(row)[-1] == 5
    assert np.isnan(rings.read(rows[-1])).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), unique=True, max_size=30))
def test_compaction_keeps_exactly_the_rows_asked_for(kept: list[int]) -> None:
    rings = Rings(4)
    rows = rings.allocate(41)
    for step in range(6):
        rings.advance(column(rings, {int(r): step * 100 + int(r) for r in rows}))
    small = rings.compacted(np.array(kept, np.int32))
    assert len(small) == len(kept)
    for new, old in enumerate(kept):
        assert small.read(new).tolist() == rings.read(old).tolist()
    for ring, row in ((small, 0), (rings, kept[0])) if kept else ():
        ring.advance(column(ring, {row: 1.0}))
    if kept:
        assert small.read(0).tolist() == rings.read(kept[0]).tolist()
