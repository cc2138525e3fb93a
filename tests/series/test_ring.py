from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from store.page import PAGE_ROWS
from store.ring import Rings


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


def test_what_stands_still_takes_no_room_until_it_changes() -> None:
    rings = Rings(3)
    rows = rings.allocate(2).tolist()
    small = rings.nbytes
    for _ in range(5):
        rings.advance(column(rings, dict.fromkeys(rows, 1.0)))
    assert rings.nbytes == small
    rings.advance(column(rings, {rows[0]: 2.0, rows[1]: 1.0}))
    assert rings.nbytes > small
    assert rings.read(rows[0]).tolist() == [1, 1, 2]
    assert rings.read(rows[1]).tolist() == [1, 1, 1]


def test_what_has_come_to_rest_gives_its_room_back() -> None:
    rings = Rings(3)
    (row,) = rings.allocate(1)
    small = rings.nbytes
    for value in (1, 2, 2):
        rings.advance(column(rings, {row: value}))
    assert rings.nbytes > small
    rings.advance(column(rings, {row: 2}))
    assert rings.nbytes == small
    assert rings.read(row).tolist() == [2, 2, 2]


VALUES = st.sampled_from([1.0, 2.0, np.nan])
STEPS = st.lists(
    st.one_of(
        st.tuples(VALUES, VALUES, VALUES, VALUES),
        st.integers(0, 3),  # a row that is forgotten, and another in its place
        st.permutations(range(4)),  # all of them renumbered
    ),
    max_size=40,
)


@settings(deadline=None)
@given(st.integers(2, 4), STEPS)
def test_a_ring_is_the_last_values_whatever_came_and_went(
    slots: int, steps: list[tuple[float, ...] | int | list[int]]
) -> None:
    rings = Rings(slots)
    rows = rings.allocate(4).tolist()
    pasts = [[np.nan] * slots for _ in rows]
    for step in steps:
        if isinstance(step, int):
            rings.release([rows[step]])
            (rows[step],) = rings.allocate(1).tolist()
            pasts[step] = [np.nan] * slots
        elif isinstance(step, list):
            rings = rings.compacted(np.array([rows[place] for place in step], np.int32))
            rows, pasts = list(range(4)), [pasts[place] for place in step]
        else:
            rings.advance(column(rings, dict(zip(rows, step, strict=True))))
            pasts = [[*past[1:], value] for past, value in zip(pasts, step, strict=True)]
    for row, past in zip(rows, pasts, strict=True):
        np.testing.assert_array_equal(rings.read(row), past)
    whole = np.array(pasts)
    known = ~np.isnan(whole)
    total = np.where(known.any(axis=0), np.where(known, whole, 0).sum(axis=0), np.nan)
    np.testing.assert_array_equal(rings.total(np.array(rows, np.int32)), total)
