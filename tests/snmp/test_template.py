"""The quick way of reading a reply gives what the careful way gives, or gives way to it."""

from __future__ import annotations

import math
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp import ber, message
from collector.snmp.message import Pdu
from collector.snmp.template import Template

TYPES = [ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64]
SPANS = {ber.INTEGER: (-(2**31), 2**31 - 1), ber.COUNTER64: (0, 2**64 - 1)}
numbers = st.sampled_from(TYPES).flatmap(
    lambda tag: st.tuples(st.just(tag), st.integers(*SPANS.get(tag, (0, 2**32 - 1))))
)
OPAQUES = st.one_of(
    st.floats().map(lambda value: ber.OPAQUE_DOUBLE + struct.pack(">d", value)),
    st.floats(width=32).map(lambda value: ber.OPAQUE_FLOAT + struct.pack(">f", value)),
)
contents = st.one_of(
    numbers.map(lambda pair: (pair[0], ber.encode_integer(pair[1])[2:])),
    OPAQUES.map(lambda octets: (ber.OPAQUE, octets)),
    st.binary(max_size=12).map(lambda octets: (ber.OCTET_STRING, octets)),
)
replies = st.lists(contents, min_size=1, max_size=20)


def reply(values: list[tuple[int, bytes]], request_id: bytes = b"\x41abc") -> bytes:
    binds = b"".join(
        ber.encode(0x30, ber.encode(6, bytes((0x2B, 6, 1, place))) + ber.encode(tag, content))
        for place, (tag, content) in enumerate(values)
    )
    pdu = ber.encode(2, request_id) + b"\x02\x01\x00\x02\x01\x00" + ber.encode(0x30, binds)
    head = ber.encode_integer(1) + ber.encode(ber.OCTET_STRING, b"public")
    return ber.encode(0x30, head + ber.encode(message.RESPONSE, pdu))


def parsed(packet: bytes) -> Pdu:
    _, _, start, stop = message.read_community(packet)
    return message.read_pdu(packet, start, stop)


def careful(packet: bytes) -> list[float]:
    """Each value by the codec, NaN where it is no number."""
    values = []
    for _, tag, start, stop in parsed(packet).binds:
        value = ber.decode_value(tag, packet[start:stop])
        values.append(float(value) if isinstance(value, int | float) else math.nan)
    return values


def quick(template: Template, packet: bytes, count: int) -> list[float]:
    read = np.full(count, np.nan)
    template.read(packet, read)
    return list(read)


@given(replies)
def test_a_template_reads_the_reply_that_it_was_made_of(values: list[tuple[int, bytes]]) -> None:
    packet = reply(values)
    template = Template(packet, parsed(packet), range(len(values)))
    assert template.matches(packet)
    np.testing.assert_array_equal(quick(template, packet, len(values)), careful(packet))


@given(replies, st.data())
def test_a_template_reads_other_numbers_of_the_same_lengths(
    values: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    packet = reply(values)
    template = Template(packet, parsed(packet), range(len(values)))
    others = []
    for tag, content in values:
        if tag in TYPES and not (tag == ber.COUNTER64 and len(content) == 9):
            content = data.draw(st.binary(min_size=len(content), max_size=len(content)))
        others.append((tag, content))
    other = reply(others, request_id=b"\x42xyz")
    assert template.matches(other)
    np.testing.assert_array_equal(quick(template, other, len(values)), careful(other))


@given(replies, st.data())
def test_whatever_else_differs_is_no_match(
    values: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    """Any octet that is not part of a number or of the request-id counts."""
    packet = reply(values)
    pdu = parsed(packet)
    template = Template(packet, pdu, range(len(values)))
    free = {*range(pdu.id_at, pdu.id_at + 4)}
    for _, tag, start, stop in pdu.binds:
        if tag == ber.OPAQUE:
            free.update(range(start + 3, stop))
        elif tag in TYPES:
            free.update(range(start + (stop - start == 9), stop))
    fixed = [at for at in range(len(packet)) if at not in free]
    at = data.draw(st.sampled_from(fixed))
    flip = data.draw(st.integers(1, 255))
    assert not template.matches(packet[:at] + bytes((packet[at] ^ flip,)) + packet[at + 1 :])
    assert not template.matches(packet[:-1])
    assert not template.matches(packet + b"\0")


@given(replies, st.permutations(range(20)))
def test_slots_may_be_in_any_order_and_have_gaps(
    values: list[tuple[int, bytes]], order: list[int]
) -> None:
    packet = reply(values)
    slots = [slot if slot % 3 else -1 for slot in order[: len(values)]]
    read = np.full(20, np.nan)
    Template(packet, parsed(packet), slots).read(packet, read)
    wanted = np.full(20, np.nan)
    for slot, value in zip(slots, careful(packet), strict=True):
        if slot >= 0:
            wanted[slot] = value
    np.testing.assert_array_equal(read, wanted)
