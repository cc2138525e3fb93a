"""Carries conversations over few UDP sockets: sends, receives, waits, repeats, gives up.

No turn of its work holds the loop longer than `TURN_S`; what is left over is done in the next one.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections import deque
from collections.abc import Callable

from collector.errors import AbandonedError, MalformedError, RefusedError
from collector.failure import Failure
from collector.refusal import Refusal
from collector.snmp import message, sockets
from collector.snmp.deadlines import SLOT_S, Deadlines
from collector.snmp.dialogue import Dialogue
from collector.snmp.flight import Flight, Peer
from collector.snmp.patience import Patience
from collector.snmp.ready import Ready
from collector.snmp.settling import Settling
from collector.snmp.stats import SnmpStats
from collector.snmp.target import SocketAddress, Target

TURN_S = 0.003
TURN_CHECK = 16  # datagrams between two looks at the clock
PARK_S = 0.25  # after this long without an answer a request no longer loads the network
LESSONS = 4  # times that one request may be put off to learn an engine's id and time
RECEIVE = 65_535
UNREAD_S = 2.0  # how long a flood of datagrams may put timeouts off
QUIET = 32  # requests in flight up to which every answer may wake the loop
LOOK_S = 0.002
SEND_TRIES = 4  # each failed one reports, and so clears, an ICMP error of an earlier packet


class Transport:
    """`window`: how many requests may load the network at once."""

    def __init__(self, window: int, stats: SnmpStats, clock: Callable[[], float]) -> None:
        self._window = window
        self._stats = stats
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[socket.AddressFamily, list[socket.socket]] = {}
        self._peers: dict[SocketAddress, Peer] = {}
        self._ready = Ready()
        self._overdue: deque[Flight] = deque()
        self._patience = Patience(clock())
        self._behind: dict[socket.socket, float] = {}  # not read to the end, since when
        # One buffer for all: what is kept of a datagram is as large as the datagram.
        self._buffer = memoryview(bytearray(RECEIVE))
        self._deadlines: Deadlines[Flight] = Deadlines()
        self._settling = Settling()
        self._ticking = False
        self._pumping = False
        self._busy: set[socket.socket] = set()  # looked at by the clock
        self._closed = False

    def close(self) -> None:
        """Closes the sockets and forgets every conversation without another word."""
        self._closed = self._settling.closed = True
        for family in self._sockets.values():
            for sock in family:
                self._loop.remove_reader(sock)
            sockets.close(family)

    def peer(self, target: Target) -> Peer:
        """The peer at a target's address, until `drop_peer`. Raises AddressError, and OSError
        where no socket can be had."""
        family, address = target.socket_address()
        peer = self._peers.get(address)
        if peer is None:
            pool = self._pool(family)
            peer = self._peers[address] = Peer(address, pool[len(self._peers) % len(pool)])
        peer.users += 1
        return peer

    def drop_peer(self, peer: Peer) -> None:
        """Takes back one call of `peer`."""
        peer.users -= 1
        self._drop_unused(peer)

    def _drop_unused(self, peer: Peer) -> None:
        if not peer.users and peer.current is None:
            self._peers.pop(peer.address, None)

    def start(self, peer: Peer, dialogue: Dialogue, urgent: bool = False) -> Flight:
        """Begins a conversation as soon as the peer and the window are free."""
        flight = Flight(peer, dialogue, urgent)
        if peer.current is None:
            peer.current = flight
            self._ready.add(flight)
        else:
            peer.queue.insert(0 if urgent else len(peer.queue), flight)
        self._stats.waiting += 1
        self._pump_soon()
        return flight

    def drop(self, flight: Flight) -> None:
        """Ends a conversation that nobody waits for any more, unless it has ended."""
        if flight.peer.current is flight:
            self._leave(flight)
            self._pump_soon()
        elif not flight.ended:
            flight.withdraw()
            self._stats.waiting -= 1

    def _pool(self, family: socket.AddressFamily) -> list[socket.socket]:
        pool = self._sockets.get(family)
        if pool is None:
            pool = self._sockets[family] = sockets.open_sockets(family)
            for sock in pool:
                self._loop.add_reader(sock, self._drain, sock)
        return pool

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
        packet = flight.session.seal(prepared, request_id, now)
        for attempt in range(SEND_TRIES):
            try:
                flight.peer.socket.sendto(packet, flight.peer.address)
                break
            except BlockingIOError:
                self._ready.add(flight, first=True)
                return False
            except OSError as error:
                if error.errno == errno.ENOBUFS:  # no room at an interface: lost as anywhere
                    break
                self._read_errors(flight.peer.socket)
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
        self._deadlines.add(flight.wake, flight)
        if not flight.counted:
            flight.counted = True
            self._stats.in_flight += 1
        self._stats.requests += 1
        self._stats.sent_octets += len(packet)
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(SLOT_S, self._tick)
        for answer, at in late:
            if not flight.ended:
                self._take(flight, answer, at)
        return True

    # Receiving

    def _drain(self, sock: socket.socket) -> None:
        """Takes in the datagrams that have come."""
        if self._closed:
            return
        try:
            self._read(sock, self._clock() + TURN_S)
        finally:
            self._watch(sock)
        if self._ready:
            self._pump()

    def _read(self, sock: socket.socket, until: float) -> None:
        now, wall = self._clock(), time.time()
        received = 0
        peers, buffers = self._peers, (self._buffer,)
        try:
            while True:
                length, ancillary, _, address = sock.recvmsg_into(buffers, sockets.ANCILLARY)
                packet = self._buffer[:length].tobytes()
                received += 1
                self._stats.received_octets += length
                peer = peers.get(address)
                if peer is None:
                    self._stats.refused[Refusal.SOURCE] += 1
                elif peer.current is None:
                    if not peer.keep(packet, sockets.arrival(ancillary, now, wall)):
                        self._stats.refused[Refusal.REQUEST_ID] += 1
                else:
                    self._take(peer.current, packet, sockets.arrival(ancillary, now, wall))
                if received % TURN_CHECK == 0 and self._clock() > until:
                    self._behind.setdefault(sock, now)
                    return
        except BlockingIOError:
            self._behind.pop(sock, None)
            if not received:  # woken by the error queue alone
                self._read_errors(sock)
        except OSError:
            self._read_errors(sock)

    def _watch(self, sock: socket.socket) -> None:
        """Looks at a busy socket every now and then rather than being woken for each datagram,
        which would cost a third more; round trips are told by the kernel's time stamps."""
        if self._stats.in_flight > QUIET:
            if sock not in self._busy:
                self._busy.add(sock)
                self._loop.remove_reader(sock)
            self._loop.call_later(LOOK_S, self._drain, sock)
        elif sock in self._busy:
            self._busy.remove(sock)
            self._loop.add_reader(sock, self._drain, sock)

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
            self._refuse(flight, refused)
        except MalformedError as malformed:
            self._refuse(flight, RefusedError(Refusal.MALFORMED, f"malformed answer: {malformed}"))
        except AbandonedError as abandoned:
            self._stats.replies += 1
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
        self._ready.add(flight.give_way() or flight, first=True)

    def _read_errors(self, sock: socket.socket) -> None:
        for address, reason in sockets.unreachable(sock):
            peer = self._peers.get(address)
            if peer is not None and peer.current is not None and peer.current.tokens:
                self._stats.unreachable += 1
                self._fail(peer.current, Failure.REFUSED, reason, self._clock())

    # Waiting

    def _tick(self) -> None:
        """Looks at the conversations whose time may have come."""
        self._ticking = False
        if self._closed:
            return
        until = self._clock() + TURN_S
        try:
            for sock in tuple(self._busy):
                self._read(sock, until)  # what came in time must not time out for lying here
            if not self._behind or self._clock() > min(self._behind.values()) + UNREAD_S:
                self._overdue.extend(self._deadlines.due(self._clock()))
                until += TURN_S  # a flood of answers must not keep the late ones waiting
                while self._overdue and self._clock() < until:
                    self._look_at(self._overdue.popleft())
        finally:
            if self._ready:
                self._pump_soon()
            if self._overdue or self._deadlines:
                self._ticking = True
                self._loop.call_later(0 if self._overdue or self._behind else SLOT_S, self._tick)

    def _look_at(self, flight: Flight) -> None:
        now = self._clock()
        if flight.ended or flight.wake > now or not flight.tokens:
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
            self._fail(flight, *reason, now)
            return
        flight.session.lost()
        self._stats.retries += 1
        flight.wake = float("inf")  # until it has been sent again
        flight.dialogue.lost()
        self._uncount(flight)
        self._ready.add(flight)

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
        peer.current = peer.queue.pop(0) if peer.queue else None
        if peer.current is not None:
            self._ready.add(peer.current)
        self._drop_unused(peer)

    def _fail(self, flight: Flight, failure: Failure, detail: str, now: float) -> None:
        dialogue = flight.dialogue
        self._leave(flight)
        dialogue.fail(failure, detail, flight.outcome(now))

    def _end(self, flight: Flight, now: float) -> None:
        dialogue = flight.dialogue
        self._leave(flight)
        self._settling.end(dialogue, flight.outcome(now))
