"""Echo requests out, echo replies and ICMP errors in (RFC 792, RFC 4443)."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import NamedTuple

COOKIE_BYTES = 8

_HEADER = struct.Struct("!BBHHH")
_WORDS = struct.Struct("!4H")
_IPV4_HEADER = 20
_IPV6_HEADER = 40


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """The numbers in which ICMP differs between IPv4 and IPv6; `errors` maps a type to words."""

    family: socket.AddressFamily
    protocol: int
    request: int
    reply: int
    errors: dict[int, str]


V4 = Dialect(
    socket.AF_INET, socket.IPPROTO_ICMP, 8, 0, {3: "unreachable", 11: "lost in a routing loop"}
)
V6 = Dialect(
    socket.AF_INET6,
    socket.IPPROTO_ICMPV6,
    128,
    129,
    {1: "unreachable", 3: "lost in a routing loop"},
)


class Heard(NamedTuple):
    """A packet about one of our requests, not yet believed.

    `source`: who sent it. `target`: whom we had asked, "" in a reply (there it is `source`).
    `proof`: a reply's payload, or what an error quotes of our request: its cookie, or its
    checksum where a router quotes no more. `stamp_ns`: the kernel's receive time (UTC), 0 if none.
    """

    sequence: int
    source: str
    target: str
    proof: bytes
    stamp_ns: int
    error: str = ""


def checksum(identifier: int, sequence: int, cookie: bytes) -> int:
    """The checksum of an IPv4 echo request (RFC 1071)."""
    total: int = 0x0800 + identifier + sequence + sum(_WORDS.unpack(cookie))
    total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - (total + (total >> 16) & 0xFFFF)


def echo_request(dialect: Dialect, identifier: int, sequence: int, cookie: bytes) -> bytes:
    """An echo request; the kernel fills in the checksum of an IPv6 one."""
    proof = checksum(identifier, sequence, cookie) if dialect is V4 else 0
    return _HEADER.pack(dialect.request, 0, proof, identifier, sequence) + cookie


def hear(
    dialect: Dialect, icmp: bytes, identifier: int, source: str, stamp_ns: int
) -> Heard | None:
    """What an ICMP message says of a request of ours; None when it is about something else or
    too short."""
    if len(icmp) < _HEADER.size:
        return None
    kind, _, _, its_identifier, sequence = _HEADER.unpack_from(icmp)
    if kind == dialect.reply:
        if its_identifier != identifier:
            return None
        return Heard(sequence, source, "", icmp[_HEADER.size :], stamp_ns)
    if kind in dialect.errors:
        quoted = _unwrap(dialect, icmp[_HEADER.size :])
        if quoted is not None:
            target, request = quoted
            return hear_error(dialect, request, identifier, source, target, dialect.errors[kind])
    return None


def hear_error(
    dialect: Dialect, request: bytes, identifier: int, source: str, target: str, error: str
) -> Heard | None:
    """What an error says that quotes `request`; None when that was not ours."""
    if len(request) < _HEADER.size:
        return None
    kind, _, _, its_identifier, sequence = _HEADER.unpack_from(request)
    if kind != dialect.request or its_identifier != identifier:
        return None
    # An IPv4 router need not quote more than eight bytes; the checksum in them covers the cookie.
    proof = request[2:4] if dialect is V4 else request[_HEADER.size :][:COOKIE_BYTES]
    return Heard(sequence, source, target, proof, 0, error)


def _unwrap(dialect: Dialect, quoted: bytes) -> tuple[str, bytes] | None:
    """Destination and payload of the IP packet that an error quotes."""
    if dialect is V6:
        if len(quoted) < _IPV6_HEADER or quoted[6] != V6.protocol:
            return None
        return socket.inet_ntop(socket.AF_INET6, quoted[24:40]), quoted[_IPV6_HEADER:]
    if len(quoted) < _IPV4_HEADER or quoted[9] != V4.protocol:
        return None
    return socket.inet_ntop(socket.AF_INET, quoted[16:20]), quoted[(quoted[0] & 15) * 4 :]
