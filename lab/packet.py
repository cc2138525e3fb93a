"""IPv4 packets taken apart and put together: UDP, ICMP, readdressed TCP (RFC 791, 792, 768)."""

from __future__ import annotations

import struct
from typing import NamedTuple

from lab.errors import PacketError

ICMP, TCP, UDP = 1, 6, 17
ECHO_REPLY, UNREACHABLE, ECHO_REQUEST, TIME_EXCEEDED = 0, 3, 8, 11
PORT_UNREACHABLE = 3
TTL = 64


class Packet(NamedTuple):
    """`raw` is the whole packet, `body` what follows its header."""

    source: bytes
    target: bytes
    protocol: int
    ttl: int
    body: bytes
    raw: bytes


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071): the complement of the sum of all 16-bit words, which is
    the remainder by 65,535 of all of it as one number."""
    if len(data) & 1:
        data += b"\0"
    return 0xFFFF - int.from_bytes(data, "big") % 0xFFFF


def parse(raw: bytes) -> Packet:
    """An unfragmented IPv4 packet. Raises PacketError for anything else."""
    if len(raw) < 20 or raw[0] >> 4 != 4:
        raise PacketError("not IPv4")
    head, size = (raw[0] & 0xF) * 4, raw[2] << 8 | raw[3]
    if not 20 <= head <= size <= len(raw) or (raw[6] << 8 | raw[7]) & 0x3FFF:
        raise PacketError("a cut or fragmented packet")
    return Packet(raw[12:16], raw[16:20], raw[9], raw[8], raw[head:size], raw[:size])


def ipv4(source: bytes, target: bytes, protocol: int, body: bytes, ttl: int = TTL) -> bytes:
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0x4000, ttl, protocol, 0, source, target
    )
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + body


def udp(source: bytes, sport: int, target: bytes, dport: int, data: bytes, ttl: int = TTL) -> bytes:
    size = 8 + len(data)
    pseudo = source + target + struct.pack("!HH", UDP, size)
    ports = struct.pack("!HHH", sport, dport, size)
    total = checksum(pseudo + ports + data).to_bytes(2, "big")
    return ipv4(source, target, UDP, ports + total + data, ttl)


def ports(packet: Packet) -> tuple[int, int]:
    """Source and target port of a UDP or TCP packet. Raises PacketError."""
    if len(packet.body) < 8:
        raise PacketError("a cut header")
    return packet.body[0] << 8 | packet.body[1], packet.body[2] << 8 | packet.body[3]


def echo_reply(packet: Packet, ttl: int = TTL) -> bytes | None:
    """The answer to an echo request, None to anything else of ICMP."""
    if len(packet.body) < 8 or packet.body[0] != ECHO_REQUEST:
        return None
    return ipv4(packet.target, packet.source, ICMP, _icmp(ECHO_REPLY, 0, packet.body[4:]), ttl)


def complaint(packet: Packet, source: bytes, kind: int, code: int = 0, ttl: int = TTL) -> bytes:
    """An ICMP error from `source` about a packet, with its beginning (RFC 1812 §4.3.2.3)."""
    return ipv4(source, packet.source, ICMP, _icmp(kind, code, bytes(4) + packet.raw[:548]), ttl)


def _icmp(kind: int, code: int, rest: bytes) -> bytes:
    total = checksum(bytes((kind, code, 0, 0)) + rest)
    return bytes((kind, code)) + total.to_bytes(2, "big") + rest


def readdressed(
    packet: Packet, source: bytes, sport: int, target: bytes, dport: int, ttl: int = TTL
) -> bytes:
    """A TCP packet with other ends. Raises PacketError when it is too short for TCP."""
    if len(packet.body) < 20:
        raise PacketError("a cut header")
    body = struct.pack("!HH", sport, dport) + packet.body[4:16] + b"\0\0" + packet.body[18:]
    pseudo = source + target + struct.pack("!HH", TCP, len(body))
    total = checksum(pseudo + body).to_bytes(2, "big")
    return ipv4(source, target, TCP, body[:16] + total + body[18:], ttl)
