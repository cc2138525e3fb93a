"""The fleet on 127.0.0.0/8, for anybody to run: one socket for all addresses."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from lab.faults import Picture
from lab.fleet import Fleet
from lab.nation import Nation

IP_PKTINFO = 8  # linux/in.h; not in Python's socket module
SO_RCVBUFFORCE = 33
RECEIVE_BUFFER = 16 * 1024 * 1024  # a sweep of the country arrives at once
REQUEST_SIZE = 16_384
BATCH = 64  # requests answered before other things get a turn
SLOW_S = 0.3  # links slower than this are felt on loopback too
Peer = tuple[str, int]


def loopback_socket(port: int, kind: socket.SocketKind) -> socket.socket:
    """A socket on every address of the loopback device and on no other device. Raises OSError."""
    sock = socket.socket(socket.AF_INET, kind)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        sock.bind(("0.0.0.0", port))  # noqa: S104  the device keeps it from outside
    except OSError:
        sock.close()
        raise
    return sock


def _delays(nation: Nation) -> dict[bytes, float]:
    """Seconds that a node's slow links add to its replies, by address."""
    delays: dict[bytes, float] = {}
    for link in nation.inventory.links.values():
        rtt_s = nation.lines[link.id].rtt_s
        if rtt_s >= SLOW_S:
            delays[socket.inet_aton(nation.inventory.nodes[link.b].address)] = rtt_s
    return delays


class Loopback:
    """Serves a fleet on 127.0.0.0/8: one socket that sees which address was asked."""

    def __init__(self, fleet: Fleet, sock: socket.socket) -> None:
        self._fleet = fleet
        self._sock = sock
        self._delays = _delays(fleet.nation)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        try:
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except PermissionError:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._readable)

    def apply(self, picture: Picture) -> None:
        """Nothing: there is no path that a packet takes on loopback."""

    def close(self) -> None:
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _readable(self) -> None:
        receive, answer, t = self._sock.recvmsg, self._fleet.answer, self._fleet.clock.now()
        for _ in range(BATCH):
            try:
                data, extra, _, peer = receive(REQUEST_SIZE, 64)
            except (BlockingIOError, InterruptedError):
                return
            address = extra[0][2][8:12]  # struct in_pktinfo: ipi_addr
            reply = answer(address, data, t)
            if reply is None:
                continue
            delay_s = self._delays.get(address)
            if delay_s:
                self._loop.call_later(delay_s, self.send, address, reply, peer)
            else:
                self.send(address, reply, peer)

    def send(self, address: bytes, data: bytes, peer: Peer) -> None:
        """Send from one of the fleet's addresses; a full buffer loses it, as a network would."""
        source = [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("=i4s4s", 0, address, bytes(4)))]
        with contextlib.suppress(OSError):
            self._sock.sendmsg([data], source, 0, peer)
