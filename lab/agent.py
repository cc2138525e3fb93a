"""What an SNMPv2c agent answers (RFC 3416 §4.2), from replies encoded once and patched.

Pollers repeat themselves: the same question comes again with another request-id. So the answer
to a question is kept as a template in which only the moving values are written anew.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lab import ber
from lab.ber import COUNTER64, END_OF_MIB, NO_SUCH_INSTANCE, NO_SUCH_OBJECT, RESPONSE
from lab.errors import BerError
from lab.mib import Ids, Value
from lab.traffic import Floats

ROOM = 16_000  # bytes for variable bindings; with USM around them a message stays below 16,384
KEPT = 24  # templates per agent; a walk by GETNEXT must not keep one for each step
TOO_BIG, NOT_WRITABLE = 1, 17
Integers = NDArray[np.int64]


class Template:
    """A PDU after its request-id, with the places of the values that move."""

    __slots__ = ("high", "low", "masks", "parts", "rows", "size", "slots", "widths")

    def __init__(self, head: bytes, names: list[bytes], values: list[Value], now: Floats) -> None:
        self.parts: list[bytes] = [head]
        self.slots: list[int] = []
        self.widths: list[int] = []
        rows: list[int] = []
        masks: list[int] = []
        body: list[bytes] = []
        for name, value in zip(names, values, strict=True):
            if isinstance(value, bytes):
                body.append(ber.sequence(name, value))
                continue
            tag, row = value
            mask = -1 if tag == COUNTER64 else 0xFFFFFFFF
            width = ber.width(int(now[row]) & mask)
            rows.append(row)
            masks.append(mask)
            self.widths.append(width)
            body.append(
                ber.header(ber.SEQUENCE, len(name) + 2 + width) + name + bytes((tag, width))
            )
            self.parts.append(b"".join(body))
            body.clear()
            self.slots.append(len(self.parts))
            self.parts.append(bytes(width))
        self.parts.append(b"".join(body))
        size = sum(map(len, self.parts)) - len(head)
        self.parts[0] += ber.header(ber.SEQUENCE, size)
        self.size = sum(map(len, self.parts))
        self.rows = np.array(rows, dtype=np.intp)
        self.masks: Integers = np.array(masks, dtype=np.int64)
        bits = np.array(self.widths, dtype=np.int64) * 8 - 1
        self.high: Integers = np.left_shift(1, bits) - 1
        self.low: Integers = np.where(bits > 7, np.left_shift(1, np.maximum(bits - 8, 0)), 0)

    def fill(self, now: Floats) -> bytes:
        """The bytes with the values of this moment. Raises OverflowError when one needs more or
        fewer bytes than it had."""
        if not self.slots:
            return b"".join(self.parts)
        values = now.take(self.rows).astype(np.int64) & self.masks
        if (values > self.high).any() or (values < self.low).any():
            raise OverflowError
        parts = self.parts
        for slot, width, value in zip(self.slots, self.widths, values.tolist(), strict=True):
            parts[slot] = value.to_bytes(width, "big")
        return b"".join(parts)


class Subject(Protocol):
    """What an agent speaks for. `booted`: when it last started, `boots`: how often."""

    boots: int
    booted: float

    def values(self, t: float) -> Floats:
        """The values that move, at the moment t."""


class Agent:
    """Answers for one device. `objects` gives names in lexicographic order, and their values. Set
    `stale` after every change of the device."""

    def __init__(
        self,
        device: Subject,
        engine_id: bytes,
        objects: Callable[[], tuple[list[Ids], list[Value]]],
    ) -> None:
        self.device = device
        self.engine_id = engine_id
        self._objects = objects
        self.stale = True

    def prepare(self) -> None:
        """Encode everything anew if the device has changed."""
        if not self.stale:
            return
        self.stale = False
        self._names, self._values = self._objects()
        self._templates: dict[tuple[int, int, bytes], Template] = {}
        self._moment = -1.0
        self._now: Floats = self.device.values(0.0)

    def pdu(self, data: bytes, at: int, end: int, t: float, room: int = ROOM) -> bytes | None:
        """The response PDU to the request PDU in `data[at:end]`, None where none is due; `room` is
        for its variable bindings. Raises BerError."""
        self.prepare()
        tag, start, stop = ber.peek(data, at, end)
        _, id_stop = ber.expect(ber.INTEGER, data, start, stop)
        question = (tag, room, data[id_stop:stop])
        if t != self._moment:
            self._now, self._moment = self.device.values(t), t
        try:
            template = self._templates[question]
            body = template.fill(self._now)
        except (KeyError, OverflowError):
            answer = self._answer(tag, data, id_stop, stop, room)
            if answer is None:
                return None
            template, body = answer, answer.fill(self._now)
            if len(self._templates) >= KEPT:
                self._templates.clear()
            self._templates[question] = template
        request_id = data[start:id_stop]
        return ber.header(RESPONSE, len(request_id) + template.size) + request_id + body

    def _answer(self, tag: int, data: bytes, at: int, end: int, room: int) -> Template | None:
        """A new template for the request with `tag`, of which `data[at:end]` is what follows
        the request-id."""
        first, at = ber.read_integer(data, at, end)
        second, at = ber.read_integer(data, at, end)
        at, end = ber.expect(ber.SEQUENCE, data, at, end)
        raw, asked = data[at:end], _asked(data, at, end)
        if tag == ber.GET:
            found = [self._get(name) for name in asked]
        elif tag == ber.GET_NEXT:
            found = [self._next(name) for name in asked]
        elif tag == ber.GET_BULK:
            found = list(self._bulk(asked, max(first, 0), max(second, 0), room))
        elif tag == ber.SET:
            return _refusal(NOT_WRITABLE, 1, raw)
        else:
            return None
        names = [ber.oid(name) for name, _ in found]
        template = Template(_status(0, 0), names, [value for _, value in found], self._now)
        return template if template.size <= room else _refusal(TOO_BIG, 0, b"")

    def _get(self, name: Ids) -> tuple[Ids, Value]:
        place = bisect_left(self._names, name)
        if place < len(self._names) and self._names[place] == name:
            return name, self._values[place]
        beside = self._names[max(place - 1, 0) : place + 1]
        known = any(other[: len(name) - 1] == name[:-1] for other in beside)
        return name, NO_SUCH_INSTANCE if known else NO_SUCH_OBJECT

    def _next(self, name: Ids) -> tuple[Ids, Value]:
        place = bisect_right(self._names, name)
        if place < len(self._names):
            return self._names[place], self._values[place]
        return name, END_OF_MIB

    def _bulk(
        self, asked: list[Ids], single: int, repeats: int, room: int
    ) -> Iterator[tuple[Ids, Value]]:
        """Variable bindings of a GETBULK as far as they fit in a message; whole rounds of
        nothing but the end of the MIB are left out (RFC 3416 §4.2.3)."""
        for name in asked[:single]:
            found = self._next(name)
            room -= _cost(found)
            if room < 0:
                return
            yield found
        cursors = asked[single:]
        places = [bisect_right(self._names, name) for name in cursors]
        for _ in range(repeats if cursors else 0):
            ended = True
            for column, place in enumerate(places):
                if place < len(self._names):
                    found = self._names[place], self._values[place]
                    cursors[column], places[column] = self._names[place], place + 1
                    ended = False
                else:
                    found = cursors[column], END_OF_MIB
                room -= _cost(found)
                if room < 0:
                    return
                yield found
            if ended:
                return


def _cost(found: tuple[Ids, Value]) -> int:
    """Most bytes that a variable binding can take."""
    name, value = found
    return len(ber.oid(name)) + 4 + (len(value) if isinstance(value, bytes) else 11)


def _asked(data: bytes, at: int, end: int) -> list[Ids]:
    names: list[Ids] = []
    while at < end:
        start, stop = ber.expect(ber.SEQUENCE, data, at, end)
        name, at = ber.read_oid(data, start, stop)
        _, _, at = ber.peek(data, at, stop)
        if at != stop:
            raise BerError("a variable binding of more than a name and a value")
        names.append(name)
    return names


def _status(status: int, index: int) -> bytes:
    return ber.integer(status) + ber.integer(index)


def _refusal(status: int, index: int, raw: bytes) -> Template:
    """A template that reports an error-status and gives the bindings back as they came."""
    template = Template(_status(status, index), [], [], np.zeros(1))
    template.parts = [_status(status, index) + ber.tlv(ber.SEQUENCE, raw)]
    template.size = len(template.parts[0])
    return template
