"""Moves: how a poll with a new layout takes the place of the one before."""

from __future__ import annotations

from collections.abc import Container
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from collector.sample import Layout, Readings
from store.block import Block
from store.kinds import Kinds
from store.shape import Positions, Shape, carried, renamed, shape_of

# Values from which on a layout is worked out in a thread: tens of thousands take 100 ms.
LARGE = 4_000

_NO_POSITIONS: Positions = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Move:
    """The new shape, and the positions of the values that remain, before and now."""

    shape: Shape
    before: Positions
    now: Positions


@dataclass(frozen=True, slots=True)
class _Working:
    """A move that a thread works out: valid for this block and layout only."""

    old: Block | None
    layout: Layout
    move: Future[Move]


class Moves:
    """Shapes are worked out once per layout, which nodes may share."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._shapes: WeakKeyDictionary[Layout, Shape] = WeakKeyDictionary()
        self._working: dict[tuple[str, str], _Working] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="layouts")

    def of(self, old: Block | None, readings: Readings) -> Move | None:
        """The move from `old`; None while a large one is being worked out: ask again."""
        layout = readings.layout
        if len(layout.numbers) <= LARGE:
            return self._known(layout, self._move(old, readings))
        key = readings.node, layout.module
        working = self._working.get(key)
        if working is None or working.old is not old or working.layout is not layout:
            working = _Working(old, layout, self._thread.submit(self._move, old, readings))
            self._working[key] = working
        if not working.move.done():
            return None
        del self._working[key]
        return self._known(layout, working.move.result())

    def settle(self) -> None:
        """Waits for whatever is being worked out."""
        for working in self._working.values():
            working.move.result()

    def keep(self, nodes: Container[str]) -> None:
        """Drops what is being worked out for any other node."""
        for key in [key for key in self._working if key[0] not in nodes]:
            del self._working[key]

    def _known(self, layout: Layout, move: Move) -> Move:
        self._shapes[layout] = move.shape
        return move

    def _move(self, old: Block | None, readings: Readings) -> Move:
        shape = self._shapes.get(readings.layout) or shape_of(readings.layout, self._kinds)
        if old is None:
            return Move(shape, _NO_POSITIONS, _NO_POSITIONS)
        gone = renamed(old.shape, old.texts, shape, readings.texts)
        return Move(shape, *carried(old.shape, shape, gone))
