"""The intake: reads what has come in at the sockets, a slice of it at a time."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import TypeAlias

from collector.refusal import Refusal
from collector.snmp import sockets
from collector.snmp.flight import Flight, Peer
from collector.snmp.peers import Peers
from collector.snmp.stats import SnmpStats

TURN_S = 0.003
TURN_CHECK = 16  # datagrams between two looks at the clock
RECEIVE = 65_535
UNREAD_S = 2.0  # how long a flood of datagrams may put timeouts off
QUIET = 32  # requests in flight up to which every answer may wake the loop
LOOK_S = 0.002

Readable: TypeAlias = Callable[[socket.socket], None]


class Intake:
    """Gives each datagram, and when it came, to `take` with the peer's present conversation, or to
    `unexpected` when there is none; ICMP errors to `unreachable`. `readable` is called for a
    socket that may have something, and calls `drain`."""

    def __init__(
        self,
        peers: Peers,
        stats: SnmpStats,
        clock: Callable[[], float],
        *,
        readable: Readable,
        take: Callable[[Flight, bytes, float], None],
        unexpected: Callable[[Peer, bytes, float], None],
        unreachable: Callable[[Peer, str], None],
    ) -> None:
        self._peers = peers
        self._stats = stats
        self._clock = clock
        self._readable = readable
        self._take = take
        self._unexpected = unexpected
        self._unreachable = unreachable
        self._loop = asyncio.get_running_loop()
        self._behind: dict[socket.socket, float] = {}  # not read to the end, since when
        self._busy: set[socket.socket] = set()  # looked at by the clock
        # One buffer for all: what is kept of a datagram is as large as the datagram.
        self._buffer = memoryview(bytearray(RECEIVE))

    @property
    def behind(self) -> bool:
        """Whether some socket was not read to its end."""
        return bool(self._behind)

    @property
    def flooded(self) -> bool:
        """Whether answers that came in time may lie unread, and have not done so for too long."""
        behind = self._behind
        return bool(behind) and self._clock() <= min(behind.values()) + UNREAD_S

    def drain(self, sock: socket.socket) -> None:
        """Takes in what a socket has, as far as one turn reaches."""
        try:
            self._read(sock, self._clock() + TURN_S)
        finally:
            self._watch(sock)

    def read_busy(self, until: float) -> None:
        """Takes in what has come at the sockets that nobody is woken for."""
        for sock in tuple(self._busy):
            self._read(sock, until)

    def read_errors(self, sock: socket.socket) -> None:
        for address, reason in sockets.unreachable(sock):
            peer = self._peers.known.get(address)
            if peer is not None:
                self._unreachable(peer, reason)

    def _read(self, sock: socket.socket, until: float) -> None:
        now, wall = self._clock(), time.time()
        received = 0
        peers, buffers = self._peers.known, (self._buffer,)
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
                    self._unexpected(peer, packet, sockets.arrival(ancillary, now, wall))
                else:
                    self._take(peer.current, packet, sockets.arrival(ancillary, now, wall))
                if received % TURN_CHECK == 0 and self._clock() > until:
                    self._behind.setdefault(sock, now)
                    return
        except BlockingIOError:
            self._behind.pop(sock, None)
            if not received:  # woken by the error queue alone
                self.read_errors(sock)
        except OSError:
            self.read_errors(sock)

    def _watch(self, sock: socket.socket) -> None:
        """Looks at a busy socket every now and then rather than being woken for each datagram,
        which would cost a third more; round trips are told by the kernel's time stamps."""
        if self._stats.in_flight > QUIET:
            if sock not in self._busy:
                self._busy.add(sock)
                self._loop.remove_reader(sock)
            self._loop.call_later(LOOK_S, self._readable, sock)
        elif sock in self._busy:
            self._busy.remove(sock)
            self._loop.add_reader(sock, self._readable, sock)
