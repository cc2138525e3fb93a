"""Carries conversations over few UDP sockets: sends, receives, waits, repeats, gives up.

No turn of its work holds the loop longer than `TURN_S`; what is left over is done in the next one.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import deque
from collections.abc import Callable

from collector.errors import AbandonedError, MalformedError, RefusedError
from collector.failure import Failure
from collector.refusal import Refusal
from collector.snmp import message
from collector.snmp.deadlines import SLOT_S, Deadlines
from collector.snmp.dialogue import Dialogue
from collector.snmp.flight import Flight, Peer
from collector.snmp.intake import LOOK_S, TURN_CHECK, TURN_S, Intake
from collector.snmp.patience import Patience
from collector.snmp.peers import Peers
from collector.snmp.ready import Ready
from collector.snmp.settling import Settling
from collector.snmp.stats import SnmpStats
from collector.snmp.target import Target

PARK_S = 0.25  # after this long without an answer a request no longer loads the network
LESSONS = 4  # times that one request may be put off to learn an engine's id and time
SEND_TRIES = 4  # each failed one reports, and so clears, an ICMP error of an earlier packet


class Transport:
    """`window`: how many requests may load the network at once."""

    def __init__(self, window: int, stats: SnmpStats, clock: Callable[[], float]) -> None:
        self._window = window
        self._stats = stats
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._peers = Peers(self._drain)
        self._intake = Intake(
            self._peers,
            stats,
            clock,
            readable=self._drain,
            take=self._take,
            unexpected=self._unexpected,
            unreachable=self._unreachable,
        )
        self._ready = Ready()
        self._overdue: deque[Flight] = deque()
        self._patience = Patience(clock())
        self._deadlines: Deadlines[Flight] = Deadlines()
        self._settling = Settling()
        self._ticking = False
        self._pumping = False
        self._closed = False

    def close(self) -> None:
        """Closes the sockets and forgets every conversation without another word."""
        self._closed = self._settling.closed = True
        self._peers.close()

    def peer(self, target: Target) -> Peer:
        """The peer at a target's address, until `drop_peer`. Raises AddressError, and OSError
        where no socket can be had."""
        return self._peers.take(target)

    def drop_peer(self, peer: Peer) -> None:
        """Takes back one call of `peer`."""
        self._peers.give_back(peer)

    def start(self, peer: Peer, dialogue: Dialogue, urgent: bool = False) -> Flight:
        """Begins a conversation as soon as the peer and the window are free."""
        flight = Flight(peer, dialogue, urgent)
        peer.queue.insert(0 if urgent else len(peer.queue), flight)
        self._stats.waiting += 1
        self._call_next(peer)
        if peer.held and not urgent:
            self._hold(flight, self._clock())
        self._pump_soon()
        return flight

    def drop(self, flight: Flight) -> None:
        """Ends a conversation that nobody waits for any more, unless it has ended."""
        if not flight.ended:
            self._leave(flight)
            self._pump_soon()

    # Sending

    def _pump(self) -> None:
        """Sends what is ready, within the window."""
        self._pumping = False
        if self._closed:
            return
        ready, stats = self._ready, self._stats
        until = self._clock() + TURN_S
        sent, delay_s = 0, 0.0
        try:
            while stats.in_flight < self._window and (flight := ready.take()) is not None:
                if not self._send(flight):
                    delay_s = LOOK_S  # the send buffer is full
                    break
                sent += 1
                if sent % TURN_CHECK == 0 and self._clock() > until:
                    break
        finally:  # a caller's mistake in `done` must not stop the others
            if ready and stats.in_flight < self._window:
                self._pump_soon(delay_s)

    def _pump_soon(self, delay_s: float = 0.0) -> None:
        if not self._pumping:
            self._pumping = True
            self._loop.call_later(delay_s, self._pump)

    def _send(self, flight: Flight) -> bool:
        """Puts the present request; False (and the flight waits on) if the socket takes no more."""
        dialogue = flight.dialogue
        if dialogue.finished:  # it had nothing to ask
            self._end(flight, self._clock())
            return True
        token, prepared = dialogue.ask()
        request_id = flight.new_id()
        now = self._clock()
        sealed = flight.session.seal(prepared, request_id, now)
        for attempt in range(SEND_TRIES):
            try:
                flight.peer.socket.sendto(sealed, flight.peer.address)
                break
            except BlockingIOError:
                self._ready.add(flight, first=True)
                return False
            except OSError as error:
                if error.errno == errno.ENOBUFS:  # no room at an interface: lost as anywhere
                    break
                self._intake.read_errors(flight.peer.socket)
                if flight.ended:
                    return True
                if attempt == SEND_TRIES - 1:
                    self._fail(flight, Failure.REFUSED, error.strerror or str(error), now)
                    return True
        late = [] if flight.sent else flight.begin(now)
        flight.sent += 1
        flight.attempts += 1
        flight.tokens[request_id] = token
        flight.when[request_id] = now
        timeout_s = self._patience.timeout_s(dialogue.timeout_s, self._stats.waiting, now)
        flight.deadline = now + timeout_s
        flight.wake = min(flight.deadline, now + PARK_S)
        self._wake_later(flight)
        if not flight.counted:
            flight.counted = True
            self._stats.in_flight += 1
        self._stats.requests += 1
        self._stats.sent_octets += len(sealed)
        for packet, at in late:
            current = flight.peer.current  # not this flight any more, once it has its answer
            if current is not None:
                self._take(current, packet, at)
            else:
                self._unexpected(flight.peer, packet, at)
        return True

    # Receiving

    def _drain(self, sock: socket.socket) -> None:
        """Takes in the datagrams that have come."""
        if self._closed:
            return
        self._intake.drain(sock)
        if self._ready:
            self._pump()

    def _unexpected(self, peer: Peer, packet: bytes, now: float) -> None:
        """A datagram that is none of the present conversation, if there is one."""
        before = peer.asked_before()
        if before is not None:
            self._take(before, packet, now)
        elif not peer.keep(packet, now):
            self._stats.refused[Refusal.REQUEST_ID] += 1

    def _take(self, flight: Flight, packet: bytes, now: float) -> None:
        """Gives a datagram that came `now` to the conversation that it may belong to."""
        dialogue = flight.dialogue
        tokens = flight.tokens
        try:
            payload = flight.session.open(packet, tokens, now)
            if payload is None:
                self._repeat(flight)
                return
            request_id = dialogue.glance(payload, tokens)
            if request_id is None:
                pdu = flight.session.read(payload)
                request_id = pdu.request_id
                if pdu.tag != message.RESPONSE:
                    raise RefusedError(Refusal.PDU_TYPE, "answered with another kind of PDU")
                if request_id not in tokens:
                    raise RefusedError(Refusal.REQUEST_ID, "answered with another request-id")
                dialogue.hear(tokens[request_id], pdu, payload)
            else:
                self._stats.fast_replies += 1
        except RefusedError as refused:
            peer = flight.peer
            if refused.reason is not Refusal.REQUEST_ID:
                self._refuse(flight, refused)
            elif peer.current is flight and (before := peer.asked_before()) is not None:
                self._take(before, packet, now)
            elif not peer.keep(packet, now):
                self._refuse(flight, refused)
        except MalformedError as malformed:
            self._refuse(flight, RefusedError(Refusal.MALFORMED, f"malformed answer: {malformed}"))
        except AbandonedError as abandoned:
            self._stats.replies += 1
            flight.peer.held = False
            self._leave(flight)
            dialogue.abandon(abandoned.failure, str(abandoned), flight.outcome(now))
        else:
            self._stats.replies += 1
            flight.answered(request_id, now)
            late = flight.rtt_s > dialogue.timeout_s
            self._stats.late += late
            self._patience.answered(late=late)
            self._stats.patience_ratio = self._patience.ratio(now)
            if dialogue.finished:
                self._end(flight, now)
            else:
                flight.refusal = None
                self._go_on(flight)

    def _refuse(self, flight: Flight, refused: RefusedError) -> None:
        """Counts a datagram that was not believed; the conversation waits for the true one."""
        self._stats.refused[refused.reason] += 1
        if refused.reason is not Refusal.REQUEST_ID or flight.refusal is None:
            flight.refusal = refused.with_traceback(None)  # its frames hold the flight

    def _repeat(self, flight: Flight) -> None:
        """Puts the request again, now that the session has learnt how to."""
        flight.lessons += 1
        if flight.lessons > LESSONS:
            self._refuse(flight, RefusedError(Refusal.ENGINE, "its engine or time keeps changing"))
            return
        flight.tokens.clear()
        flight.when.clear()
        flight.attempts -= 1
        self._go_on(flight)

    def _go_on(self, flight: Flight) -> None:
        """The next request of a conversation goes before new ones; but a look at a device that is
        being walked must not wait for the end of a table of thousands of rows."""
        self._uncount(flight)
        if flight.peer.current is flight:
            self._ready.add(flight.give_way() or flight, first=True)
        else:
            self._call_next(flight.peer)

    def _unreachable(self, peer: Peer, reason: str) -> None:
        if peer.current is not None and peer.current.tokens:
            self._stats.unreachable += 1
            self._fail(peer.current, Failure.REFUSED, reason, self._clock())

    # Waiting

    def _tick(self) -> None:
        """Looks at the conversations whose time may have come."""
        if self._closed:
            return
        until = self._clock() + TURN_S
        try:
            self._intake.read_busy(until)  # what came in time must not time out for lying there
            if not self._intake.flooded:
                self._overdue.extend(self._deadlines.due(self._clock()))
                until += TURN_S  # a flood of answers must not keep the late ones waiting
                while self._overdue and self._clock() < until:
                    self._look_at(self._overdue.popleft())
        finally:
            if self._ready:
                self._pump_soon()
            self._ticking = bool(self._overdue or self._deadlines)
            if self._ticking:
                behind = self._overdue or self._intake.behind
                self._loop.call_later(0 if behind else SLOT_S, self._tick)

    def _wake_later(self, flight: Flight) -> None:
        self._deadlines.add(flight.wake, flight)
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(SLOT_S, self._tick)

    def _look_at(self, flight: Flight) -> None:
        now = self._clock()
        if flight.ended or flight.wake > now:
            return
        if flight.peer.current is not flight:
            if flight.peer.held:
                self._stats.timeouts += 1
                self._fail(flight, *flight.reason(), now)
            return
        if not flight.tokens:
            return
        if now < flight.deadline:
            self._uncount(flight)
            flight.wake = flight.deadline
            self._deadlines.add(flight.wake, flight)
            return
        flight.lost += 1
        refusal = flight.refusal
        if flight.attempts > flight.dialogue.retries or (refusal and refusal.final):
            self._stats.timeouts += 1
            reason = flight.reason()
            flight.session.lost()
            flight.leave_late(now)
            if flight.urgent and refusal is None:
                self._hold_queue(flight.peer, now)
            self._fail(flight, *reason, now)
            return
        flight.session.lost()
        self._stats.retries += 1
        flight.wake = float("inf")  # until it has been sent again
        flight.dialogue.lost()
        self._uncount(flight)
        look = flight.give_way()
        if look is not None:
            self._hold_queue(flight.peer, now)
        self._ready.add(look or flight)

    def _hold_queue(self, peer: Peer, now: float) -> None:
        """Nobody but looks is put to a peer until it answers something."""
        if not peer.held:
            peer.held = True
            for flight in peer.queue:
                if not flight.urgent:
                    self._hold(flight, now)

    def _hold(self, flight: Flight, now: float) -> None:
        """Whoever is held for as long as a request may take gives up."""
        timeout_s = flight.dialogue.timeout_s
        flight.wake = now + self._patience.timeout_s(timeout_s, self._stats.waiting, now)
        self._wake_later(flight)

    # Ending

    def _uncount(self, flight: Flight) -> None:
        if flight.counted:
            flight.counted = False
            self._stats.in_flight -= 1

    def _leave(self, flight: Flight) -> None:
        """Makes room for the next conversation with the same peer."""
        flight.end()
        self._uncount(flight)
        self._stats.waiting -= 1
        peer = flight.peer
        if peer.current is flight:
            peer.current = None
        else:
            peer.queue.remove(flight)
        if not peer.queue:
            peer.held = False
        self._call_next(peer)
        self._peers.drop_unused(peer)

    def _call_next(self, peer: Peer) -> None:
        flight = peer.call_next()
        if flight is not None:
            self._ready.add(flight)

    def _fail(self, flight: Flight, failure: Failure, detail: str, now: float) -> None:
        dialogue = flight.dialogue
        self._leave(flight)
        dialogue.fail(failure, detail, flight.outcome(now))

    def _end(self, flight: Flight, now: float) -> None:
        dialogue = flight.dialogue
        self._leave(flight)
        self._settling.end(dialogue, flight.outcome(now))
