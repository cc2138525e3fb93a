"""Reads that repeat an earlier one: the same requests, and answers in which nothing but numbers
differs.

An answer of another shape is taken in as a walk takes it, after those before it, so that nothing
is asked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from collector.failure import Failure
from collector.snmp import ber, message
from collector.snmp.course import objects_of
from collector.snmp.dialogue import Outcome, take_room
from collector.snmp.message import Bind, Pdu
from collector.snmp.session import Halves, Session
from collector.snmp.template import FIXED, WIDTH, Template
from collector.snmp.walk import Walk, WalkAsk

MOST_STEPS = 64  # a table that needs more round trips is walked anew each time
UNUSED = -1
OBJECTS = 600  # octets of a step's objects beside their contents
WIDEST_INTEGER = 6  # octets of a signed number that a float holds to the last digit


@dataclass(slots=True, eq=False)
class Step:
    """What was asked (`pdu`), and how it was answered: with which `objects`, those that are
    `fixed` having these values."""

    pdu: Halves
    template: Template
    slots: tuple[int, ...]
    objects: bytes
    fixed: bytes

    @classmethod
    def of(cls, request: Halves, slots: tuple[int, ...], pdu: Pdu, payload: bytes) -> Step:
        template = Template(payload, pdu, slots)
        fixed = fixed_of(slots, pdu.binds, payload)
        return cls(request, template, slots, objects_of(pdu.binds), fixed)

    def renewed(self, pdu: Pdu, payload: bytes) -> Step | None:
        """This step with the template of an answer whose numbers are of other lengths; None if
        anything else differs."""
        if not Template.fits(payload, pdu) or objects_of(pdu.binds) != self.objects:
            return None
        if fixed_of(self.slots, pdu.binds, payload) != self.fixed:
            return None
        for slot, bind in zip(self.slots, pdu.binds, strict=True):
            if slot >= 0 and not may_change(bind, payload):
                return None
        template = Template(payload, pdu, self.slots)
        return Step(self.pdu, template, self.slots, self.objects, self.fixed)

    def share(self, known: dict[Any, Any], *, add: bool) -> None:
        """Takes what is `known` of others with the same objects; `add`: and makes its own known."""
        take = known.setdefault if add else known.get
        self.slots = take(self.slots, self.slots)
        self.objects = take(self.objects, self.objects)
        self.template.share(known, add=add)

    @property
    def octets(self) -> int:
        """About how much memory it takes when its template shares nothing."""
        return self.template.octets + len(self.fixed) + OBJECTS


def fixed_of(slots: Sequence[int], binds: Sequence[Bind], payload: bytes) -> bytes:
    """The types and values in slots that are FIXED."""
    return b"".join(
        [
            b"%d %d:%b" % (tag, stop - start, payload[start:stop])
            for slot, (_, tag, start, stop) in zip(slots, binds, strict=True)
            if slot == FIXED
        ]
    )


class Heard(NamedTuple):
    """A request of a walk and its answer."""

    ask: WalkAsk
    pdu: Pdu
    payload: bytes


class Steps(NamedTuple):
    """What repeats a read."""

    steps: tuple[Step, ...]

    def numbers(self, payloads: Sequence[bytes]) -> NDArray[np.int64]:
        """The numbers of answers that match."""
        parts = [
            step.template.counts(payload)
            for step, payload in zip(self.steps, payloads, strict=True)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def steps_of(
    heard: Sequence[Heard], free: Container[bytes]
) -> tuple[Steps, tuple[bytes, ...]] | None:
    """What repeats a read of which this was heard, and the OIDs of its numbers, in order. Only
    those that are in `free` may be others then. None if it cannot be repeated."""
    if not 0 < len(heard) <= MOST_STEPS:
        return None
    steps: list[Step] = []
    oids: list[bytes] = []
    for ask, pdu, payload in heard:
        if not Template.fits(payload, pdu):
            return None
        slots: list[int] = []
        first = len(oids)
        for stem, bind in zip(stems(ask), pdu.binds, strict=False):
            if not bind[0].startswith(stem):
                slots.append(UNUSED)  # what follows the end of a table
            elif bind[0] in free and may_change(bind, payload):
                slots.append(len(oids) - first)
                oids.append(bind[0])
            else:
                slots.append(FIXED)
        if len(slots) < len(pdu.binds):
            return None
        steps.append(Step.of(ask.pdu, tuple(slots), pdu, payload))
    return Steps(tuple(steps)), tuple(oids)


def stems(ask: WalkAsk) -> Iterator[bytes]:
    """Of each variable binding of an answer, what its OID begins with if it is of use."""
    yield from (single.wanted for single in ask.singles)
    once = ask.non_repeaters - len(ask.singles) if ask.tag == message.GET_BULK else None
    yield from (column.root for column in ask.columns[:once])
    for _ in range(ask.repetitions if once is not None else 0):
        yield from (column.root for column in ask.columns[once:])


def may_change(bind: Bind, payload: bytes) -> bool:
    """Whether a template can leave this number out."""
    _, tag, start, stop = bind
    if tag == ber.INTEGER:
        return 0 < stop - start <= WIDEST_INTEGER
    spare = stop - start == WIDTH + 1 and not payload[start]
    return tag in ber.UNSIGNED and 0 < stop - start - spare <= WIDTH


class RepeatDialogue:
    """Follows `steps` as long as the answers have their objects and texts, and walks otherwise.
    `walk` is None for a read that went along the steps to its end; then `payloads` are the
    answers, whose templates the steps have."""

    lingers = False

    def __init__(
        self,
        session: Session,
        steps: Sequence[Step],
        start: Callable[[], Walk],
        done: Callable[[object, Outcome], None],
        failed: Callable[[Failure, str], None],
    ) -> None:
        self.session = session
        self.timeout_s = session.target.timeout_s
        self.retries = session.target.retries
        self.payloads: list[bytes] = []
        self.heard: list[Heard] = []
        self.walk: Walk | None = None
        self.steps = list(steps)
        self._start = start
        self._done = done
        self._failed = failed
        self._ask: WalkAsk
        self._asks: dict[Step, WalkAsk] = {}
        if not steps:
            self._begin()

    @property
    def finished(self) -> bool:
        if self.walk is None:
            return len(self.payloads) == len(self.steps)
        return not self._ask.oids

    @property
    def size(self) -> int:
        return self.walk.size if self.walk else 1

    def ask(self) -> tuple[Step | WalkAsk, Halves]:
        if self.walk is None:
            step = self.steps[len(self.payloads)]
            return step, self.session.prepare(step.pdu)
        return self._ask, self.session.prepare(self._ask.pdu)

    def glance(self, payload: bytes, tokens: Mapping[bytes, Any]) -> bytes | None:
        if self.walk is not None:
            return None
        step = self.steps[len(self.payloads)]
        template = step.template
        if not template.matches(payload):
            return None
        request_id = payload[template.id_at : template.id_at + 4]
        if tokens.get(request_id) is not step:
            return None
        self.payloads.append(payload)
        return request_id

    def hear(self, token: Step | WalkAsk, pdu: Pdu, payload: bytes) -> None:
        if self.walk is None and isinstance(token, Step):
            place = len(self.payloads)
            fresh = token.renewed(pdu, payload) if token is self.steps[place] else None
            if fresh is not None:
                self.steps[place] = fresh
                self.payloads.append(payload)
                return
        if self.walk is None:
            self._begin()
        ask = self._asks.get(token) if isinstance(token, Step) else token
        if ask is not None:  # else the walk asks for something else now
            self._take(ask, pdu, payload)

    def lost(self) -> None:
        if self.walk is None:
            self._begin()  # an answer to the step is still welcome
        if self.walk is not None:
            self.walk.shrink(self._ask)
            self._ask = self.walk.ask()

    def settle(self) -> None:
        if self.walk is not None:
            take_room(self.session, self.walk)
        else:
            self.session.room.answered()

    def finish(self, outcome: Outcome) -> None:
        self._done(self.walk, outcome)

    def fail(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self._failed(failure, detail)

    def abandon(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self.fail(failure, detail, outcome)

    def _begin(self) -> None:
        """Walks from now on, beginning with what was heard so far."""
        self.walk = self._start()
        self._ask = self.walk.ask()
        for place, step in enumerate(self.steps[: len(self.payloads) + 1]):
            if self._ask.pdu != step.pdu:
                return
            self._asks[step] = self._ask
            if place < len(self.payloads):
                payload = self.payloads[place]
                self._take(self._ask, self.session.read(payload), payload)

    def _take(self, ask: WalkAsk, pdu: Pdu, payload: bytes) -> None:
        assert self.walk is not None  # noqa: S101 - `_begin` was first
        self.walk.hear(ask, pdu, payload)
        if len(self.heard) <= MOST_STEPS:
            self.heard.append(Heard(ask, pdu, payload))
        self._ask = self.walk.ask()
