"""The polling engine: what others call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from collector.errors import (
    SNMP_ERRORS,
    QuestionError,
    SnmpGarbageError,
    SnmpLengthError,
    SnmpUnreachableError,
)
from collector.failure import Failure
from collector.sample import PollFailed, Reach, Readings
from collector.snmp import ber
from collector.snmp.community import CommunitySession
from collector.snmp.course import Course, PollDialogue
from collector.snmp.dialogue import Dialogue, Outcome, ProbeDialogue, ProbeMemory, WalkDialogue
from collector.snmp.flight import Peer
from collector.snmp.keys import Keyring
from collector.snmp.page import ENDLESS, Page, PageDialogue, PageWalk
from collector.snmp.plan import Plan
from collector.snmp.repeat import Heard, RepeatDialogue, Steps
from collector.snmp.session import Session
from collector.snmp.settling import LARGE
from collector.snmp.stats import SnmpStats
from collector.snmp.target import Target
from collector.snmp.transport import Transport
from collector.snmp.usm import UsmSession
from collector.snmp.walk import MOST_REPETITIONS, MOST_VALUES, Walk, dotted
from configs.credentials import Version

Done: TypeAlias = Callable[[object, Outcome], None]
Failed: TypeAlias = Callable[[Failure, str], None]
Talk = TypeVar("Talk", bound=Dialogue)


class VarBind(NamedTuple):
    """`type` is the ASN.1 name (`Counter64`, `noSuchInstance`); `value` a number, octets, or the
    text of an OID or IP address, None for the exceptions."""

    oid: str
    type: str
    value: ber.Value


class Found(NamedTuple):
    """What a read brought: OID octets to value, None for what is no value; how many requests
    were sent, and how many of them in vain. `rows` of each subtree, in the order asked.

    After a read that went along the steps of another, `steps` are those to take the next time,
    and `numbers` are all that was found; what was `heard` of one that can be repeated is there
    otherwise.
    """

    values: dict[bytes, ber.Value]
    sent: int
    lost: int
    rows: tuple[int, ...] = ()
    steps: Steps | None = None
    numbers: NDArray[np.int64] | None = None
    heard: tuple[Heard, ...] = ()


@dataclass(slots=True, eq=False)
class Contact:
    """All that is remembered of a target."""

    peer: Peer
    session: Session
    probe: ProbeMemory = field(default_factory=ProbeMemory)
    courses: dict[Plan, Course] = field(default_factory=dict)


class SnmpEngine:
    """Polls, probes, gets and walks. `window` limits the requests that load the network at once,
    `max_rows` the length of any column. Use it as an asynchronous context manager.

    A target is asked one thing at a time; more queues behind it, probes first.
    """

    def __init__(
        self,
        *,
        window: int = 1024,
        max_rows: int = 50_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stats = SnmpStats()
        self._window = window
        self._max_rows = max_rows
        self._clock = clock
        self._keyring = Keyring()
        self._contacts: dict[Target, Contact] = {}
        self._nodes: dict[str, tuple[Target, ...]] = {}
        self._futures: set[asyncio.Future[Outcome]] = set()

    async def __aenter__(self) -> Self:
        self._transport = Transport(self._window, self.stats, self._clock)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Closes everything. Polls under way end without a result, awaited calls are cancelled."""
        self._transport.close()
        for future in self._futures:
            future.cancel()

    def poll(
        self, target: Target, plan: Plan, done: Callable[[Readings | PollFailed], None]
    ) -> None:
        """Reads a plan and calls `done` once. Raises AddressError, QuestionError, and
        SnmpUnreachableError where this machine has no such network at all."""
        contact = self._contacts.get(target) or self._contact(target)
        course = contact.courses.get(plan)
        if course is None:
            course = contact.courses[plan] = Course()
        dialogue = PollDialogue(contact.session, plan, course, self._max_rows, done)
        self._transport.start(contact.peer, dialogue)

    def probe(
        self,
        target: Target,
        done: Callable[[Reach], None],
        timeout_s: float | None = None,
        retries: int | None = None,
    ) -> None:
        """Asks for sysUpTime.0 and calls `done` once; any answer that may be believed counts as
        there. `timeout_s` and `retries` are the target's unless given. Raises as `poll` does."""
        contact = self._contacts.get(target) or self._contact(target)
        dialogue = ProbeDialogue(contact.session, contact.probe, done, timeout_s, retries)
        self._transport.start(contact.peer, dialogue, urgent=True)

    async def get(self, target: Target, oids: Sequence[str]) -> list[VarBind]:
        """These instances, in this order. Raises SnmpError, AddressError, QuestionError."""
        try:
            wanted = [ber.encode_oid(ber.parse_oid(oid)) for oid in oids]
        except ValueError as error:
            raise QuestionError(f"{target.node}: {error}") from None
        walk = self._walk(target, wanted, (), exact=True)
        await self._carry(target, f"get {', '.join(oids)}", walk)
        return varbinds(walk)

    async def walk(self, target: Target, root: str) -> list[VarBind]:
        """Everything below `root` (`1` for all). Raises SnmpError, AddressError, QuestionError."""
        try:
            wanted = ber.subtree(root)
        except ValueError as error:
            raise QuestionError(f"{target.node}: {error}") from None
        walk = self._walk(target, (), (wanted,))
        await self._carry(target, f"walk {root}", walk)
        return await all_varbinds(walk)

    async def read(
        self,
        target: Target,
        gets: Sequence[bytes],
        roots: Sequence[bytes],
        repetitions: int = MOST_REPETITIONS,
        rows: Sequence[int] | None = None,
        *,
        ordered: bool = True,
        steps: Steps | None = None,
    ) -> Found:
        """Instances and whole subtrees, `repetitions` rows at a time at most; `rows` is how many
        each subtree had the last time, `steps` how it was read then. Rows out of order are
        refused, unless `ordered` is False. Raises SnmpError, AddressError, QuestionError."""
        session = (self._contacts.get(target) or self._contact(target)).session

        def start() -> Walk:
            return Walk(
                gets,
                roots,
                [(i,) for i in range(len(roots))],
                room=session.room,
                bulk=session.bulk,
                max_rows=MOST_VALUES,
                repetitions=repetitions,
                rows=rows,
                ordered=ordered,
            )

        read, outcome = await self._run(
            target, "read", partial(RepeatDialogue, session, steps.steps if steps else (), start)
        )
        walk = read.walk
        if walk is None:
            assert steps is not None  # noqa: S101 - or there would have been a walk
            steps = Steps(tuple(read.steps))
            numbers = steps.numbers(read.payloads)
            return Found({}, outcome.sent, outcome.lost, (), steps, numbers)
        counted = tuple(len(column.indexes) for column in walk.columns)
        same = rows is not None and tuple(rows) == counted and not walk.shrunk
        heard = tuple(read.heard) if same else ()
        return Found(dict(walk.found()), outcome.sent, outcome.lost, counted, heard=heard)

    async def columns(
        self, target: Target, roots: Sequence[str], most: int | None = None
    ) -> list[VarBind]:
        """Everything below each of `roots`. All of them are peeked at together first, so that one
        that the device does not have costs a share of a request. One that the agent answered with
        an error, from some row on, is told by its root as an object of that type. Raises as `walk`
        does, and SnmpLengthError for more than `most` rows in one of them."""
        try:
            wanted = [ber.subtree(root) for root in roots]
        except ValueError as error:
            raise QuestionError(f"{target.node}: {error}") from None
        session = (self._contacts.get(target) or self._contact(target)).session
        walk = Walk(
            (),
            wanted,
            (),
            room=session.room,
            bulk=session.bulk,
            max_rows=most or self._max_rows,
            rows=[0] * len(wanted),
        )
        try:
            await self._carry(target, f"walk {len(wanted)} columns", walk)
        except SnmpGarbageError as error:
            if all(len(column.indexes) <= (most or self._max_rows) for column in walk.columns):
                raise
            raise SnmpLengthError(error.node, error.operation, error.detail) from None
        failed = [
            VarBind(ber.format_oid(ber.decode_oid(column.root)), column.error, None)
            for column in walk.columns
            if column.error
        ]
        return failed + await all_varbinds(walk)

    def leave(self, target: Target, plan: Plan) -> None:
        """Drops what was learnt for a plan that a target is no longer asked for."""
        contact = self._contacts.get(target)
        if contact is not None:
            contact.courses.pop(plan, None)

    async def page(self, target: Target, root: bytes, after: bytes, most: int = ENDLESS) -> Page:
        """What one answer holds of a subtree, behind the OID `after` (content octets, `root` or
        below it), `most` rows of it. Raises SnmpError, AddressError, QuestionError."""
        session = (self._contacts.get(target) or self._contact(target)).session
        walk = PageWalk(root, after, most, room=session.room, bulk=session.bulk)
        await self._carry(target, f"walk {dotted(after)}", walk, PageDialogue)
        return walk.page()

    def forget(self, node: str) -> None:
        """Drops everything learnt about a node: shapes of answers, engine id and time, sizes."""
        for target in self._nodes.pop(node, ()):
            self._transport.drop_peer(self._contacts.pop(target).peer)

    def _contact(self, target: Target) -> Contact:
        session: Session
        if target.credential.version is Version.V3:
            session = UsmSession(target, self._keyring, self.stats)
        else:
            session = CommunitySession(target)
        try:
            peer = self._transport.peer(target)
        except OSError as error:
            detail = f"no socket for {target.address}: {error.strerror or error}"
            raise SnmpUnreachableError(target.node, "ask", detail) from None
        contact = self._contacts[target] = Contact(peer, session)
        self._nodes[target.node] = (*self._nodes.get(target.node, ()), target)
        return contact

    def _walk(
        self,
        target: Target,
        gets: Sequence[bytes],
        roots: Sequence[bytes],
        *,
        exact: bool = False,
    ) -> Walk:
        session = (self._contacts.get(target) or self._contact(target)).session
        return Walk(
            gets,
            roots,
            (range(len(roots)),),
            room=session.room,
            bulk=session.bulk,
            max_rows=self._max_rows,
            exact=exact,
        )

    async def _carry(
        self,
        target: Target,
        operation: str,
        walk: Walk,
        kind: Callable[..., WalkDialogue] = WalkDialogue,
    ) -> None:
        await self._run(target, operation, partial(kind, self._contacts[target].session, walk))

    async def _run(
        self, target: Target, operation: str, make: Callable[[Done, Failed], Talk]
    ) -> tuple[Talk, Outcome]:
        """The finished conversation that `make` begins."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def done(_: object, outcome: Outcome) -> None:
            if not future.done():
                future.set_result(outcome)

        def failed(failure: Failure, detail: str) -> None:
            if not future.done():
                future.set_exception(SNMP_ERRORS[failure](target.node, operation, detail))

        dialogue = make(done, failed)
        flight = self._transport.start(self._contacts[target].peer, dialogue)
        self._futures.add(future)
        try:
            return dialogue, await future
        finally:
            self._futures.discard(future)
            self._transport.drop(flight)  # or it would go on when whoever asked has given up


async def all_varbinds(walk: Walk) -> list[VarBind]:
    """`varbinds`, in a thread when there are many; the walk is done with then."""

    def taken() -> list[VarBind]:
        found = varbinds(walk)
        walk.columns.clear()  # here, since that takes its time, too
        return found

    return varbinds(walk) if walk.size < LARGE else await asyncio.to_thread(taken)


def varbinds(walk: Walk) -> list[VarBind]:
    """What a walk read, instances that are not there included."""
    found = [
        VarBind(ber.format_oid(ber.decode_oid(s.wanted)), type_name(s.tag, s.value), s.value)
        for s in walk.singles
    ]
    for column in walk.columns:
        for index, tag, value in zip(column.indexes, column.tags, column.values, strict=True):
            oid = ber.format_oid(ber.decode_oid(column.root + index))
            found.append(VarBind(oid, type_name(tag, value), value))
    return found


def type_name(tag: int, value: ber.Value) -> str:
    """The name of a type; `Float` and `Double` for what net-snmp puts into an Opaque."""
    if tag == ber.OPAQUE and isinstance(value, float):
        return "Float"
    return ber.TYPE_NAMES.get(tag, f"0x{tag:02x}")
