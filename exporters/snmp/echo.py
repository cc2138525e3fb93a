"""The text of a scrape with its numbers left out, for the next one in which they alone differ."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from collector.snmp.ber import Value
from collector.snmp.engine import Found
from collector.snmp.repeat import Steps, steps_of
from exporters.snmp.compiled import CompiledModule
from exporters.snmp.number import MANTISSA
from exporters.snmp.page import Page, figure

FIRST_MARK = MANTISSA // 2  # a number that no device tells by chance
FRESH_S = 900.0
MOST_OCTETS = 72 * 2**20
ENTRY = 160  # octets of an entry of a dictionary, with its objects
LABELS = 300  # of the labels of a row
NAME = 120  # of the name of a sample, some of them with HELP and TYPE
FIRST_TRIES = 2

Key = TypeVar("Key")


class Mark(int):
    """Stands for a number that is not known yet; what is reckoned with it is kept for later."""

    scale: float | None = None
    offset = 0.0

    def __mul__(self, scale: float) -> Mark:
        made = Mark(self)
        made.scale = scale
        return made

    def __add__(self, offset: float) -> Mark:
        made = Mark(self)
        made.scale, made.offset = self.scale, offset
        return made

    def of(self, number: int) -> int | float:
        """The number that this one stands for, when it is `number` that the device told."""
        return number if self.scale is None else number * self.scale + self.offset


class Own(NamedTuple):
    """What a scrape tells of itself."""

    walked_s: float
    sent: int
    lost: int
    values: int
    lasted_s: float


Account = Callable[[Page, Own], None]


@dataclass(frozen=True, slots=True)
class Echo:
    """`names[i]` and `labels[i]` stand before the value of a sample: one of the device's numbers,
    in this `order`, at `places`; a figure that is `constant`; or one of the scrape's `own`. Some
    numbers are `reckoned` with."""

    steps: Steps
    values: int
    names: tuple[bytes, ...]
    labels: tuple[bytes, ...]
    constant: tuple[tuple[int, bytes], ...]
    places: array[int]
    order: NDArray[np.uint16]
    reckoned: tuple[tuple[int, Mark], ...]
    own: tuple[tuple[int, int], ...]

    def text(self, numbers: NDArray[np.int64], own: Own) -> bytes:
        """The whole exposition."""
        ordered = numbers[self.order]
        figures = orjson.dumps(ordered, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
        values = [b""] * len(self.names)
        for place, text in zip(self.places, figures, strict=True):
            values[place] = text
        for which, mark in self.reckoned:
            values[self.places[which]] = figure(mark.of(int(ordered[which]))).encode()
        for place, text in self.constant:
            values[place] = text
        for place, field in self.own:
            values[place] = figure(own[field]).encode()
        parts = [b"\n"] * (3 * len(values) + 1)
        parts[:-1:3], parts[1::3], parts[2::3] = self.names, self.labels, values
        return b"".join(parts)

    @property
    def octets(self) -> int:
        """About how much memory it takes, beside what others have too."""
        steps = sum(step.octets for step in self.steps.steps)
        return ENTRY + steps + 8 * len(self.labels) + 6 * len(self.places)


def echo_of(
    module: CompiledModule, found: Found, own: Own, account: Account, text: bytes
) -> Echo | None:
    """What repeats the scrape that found this and was written as `text`; None if it cannot be."""
    learnt = steps_of(found.heard, module.changing(found.values))
    if learnt is None or not learnt[1]:
        return None
    steps, oids = learnt
    marks: dict[bytes, Value] = {oid: Mark(FIRST_MARK + at) for at, oid in enumerate(oids)}
    page = Page()
    module.emit({**found.values, **marks}, page)
    first_own = FIRST_MARK + len(oids)
    account(page, Own(*(Mark(first_own + field) for field in range(len(own)))))
    made = _echo(steps, first_own, len(found.values), page)
    # A number that shows in a label would not be the mark that it is here.
    numbers = steps.numbers([heard.payload for heard in found.heard])
    return made if made.text(numbers, own) == text else None


def _echo(steps: Steps, first_own: int, values: int, page: Page) -> Echo:
    names: list[bytes] = []
    labels: list[bytes] = []
    constant: list[tuple[int, bytes]] = []
    places: array[int] = array("I")
    order: list[int] = []
    reckoned: list[tuple[int, Mark]] = []
    own: list[tuple[int, int]] = []
    for place, (name, label, value) in enumerate(page.samples_in_order()):
        names.append(f"\n{name}".encode() if place else name.encode())
        labels.append(label.encode())
        if not isinstance(value, Mark):
            constant.append((place, figure(value).encode()))
        elif value >= first_own:
            own.append((place, value - first_own))
        else:
            if value.scale is not None:
                reckoned.append((len(order), value))
            places.append(place)
            order.append(value - FIRST_MARK)
    return Echo(
        steps,
        values,
        tuple(names),
        tuple(labels),
        tuple(constant),
        places,
        np.array(order, np.uint16),
        tuple(reckoned),
        tuple(own),
    )


@dataclass(slots=True)
class Memory:
    """Of one module of one target. `hits` and `misses`: scrapes that went along an echo, and
    those that did not."""

    echo: Echo | None = None
    hits: int = 0
    misses: int = 0

    @property
    def worth(self) -> bool:
        """Whether another echo will do: not of a device whose texts are others every time."""
        return self.misses <= self.hits + FIRST_TRIES


class Memories(Generic[Key]):
    """Echoes within MOST_OCTETS; when that is full, all of them make room for others, but not
    more often than every FRESH_S."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self.octets = 0
        self._since_s = self._clock()
        self._of: dict[Key, Memory] = {}
        self._known: dict[Any, Any] = {}  # what nodes of a kind have in common

    def of(self, key: Key) -> Memory:
        memory = self._of.get(key)
        if memory is None:
            memory = Memory()
            if self._has_room():
                self._of[key] = memory
                self.octets += ENTRY
        return memory

    def keep(self, key: Key, echo: Echo) -> None:
        """Remembers this one, if there is room."""
        if not self._has_room():
            return
        memory = self.of(key)
        first = memory.echo is None
        if memory.echo is not None:
            self.octets -= memory.echo.octets
        before = len(self._known)
        labels = tuple([self._known.setdefault(label, label) for label in echo.labels])
        self.octets += (len(self._known) - before) * LABELS
        names = self._known.get(echo.names)
        if names is None:
            names = self._known[echo.names] = echo.names
            self.octets += NAME * len(names)
        for step in echo.steps.steps:
            step.share(self._known, add=first)  # or what has changed would pile up here
        memory.echo = replace(echo, names=names, labels=labels)
        self.octets += echo.octets

    def renew(self, memory: Memory, steps: Steps) -> None:
        """Remembers the steps that an echo took the last time."""
        if memory.echo is not None and memory.echo.steps.steps != steps.steps:
            for step in steps.steps:
                step.share(self._known, add=False)
            memory.echo = replace(memory.echo, steps=steps)

    def _has_room(self) -> bool:
        if self.octets >= MOST_OCTETS and self._clock() - self._since_s > FRESH_S:
            self.clear()
        return self.octets < MOST_OCTETS
