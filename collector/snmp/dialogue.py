"""Conversations with one agent, as pure state: what to ask next, what an answer means.

The engine carries them: it sends what `ask` returns, gives back what is heard, and ends each with
exactly one call of `finish` or `fail`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from collector.failure import Failure
from collector.sample import Reach
from collector.snmp import ber, message
from collector.snmp.ask import Ask
from collector.snmp.echo import Echo
from collector.snmp.message import Pdu
from collector.snmp.session import Halves, Session
from collector.snmp.walk import Walk, WalkAsk
from configs.inventory import Reachability

SYS_UPTIME = Ask(message.GET, (ber.encode_oid((1, 3, 6, 1, 2, 1, 1, 3, 0)),))


class Outcome(NamedTuple):
    """How a conversation went over the wire: started and ended (seconds of the engine's clock),
    requests that went unanswered, the round trip of the last answer (0 without one), how many
    requests were sent in all, and whether our credential was refused."""

    started: float
    ended: float
    lost: int
    rtt_s: float
    sent: int = 0
    refused: bool = False


class Dialogue(Protocol):
    """`token` is whatever `ask` returned beside the request that was answered."""

    session: Session
    timeout_s: float  # of each of its requests
    retries: int  # of each that went unanswered
    lingers: bool  # whether an answer to an earlier one that gave up is as good

    def ask(self) -> tuple[Any, Halves]:
        """The request to send now, prepared by the session."""

    def glance(self, payload: bytes, tokens: Mapping[bytes, Any]) -> bytes | None:
        """The id of the request that this payload answers, if its shape is known and it has been
        taken in; None if it must be read. `tokens`: request-ids that wait."""

    def hear(self, token: Any, pdu: Pdu, payload: bytes) -> None:
        """Takes in a response. Raises RefusedError (nothing changed) and AbandonedError."""

    def lost(self) -> None:
        """No answer in time, another try follows."""

    @property
    def finished(self) -> bool: ...

    @property
    def size(self) -> int:
        """How many values `settle` has to handle."""

    def settle(self) -> None:
        """Computes the result of a finished conversation; may run in a thread if it is large."""

    def finish(self, outcome: Outcome) -> None: ...

    def fail(self, failure: Failure, detail: str, outcome: Outcome) -> None: ...

    def abandon(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        """There was an answer to be believed, but one that leaves nothing to ask."""


@dataclass(slots=True)
class ProbeMemory:
    """What a session's probes need again."""

    request: Halves | None = None
    echo: Echo | None = None


class ProbeDialogue:
    """Is anybody there? Any answer that may be believed is one."""

    size = 1
    lingers = True

    def __init__(
        self,
        session: Session,
        memory: ProbeMemory,
        done: Callable[[Reach], None],
        timeout_s: float | None = None,
        retries: int | None = None,
    ) -> None:
        self.session = session
        target = session.target
        self.timeout_s = target.timeout_s if timeout_s is None else timeout_s
        self.retries = target.retries if retries is None else retries
        self.finished = False
        self._memory = memory
        self._done = done

    def ask(self) -> tuple[None, Halves]:
        if self._memory.request is None:
            self._memory.request = self.session.prepare(SYS_UPTIME.pdu)
        return None, self._memory.request

    def glance(self, payload: bytes, tokens: Mapping[bytes, None]) -> bytes | None:
        echo = self._memory.echo
        if echo is None or not echo.matches(payload):
            return None
        request_id = payload[echo.id_at : echo.id_at + 4]
        if request_id not in tokens:
            return None
        self.finished = True
        return request_id

    def hear(self, token: None, pdu: Pdu, payload: bytes) -> None:
        if Echo.fits(payload, pdu):
            self._memory.echo = Echo(payload, pdu)
        self.finished = True

    def lost(self) -> None:
        """The same is asked again."""

    def settle(self) -> None:
        """Nothing is left to compute."""

    def finish(self, outcome: Outcome) -> None:
        self._found(outcome)

    def _found(self, outcome: Outcome, failure: Failure | None = None, detail: str = "") -> None:
        self._done(
            Reach(
                self.session.target.node,
                outcome.ended,
                Reachability.SNMP,
                answered=True,
                rtt_s=outcome.rtt_s,
                loss_ratio=outcome.lost / (outcome.lost + 1),
                failure=failure,
                detail=detail,
                asked_at=outcome.ended - outcome.rtt_s,  # of the request that was answered
            )
        )

    def fail(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self._done(
            Reach(
                self.session.target.node,
                outcome.ended,
                Reachability.SNMP,
                answered=False,
                loss_ratio=1.0,
                failure=failure,
                detail=detail,
                asked_at=outcome.started,
                refused=outcome.refused,
            )
        )

    def abandon(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self._found(outcome, failure, detail)


class WalkDialogue:
    """Runs a walk to its end and hands it over whole."""

    lingers = False

    def __init__(
        self,
        session: Session,
        walk: Walk,
        done: Callable[[Walk, Outcome], None],
        failed: Callable[[Failure, str], None],
    ) -> None:
        self.session = session
        self.timeout_s = session.target.timeout_s
        self.retries = session.target.retries
        self.walk = walk
        self._done = done
        self._failed = failed
        self._ask = walk.ask()

    @property
    def finished(self) -> bool:
        return not self._ask.oids

    @property
    def size(self) -> int:
        return self.walk.size

    def ask(self) -> tuple[WalkAsk, Halves]:
        return self._ask, self.session.prepare(self._ask.pdu)

    def glance(self, payload: bytes, tokens: Mapping[bytes, WalkAsk]) -> bytes | None:
        return None

    def hear(self, token: WalkAsk, pdu: Pdu, payload: bytes) -> None:
        self.walk.hear(token, pdu, payload)
        self._ask = self.walk.ask()

    def lost(self) -> None:
        self.walk.shrink(self._ask)
        self._ask = self.walk.ask()

    def settle(self) -> None:
        take_room(self.session, self.walk)

    def finish(self, outcome: Outcome) -> None:
        self._done(self.walk, outcome)

    def fail(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self._failed(failure, detail)

    def abandon(self, failure: Failure, detail: str, outcome: Outcome) -> None:
        self.fail(failure, detail, outcome)


def take_room(session: Session, walk: Walk) -> bool:
    """Keeps what a walk learnt of the room in answers. Returns whether that is less than before
    because requests were lost: which they may be by chance where as much was answered."""
    if not walk.shrunk:
        session.room = walk.room
        return False
    return walk.too_large and session.room.lost(walk.room)
