"""Polls: the first ones walk, the later ones repeat what the last walk had to ask.

A walk whose row counts were known beforehand asks the same whenever the tables have not changed;
its requests and the templates of their answers are the *steps* of the course. A poll follows them
with one round trip each; the step's answer in another shape but with the same objects (a number
grew by an octet, a text changed) renews its template; anything else starts a new walk.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np

from collector.failure import Failure
from collector.sample import PollFailed, Readings
from collector.snmp.dialogue import Outcome, take_room
from collector.snmp.message import Bind, Pdu
from collector.snmp.plan import Plan, Shape, text
from collector.snmp.session import Halves, Session
from collector.snmp.template import Numbers, Template
from collector.snmp.walk import Walk, WalkAsk, value_of

MOST_STEPS = 64  # a table that needs more round trips is walked anew each time
MOST_SLOTS = 65_535
NOWHERE = -1 - MOST_SLOTS  # the slot of an object that is not in the layout

Part = TypeVar("Part", bound=Hashable)


@dataclass(slots=True, eq=False)
class Step:
    """A request, and what its answer looked like the last time: its template, and a digest of the
    objects that it held."""

    request: Halves
    template: Template
    objects: bytes

    @classmethod
    def learn(cls, request: Halves, pdu: Pdu, payload: bytes, shape: Shape) -> Step:
        places = [shape.slots.get(bind[0], NOWHERE) for bind in pdu.binds]
        return cls(shared(request), Template(payload, pdu, places), shared(objects_of(pdu.binds)))


@dataclass(slots=True, eq=False)
class Course:
    """What is remembered of a target and a plan from poll to poll. `rows`: of each of the plan's
    roots."""

    rows: tuple[int, ...] | None = None
    steps: list[Step] = field(default_factory=list)
    shape: Shape | None = None
    texts: tuple[str, ...] = ()


class PollDialogue:
    """One poll along a course. `done` gets its only result."""

    lingers = False

    def __init__(
        self,
        session: Session,
        plan: Plan,
        course: Course,
        max_rows: int,
        done: Callable[[Readings | PollFailed], None],
    ) -> None:
        self.session = session
        self.timeout_s = session.target.timeout_s
        self.retries = session.target.retries
        self.finished = False
        self._plan = plan
        self._course = course
        self._max_rows = max_rows
        self._done = done
        self._steps = course.steps
        self._at = 0
        self._numbers = course.shape.blank.copy() if course.shape else np.empty(0)
        self._walk: Walk | None = None
        self._ask: WalkAsk
        self._heard: list[tuple[WalkAsk, Pdu, bytes]] = []
        if not self._steps:
            self._start_walk()

    @property
    def size(self) -> int:
        return self._walk.size if self._walk else 1

    def ask(self) -> tuple[Step | WalkAsk, Halves]:
        if self._walk is None:
            step = self._steps[self._at]
            return step, step.request
        return self._ask, self.session.prepare(self._ask.pdu)

    def glance(self, payload: bytes, tokens: Mapping[bytes, object]) -> bytes | None:
        if not self._steps:
            return None
        step = self._steps[self._at]
        template = step.template
        if not template.matches(payload):
            return None
        request_id = payload[template.id_at : template.id_at + 4]
        if tokens.get(request_id) is not step:
            return None
        template.read(payload, self._numbers)
        self._follow()
        return request_id

    def hear(self, token: Step | WalkAsk, pdu: Pdu, payload: bytes) -> None:
        if isinstance(token, WalkAsk):
            self._hear_walk(token, pdu, payload)
        elif Template.fits(payload, pdu) and token.objects == objects_of(pdu.binds):
            self._renew(token, pdu, payload)
        else:
            self._steps = self._course.steps = []
            self._start_walk()

    def lost(self) -> None:
        if self._walk is None and self._at == 0:
            self._start_walk()  # an answer to the step is still welcome
        if self._walk is not None:
            self._walk.shrink(self._ask)
            self._ask = self._walk.ask()

    def settle(self) -> None:
        walk, course = self._walk, self._course
        if walk is None:
            if self.session.room.answered():
                course.steps = []
            return
        if take_room(self.session, walk):
            course.steps = []
        shape = self._plan.shape(walk)
        self._numbers, texts = values_of(walk, shape)
        if course.texts != texts:  # or else whoever holds them holds the same ones
            course.texts = texts
        rows = shared(tuple(len(column.indexes) for column in walk.columns))
        if not walk.shrunk:
            course.steps = self._learn(shape) if rows == course.rows else []
        course.rows = rows
        course.shape = shape

    def finish(self, outcome: Outcome) -> None:
        if self._course.shape is not None:
            self._numbers[np.isinf(self._numbers)] = np.nan  # as the float in an Opaque can be
            self._done(
                Readings(
                    self.session.target.node,
                    outcome.ended,
                    outcome.ended - outcome.started,
                    self._course.shape.layout,
                    array("d", self._numbers.tobytes()),
                    self._course.texts,
                )
            )

    def fail(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        node = self.session.target.node
        self._done(PollFailed(node, outcome.ended, self._plan.name, failure, detail))

    def abandon(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self.fail(failure, detail, outcome)

    def _follow(self) -> None:
        """Goes on to the next step, also if a walk had been begun for want of an answer."""
        self._walk = None
        self._at += 1
        self.finished = self._at == len(self._steps)

    def _renew(self, step: Step, pdu: Pdu, payload: bytes) -> None:
        """Learns the step's new shape, and the texts that it may have changed."""
        shape = self._course.shape
        if shape is None:
            return
        fresh = Step.learn(step.request, pdu, payload, shape)
        self._steps[self._at] = fresh
        fresh.template.read(payload, self._numbers)
        texts = list(self._course.texts)
        for bind in pdu.binds:
            slot = shape.slots.get(bind[0], 0)
            if slot < 0:
                texts[-slot - 1] = text(value_of(bind, payload), shape.kinds[-slot - 1])
        if list(self._course.texts) != texts:
            self._course.texts = tuple(texts)
        self._follow()

    def _start_walk(self) -> None:
        plan = self._plan
        self._walk = Walk(
            plan.gets,
            plan.roots,
            plan.tables,
            room=self.session.room,
            bulk=self.session.bulk,
            max_rows=self._max_rows,
            rows=self._course.rows,
            exact=plan.exact,
        )
        self._heard = []
        self._ask = self._walk.ask()
        self.finished = not self._ask.oids

    def _hear_walk(self, ask: WalkAsk, pdu: Pdu, payload: bytes) -> None:
        walk = self._walk
        if walk is None:
            return
        walk.hear(ask, pdu, payload)
        if len(self._heard) <= MOST_STEPS:
            self._heard.append((ask, pdu, payload))
        self._ask = walk.ask()
        self.finished = not self._ask.oids

    def _learn(self, shape: Shape) -> list[Step]:
        """The steps of the walk just finished; none if they cannot be repeated as they were."""
        if len(self._heard) > MOST_STEPS or len(shape.slots) > MOST_SLOTS:
            return []
        if not all(Template.fits(payload, pdu) for _, pdu, payload in self._heard):
            return []
        prepare = self.session.prepare
        return [
            Step.learn(prepare(ask.pdu), pdu, payload, shape) for ask, pdu, payload in self._heard
        ]


def objects_of(binds: Sequence[Bind]) -> bytes:
    """A digest of which objects an answer holds, in their order."""
    oids = b"\x80".join([bind[0] for bind in binds])  # 0x80 begins no sub-identifier
    return blake2b(oids, digest_size=16).digest()


def shared(part: Part) -> Part:
    """An equal part of a course, held once for all nodes of which it is the same."""
    known: Part = _known(part)
    return known


@lru_cache(maxsize=4096)
def _known(part: Any) -> Any:
    return part


def values_of(walk: Walk, shape: Shape) -> tuple[Numbers, tuple[str, ...]]:
    """Numbers and texts of a finished walk, in the order of the shape's layout."""
    numbers = shape.blank.copy()
    texts = [""] * len(shape.layout.texts)
    for oid, value in walk.found():
        slot = shape.slots[oid]
        if slot < 0:
            texts[-slot - 1] = text(value, shape.kinds[-slot - 1])
        elif isinstance(value, int | float):
            numbers[slot] = value
    return numbers, tuple(texts)
