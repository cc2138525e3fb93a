"""A conversation on its way: which request-ids wait for an answer, and until when."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import Any

from collector.errors import RefusedError
from collector.failure import Failure
from collector.snmp.dialogue import Dialogue, Outcome
from collector.snmp.session import Session
from collector.snmp.target import SocketAddress

LATE_S = 5.0
UNREAD = 4  # nobody can make us keep more


@dataclass(slots=True, eq=False)
class Peer:
    """An address and port: one conversation at a time, the others queue.

    `held`: a look went unanswered, or has to go before a request is repeated; only looks are put
    until something is answered, for whoever else waits on a dead agent keeps the looks waiting.

    `late`: when the probes were sent that had no answer in time, by request-id. One that comes
    after all proves as well that somebody is there, and serves the next probe. `unread` are
    datagrams, and when they came, that may be such while there is no conversation.
    """

    address: SocketAddress
    socket: Any
    current: Flight | None = None
    held: bool = False
    users: int = 0  # targets at this address
    late: dict[bytes, float] = field(default_factory=dict)
    unread: list[tuple[bytes, float]] = field(default_factory=list)
    queue: list[Flight] = field(default_factory=list)

    def call_next(self) -> Flight | None:
        """The conversation that is the current one from now on; None if there is one already, if
        nobody waits, and if who waits is held."""
        queue = self.queue
        if self.current is not None or not queue or (self.held and not queue[0].urgent):
            return None
        self.current = queue.pop(0)
        self.current.wake = math.inf  # until its request is put
        return self.current

    def asked_before(self) -> Flight | None:
        """The waiting conversation whose last request may still be answered."""
        return next((flight for flight in self.queue if flight.tokens), None)

    def keep(self, packet: bytes, now: float) -> bool:
        """Whether a datagram may be a late answer, and is kept for the next probe."""
        asking = self.current is not None and self.current.sent
        may_be = not asking and bool(self.late) and len(self.unread) < UNREAD
        if may_be:
            self.unread.append((packet, now))
        return may_be


class Flight:
    """`tokens` maps each request-id that may still be answered to the dialogue's token, `when` to
    the time that it was sent. `counted`: it takes a place in the engine's window; `ready`: its
    next request is to be sent. `wake` is when to look at it again, `deadline` when its present try
    is over."""

    __slots__ = (
        "attempts",
        "counted",
        "deadline",
        "dialogue",
        "ended",
        "lessons",
        "lost",
        "peer",
        "ready",
        "refusal",
        "rtt_s",
        "sent",
        "session",
        "started",
        "tokens",
        "urgent",
        "wake",
        "when",
    )

    def __init__(self, peer: Peer, dialogue: Dialogue, urgent: bool = False) -> None:
        self.peer = peer
        self.urgent = urgent
        self.dialogue = dialogue
        self.session: Session = dialogue.session
        self.tokens: dict[bytes, Any] = {}
        self.when: dict[bytes, float] = {}
        self.attempts = 0  # of the present request
        self.lessons = 0  # times that the session had to learn before the request could be put
        self.sent = 0  # requests of the whole conversation
        self.lost = 0  # of them without an answer in time
        self.started = 0.0
        self.rtt_s = 0.0
        self.wake = 0.0
        self.deadline = 0.0
        self.counted = False
        self.ready = False
        self.ended = False
        self.refusal: RefusedError | None = None

    def new_id(self) -> bytes:
        """A request-id that none of its own has, always of four octets."""
        while True:
            id_ = os.urandom(4)
            id_ = bytes((id_[0] & 0x3F | 0x40,)) + id_[1:]
            if id_ not in self.tokens:
                return id_

    def give_way(self) -> Flight | None:
        """The urgent conversation that waits for the same peer, now its current one; this one
        goes on after it. None when there is no such."""
        queue = self.peer.queue
        if not (queue and queue[0].urgent) or self.urgent:
            return None
        first = self.peer.current = queue.pop(0)
        waiting = sum(other.urgent for other in queue)
        queue.insert(waiting, self)
        return first

    def answered(self, request_id: bytes, now: float) -> None:
        """Notes that a request was answered, so that none before it waits any longer."""
        self.rtt_s = now - self.when[request_id]
        self.tokens.clear()
        self.when.clear()
        self.attempts = 0
        self.peer.held = False

    def leave_late(self, now: float) -> None:
        """Its requests may still be answered to the next probe of the same peer."""
        if self.dialogue.lingers:
            self.peer.late = {id_: at for id_, at in self.when.items() if now - at < LATE_S}

    def begin(self, now: float) -> list[tuple[bytes, float]]:
        """Takes over what an earlier probe left; returns what may be answers to that."""
        self.started = now
        if not (self.dialogue.lingers and self.peer.late):
            return []
        self.when.update(self.peer.late)
        self.tokens.update(dict.fromkeys(self.peer.late))
        unread, self.peer.late, self.peer.unread = self.peer.unread, {}, []
        return unread

    def end(self) -> None:
        """Lets go of what was said: deadlines hold on to a flight for a while after its end, on a
        busy machine to tens of thousands of them."""
        self.ended = True
        self.tokens.clear()
        self.when.clear()
        del self.dialogue

    def outcome(self, now: float) -> Outcome:
        refusal = self.refusal
        refused = refusal is not None and refusal.failure is Failure.AUTHENTICATION
        return Outcome(self.started, now, self.lost, self.rtt_s, self.sent, refused)

    def reason(self) -> tuple[Failure, str]:
        """Why no answer was had: what came instead, if anything did."""
        if self.refusal is not None:
            return self.refusal.failure, str(self.refusal)
        suspicion = self.session.suspicion()
        if suspicion is not None:
            return Failure.AUTHENTICATION, suspicion
        span = f"{self.dialogue.timeout_s:.2g} s"
        if self.attempts <= 1:
            return Failure.TIMEOUT, f"no answer within {span}"
        return Failure.TIMEOUT, f"no answer to {self.attempts} requests, {span} each"
