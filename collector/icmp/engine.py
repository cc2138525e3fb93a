"""The ICMP engine: asks addresses for an echo and says how each look ended.

Nothing wakes up per packet: the kernel stamps what arrives, so that a tick every ten milliseconds
may read it without harm to the round-trip times. While there is something to send, ticks come
every millisecond and send what the pace allows.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from types import TracebackType
from typing import NamedTuple, Self

from collector.errors import AddressError, IcmpPermissionError
from collector.failure import Failure
from collector.icmp.look import Look, Packet
from collector.icmp.pace import Pace
from collector.icmp.packet import V4, V6, Dialect, Heard
from collector.icmp.pending import LATE_S, Pending, Verdict
from collector.icmp.wire import Wire
from collector.sample import Reach

PACE_S = 100e-6
_SENDING_TICK_S = 0.001
_WAITING_TICK_S = 0.010
_SPACING_S = 0.010  # between the packets of one look
# So much a tick, for a tick to stay well under ten milliseconds.
_MOST_SENT = 64
_MOST_HEARD = 256


@dataclass(slots=True)
class IcmpStats:
    """Packets. `refused`: an ICMP error instead of a reply; `forged`: wrong source, cookie or
    sequence; `unsendable`: this host has no way there; `overflow`: dropped by the kernel because
    the receive buffer was full."""

    sent: int = 0
    answered: int = 0
    lost: int = 0
    refused: int = 0
    unsendable: int = 0
    duplicate: int = 0
    late: int = 0
    forged: int = 0
    overflow: int = 0


class Late(NamedTuple):
    """A reply after its timeout."""

    packet: Packet
    rtt_s: float


@lru_cache(maxsize=1 << 17)
def canonical(address: str) -> tuple[Dialect, str]:
    """Family and usual spelling of a numeric address. Raises AddressError."""
    dialect = V6 if ":" in address else V4
    try:
        packed = socket.inet_pton(dialect.family, address)
    except OSError:
        raise AddressError(
            f"{address!r} is not an IPv4 or IPv6 address; write it in numbers"
        ) from None
    return dialect, socket.inet_ntop(dialect.family, packed)


class IcmpEngine:
    """One engine for a whole fleet, an async context manager in the loop that it serves.

    `raw` demands one kind of socket; None takes the best that is allowed. Entering raises
    IcmpPermissionError.
    """

    def __init__(
        self,
        *,
        pace_s: float = PACE_S,
        raw: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._raw = raw
        self._clock = clock
        self._pace = Pace(pace_s, _MOST_SENT)
        self._pending = Pending()
        self._queue: deque[Look] = deque()
        self._wires: dict[Dialect, Wire] = {}
        self._last_rtt_s: dict[str, float] = {}
        self._late: dict[str, Late] = {}  # replies that came while nobody waited
        self._stats = IcmpStats()
        self._timer: asyncio.Handle | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._wire(V4)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Looks that are still open are dropped without a word."""
        if self._timer is not None:
            self._timer.cancel()
        self._queue.clear()
        self._pending.clear()
        for wire in self._wires.values():
            wire.close()

    @property
    def stats(self) -> IcmpStats:
        self._stats.overflow = sum(wire.overflow for wire in self._wires.values())
        return self._stats

    @property
    def raw(self) -> bool:
        """Whether the IPv4 socket is a raw one."""
        return self._wires[V4].raw

    def probe(
        self,
        node: str,
        address: str,
        done: Callable[[Reach], None],
        *,
        count: int = 1,
        timeout_s: float = 1.0,
    ) -> None:
        """Looks at a node with `count` packets, each waited for `timeout_s`; calls `done` once,
        never before returning. Raises AddressError."""
        dialect, address = canonical(address)
        previous = self._last_rtt_s.get(node)
        self._enqueue(Look(node, address, dialect, done, count, timeout_s, previous, count, count))

    async def sweep(
        self, targets: Iterable[tuple[str, str]], *, count: int = 1, timeout_s: float = 1.0
    ) -> list[Reach]:
        """One look at each (node, address), in their order. Raises AddressError."""
        targets = [(node, address) for node, address in targets if canonical(address)]
        results: dict[int, Reach] = {}
        finished = asyncio.Event()

        def done(position: int, reach: Reach) -> None:
            results[position] = reach
            if len(results) == len(targets):
                finished.set()

        for position, (node, address) in enumerate(targets):
            self.probe(node, address, partial(done, position), count=count, timeout_s=timeout_s)
        if targets:
            await finished.wait()
        return [results[position] for position in range(len(targets))]

    def forget(self, node: str) -> None:
        """Drops what is remembered of a node: its last round-trip time, a late reply."""
        self._last_rtt_s.pop(node, None)
        self._late.pop(node, None)

    def _enqueue(self, look: Look) -> None:
        self._queue.append(look)
        if self._timer is None:
            self._timer = self._loop.call_soon(self._tick)

    def _tick(self) -> None:
        """Hears before it gives up, so that no answer that is already here counts as missing."""
        self._timer = None
        try:
            if self._hear():
                self._give_up()
            self._send()
        finally:
            if self._queue:
                self._timer = self._loop.call_later(_SENDING_TICK_S, self._tick)
            elif self._pending:
                self._timer = self._loop.call_later(_WAITING_TICK_S, self._tick)

    def _hear(self) -> bool:
        """Judges what has arrived; false when there may be more."""
        for wire in tuple(self._wires.values()):
            now, now_ns = self._clock(), time.time_ns()
            for message in wire.receive(_MOST_HEARD):
                age_s = (now_ns - message.stamp_ns) * 1e-9 if message.stamp_ns else 0.0
                self._judge(wire, message, now - age_s)
            for message in wire.errors(_MOST_HEARD):
                self._judge(wire, message, now)
        return all(wire.drained for wire in self._wires.values())

    def _judge(self, wire: Wire, heard: Heard, arrived_at: float) -> None:
        stats = self._stats
        verdict, packet = self._pending.judge(heard, wire.identifier)
        stats.late += verdict is Verdict.LATE
        if packet is None:
            stats.duplicate += verdict is Verdict.DUPLICATE
            stats.forged += verdict is Verdict.FORGED
            return
        if verdict is Verdict.LATE:
            late = Late(packet, self._rtt_s(packet, arrived_at))
            if not self._serve(late):
                self._late[packet.look.node] = late
        elif heard.error:
            stats.refused += 1
            look = packet.look
            look.failure, look.detail = Failure.REFUSED, f"{heard.source} says: {heard.error}"
            self._end(look)
        else:
            self._answered(packet.look, self._rtt_s(packet, arrived_at))

    def _answered(self, look: Look, rtt_s: float) -> None:
        self._stats.answered += 1
        look.rtts_s.append(rtt_s)
        self._last_rtt_s[look.node] = rtt_s
        self._end(look)

    def _serve(self, late: Late) -> bool:
        """Whether a late reply has answered the look that waits for the same node now."""
        look = self._pending.succeed(late.packet)
        if look is not None:
            look.asked_at = late.packet.sent_at
            self._answered(look, late.rtt_s)
        return look is not None

    def _rtt_s(self, packet: Packet, arrived_at: float) -> float:
        """The kernel's stamp is of the wall clock: if that was set meanwhile, believe our own."""
        rtt_s, longest_s = arrived_at - packet.sent_at, self._clock() - packet.sent_at
        return rtt_s if 0.0 <= rtt_s <= longest_s else longest_s

    def _give_up(self) -> None:
        for packet in self._pending.overdue(self._clock()):
            self._stats.lost += 1
            self._end(packet.look)

    def _end(self, look: Look) -> None:
        look.open -= 1
        if not look.open:
            look.done(look.reach(self._clock()))

    def _send(self) -> None:
        queue, sent = self._queue, 0
        allowance = self._pace.allowance(self._clock())
        while queue and sent < allowance and not self._pending.full:
            if not self._send_one(queue[0]):
                break
            queue.popleft()
            sent += 1
        self._pace.spent(sent, backlog=bool(queue))

    def _send_one(self, look: Look) -> bool:
        """Sends a look's next packet; false when the kernel has no room for it now."""
        sequence, cookie = self._pending.ticket()
        sent_at = self._clock()
        try:
            self._put(look, sequence, cookie)
        except BlockingIOError:
            return False
        except (OSError, IcmpPermissionError) as error:
            self._stats.unsendable += 1
            look.failure = Failure.REFUSED
            look.detail = f"not sent: {_reason(error)}"
            self._loop.call_soon(self._end, look)
        else:
            self._stats.sent += 1
            self._pending.add(look, sequence, cookie, sent_at)
            if look.asked_at is None:
                look.asked_at = sent_at
            late = self._late.pop(look.node, None)
            if late is not None and sent_at - late.packet.sent_at < LATE_S:
                self._loop.call_soon(self._serve, late)
        look.unsent -= 1
        if look.unsent:
            self._loop.call_later(_SPACING_S, self._enqueue, look)
        return True

    def _put(self, look: Look, sequence: int, cookie: bytes) -> None:
        wire = self._wire(look.dialect)
        try:
            wire.send(look.address, sequence, cookie)
        except OSError:
            if wire.raw:
                raise
            # A ping socket hands the error about an earlier packet to the next send: repeat it.
            wire.send(look.address, sequence, cookie)

    def _wire(self, dialect: Dialect) -> Wire:
        """The socket of a family, opened when first needed."""
        wire = self._wires.get(dialect)
        if wire is None:
            wire = self._wires[dialect] = Wire(dialect, raw=self._raw)
        return wire


def _reason(error: OSError | IcmpPermissionError) -> str:
    return os.strerror(error.errno or 0).lower() if isinstance(error, OSError) else str(error)
