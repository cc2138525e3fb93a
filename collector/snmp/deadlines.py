"""Deadlines in slots of time: many are set, almost all are met, few ever come up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

SLOT_S = 0.02


class Deadlines(Generic[T]):
    """Things to look at again at a time, up to one slot late. Nothing is ever taken back: whoever
    gets a thing asks it whether its time has come."""

    def __init__(self) -> None:
        self._slots: defaultdict[int, list[T]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self._slots)

    def add(self, at: float, thing: T) -> None:
        self._slots[int(at / SLOT_S) + 1].append(thing)

    def due(self, now: float) -> Iterator[T]:
        """Takes out, earliest first, the things whose slot is over."""
        over = int(now / SLOT_S)
        for slot in sorted(slot for slot in self._slots if slot <= over):
            yield from self._slots.pop(slot)
