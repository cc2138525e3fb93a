"""UDP sockets for bursts: deep receive buffers, and word of ports that nobody listens on."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Iterator

from collector.snmp.target import SocketAddress

DEEP_BUFFER = 16 * 2**20  # a full window of answers; with the default of 208 kB a fifth was lost
MOST_SOCKETS = 64
SO_RCVBUFFORCE = 33  # of <asm-generic/socket.h>, as the numbers below are of <linux/in.h>, <in6.h>
IP_RECVERR, IPV6_RECVERR = 11, 25
MSG_ERRQUEUE = 0x2000
SO_TIMESTAMPNS = 35
RECVERR = ((socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR))
ANCILLARY = 64  # octets for the kernel's time stamp
TIMESPEC = struct.Struct("=qq")


def open_sockets(family: socket.AddressFamily) -> list[socket.socket]:
    """Non-blocking sockets that together hold `DEEP_BUFFER`: one where that is allowed."""
    first = open_socket(family)
    granted = first.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2  # the kernel doubles it
    wanted = min(MOST_SOCKETS, -(-DEEP_BUFFER // granted))
    return [first, *(open_socket(family) for _ in range(wanted - 1))]


def open_socket(family: socket.AddressFamily) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        try:
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, DEEP_BUFFER)
        except PermissionError:  # then as deep as net.core.rmem_max lets anyone
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEEP_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def arrival(ancillary: list[tuple[int, int, bytes]], now: float, wall: float) -> float:
    """When a datagram came, on the clock that shows `now` while the wall clock shows `wall`."""
    if not ancillary or ancillary[0][1] != SO_TIMESTAMPNS:
        return now
    seconds, nanoseconds = TIMESPEC.unpack(ancillary[0][2])
    age_s = wall - seconds - nanoseconds * 1e-9
    return now - age_s if 0 < age_s < 1 else now  # else the wall clock was set meanwhile


def unreachable(sock: socket.socket, most: int = 64) -> Iterator[tuple[SocketAddress, str]]:
    """(address asked, reason) of the ICMP errors that wait in the socket's error queue."""
    for _ in range(most):
        try:
            _, ancillary, _, address = sock.recvmsg(0, 512, MSG_ERRQUEUE)
        except BlockingIOError:
            return
        for level, kind, data in ancillary:
            if (level, kind) not in RECVERR:
                continue
            (number,) = struct.unpack_from("=I", data)
            if number != errno.EMSGSIZE:  # the kernel now knows the path, and will cut
                yield address, os.strerror(number)


def close(sockets: list[socket.socket]) -> None:
    for sock in sockets:
        with contextlib.suppress(OSError):
            sock.close()
