"""The ICMP socket: raw where that is allowed, else the kernel's unprivileged ping socket."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import struct
from collections.abc import Iterator

from collector.errors import IcmpPermissionError
from collector.icmp import bpf
from collector.icmp.packet import V4, Dialect, Heard, echo_request, hear, hear_error

RECEIVE_BUFFER_BYTES = 16 << 20

# Linux's numbers (asm-generic/socket.h, linux/in.h, linux/in6.h), not in Python's socket module.
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35
_SO_RXQ_OVFL = 40
_IP_RECVERR = 11
_IPV6_RECVERR = 25

_TIMESPEC = struct.Struct("@ll")
_COUNT = struct.Struct("@I")
_EXTENDED_ERROR = struct.Struct("@IBBBBII")
_FROM_ICMP = (2, 3)
_PACKET_BYTES = 2048
_ANCILLARY_BYTES = 256


class Wire:
    """One open ICMP socket of one address family.

    `raw` tells which kind it is, `drained` whether the last `receive` left nothing behind;
    `overflow` counts what the kernel dropped because nobody read.
    Raises IcmpPermissionError, and OSError where the family is not there at all.
    """

    def __init__(self, dialect: Dialect, *, raw: bool | None = None) -> None:
        self.dialect = dialect
        self.drained = True
        self.overflow = 0
        self.raw, self._socket = _open(dialect, raw)
        try:
            self._prepare()
        except OSError:
            self._socket.close()
            raise

    def _prepare(self) -> None:
        sock = self._socket
        sock.setblocking(False)
        if self.raw:
            self.identifier = secrets.randbelow(0xFFFF) + 1
            bpf.attach(sock, self.dialect, self.identifier)
        else:
            sock.bind(("", 0))
            self.identifier = int(sock.getsockname()[1])
            if self.dialect is V4:
                sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            else:
                sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
        try:
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        except PermissionError:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def send(self, address: str, sequence: int, cookie: bytes) -> None:
        """Sends one echo request, which is lost where the interface has no room. Raises OSError,
        BlockingIOError when the buffer is full."""
        packet = echo_request(self.dialect, self.identifier, sequence, cookie)
        try:
            self._socket.sendto(packet, (address, 0))
        except OSError as error:
            # Of this, a raw socket says nothing; to wait would hold up all other ways out.
            if error.errno != errno.ENOBUFS:
                raise

    def receive(self, most: int) -> Iterator[Heard]:
        """What has arrived about our requests, at most so many packets of it."""
        dialect, identifier, receive = self.dialect, self.identifier, self._socket.recvmsg
        strip = self.raw and dialect is V4
        self.drained = False
        for _ in range(most):
            try:
                packet, ancillary, _, source = receive(_PACKET_BYTES, _ANCILLARY_BYTES)
            except BlockingIOError:
                self.drained = True
                return
            except OSError:
                continue  # an error told by ICMP: it waits in the error queue
            stamp_ns = 0
            for level, kind, data in ancillary:
                if level != socket.SOL_SOCKET:
                    continue
                if kind == _SO_TIMESTAMPNS:
                    seconds, nanoseconds = _TIMESPEC.unpack(data)
                    stamp_ns = seconds * 1_000_000_000 + nanoseconds
                elif kind == _SO_RXQ_OVFL:
                    (self.overflow,) = _COUNT.unpack(data)
            if strip and packet:
                packet = packet[(packet[0] & 15) * 4 :]
            heard = hear(dialect, packet, identifier, source[0], stamp_ns)
            if heard is not None:
                yield heard

    def errors(self, most: int) -> Iterator[Heard]:
        """ICMP errors about our requests; a raw socket gets them as packets instead."""
        if self.raw:
            return
        for _ in range(most):
            try:
                request, ancillary, _, target = self._socket.recvmsg(
                    _PACKET_BYTES, _ANCILLARY_BYTES, socket.MSG_ERRQUEUE
                )
            except OSError:
                return
            for _, kind, data in ancillary:
                if kind not in (_IP_RECVERR, _IPV6_RECVERR):
                    continue
                number, origin, *_ = _EXTENDED_ERROR.unpack_from(data)
                if origin in _FROM_ICMP:
                    heard = hear_error(
                        self.dialect,
                        request,
                        self.identifier,
                        _offender(self.dialect, data),
                        target[0],
                        os.strerror(number).lower(),
                    )
                    if heard is not None:
                        yield heard

    def close(self) -> None:
        self._socket.close()


def _open(dialect: Dialect, raw: bool | None) -> tuple[bool, socket.socket]:
    kinds = ((True, socket.SOCK_RAW), (False, socket.SOCK_DGRAM))
    for is_raw, kind in kinds:
        if raw is None or raw is is_raw:
            try:
                return is_raw, socket.socket(dialect.family, kind, dialect.protocol)
            except PermissionError:
                continue
    raise IcmpPermissionError("icmp_not_allowed", group=os.getegid())


def _offender(dialect: Dialect, data: bytes) -> str:
    """The router behind an extended error: a sockaddr follows it."""
    start, size = (20, 4) if dialect is V4 else (24, 16)
    return socket.inet_ntop(dialect.family, data[start : start + size].ljust(size, b"\0"))
