"""Packets have the checksums that the kernel would give them, and none upsets the lab."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import packet
from lab.errors import PacketError

A, B = socket.inet_aton("10.79.255.254"), socket.inet_aton("10.64.1.1")


def reference(data: bytes) -> int:
    """RFC 1071 by the book."""
    total = 0
    for (word,) in struct.iter_unpack("!H", data + b"\0" * (len(data) % 2)):
        total += word
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@given(st.binary(min_size=1, max_size=300))
def test_the_checksum_is_the_one_by_the_book(data: bytes) -> None:
    ours = packet.checksum(data)
    assert ours % 0xFFFF == reference(data) % 0xFFFF  # 0 and 0xFFFF are both zero


@given(st.binary(max_size=2000), st.integers(1, 65_535), st.integers(1, 65_535))
def test_a_datagram_comes_out_as_it_went_in(data: bytes, sport: int, dport: int) -> None:
    got = packet.parse(packet.udp(A, sport, B, dport, data))
    assert (got.source, got.target, got.protocol) == (A, B, packet.UDP)
    assert packet.ports(got) == (sport, dport)
    assert got.body[8:] == data
    assert packet.checksum(got.raw[:20]) % 0xFFFF == 0
    pseudo = A + B + struct.pack("!HH", packet.UDP, len(got.body))
    assert packet.checksum(pseudo + got.body) % 0xFFFF == 0


def test_an_echo_reply_brings_the_payload_back() -> None:
    body = bytes((8, 0)) + b"\0\0" + b"\x12\x34\x00\x01" + b"payload"
    reply = packet.echo_reply(packet.parse(packet.ipv4(A, B, packet.ICMP, body)), ttl=60)
    assert reply
    got = packet.parse(reply)
    assert (got.source, got.target, got.ttl) == (B, A, 60)
    assert got.body[0] == packet.ECHO_REPLY
    assert got.body[4:] == body[4:]
    assert packet.checksum(got.body) % 0xFFFF == 0
    assert packet.echo_reply(got) is None


def test_a_readdressed_segment_has_a_right_checksum_again() -> None:
    segment = struct.pack("!HHIIHHHH", 40_000, 22, 1, 2, 0x5018, 500, 0xBEEF, 0) + b"SSH-2.0"
    got = packet.parse(packet.ipv4(A, B, packet.TCP, segment))
    new = packet.parse(packet.readdressed(got, B, 40_000, A, 2222))
    assert packet.ports(new) == (40_000, 2222)
    assert new.body[20:] == b"SSH-2.0"
    pseudo = B + A + struct.pack("!HH", packet.TCP, len(new.body))
    assert packet.checksum(pseudo + new.body) % 0xFFFF == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x45" + bytes(10),
        b"\x60" + bytes(39),
        packet.ipv4(A, B, 17, b"x" * 9)[:-1],
        packet.ipv4(A, B, 17, b"x" * 9)[:6] + b"\x20\x00" + packet.ipv4(A, B, 17, b"x" * 9)[8:],
    ],
    ids=["empty", "cut header", "IPv6", "cut body", "fragment"],
)
def test_what_is_no_whole_packet_is_refused(raw: bytes) -> None:
    with pytest.raises(PacketError):
        packet.parse(raw)
