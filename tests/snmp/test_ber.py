"""The BER codec against its own inverse and against pyasn1, which pysnmp uses."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import rfc1902

from collector.errors import MalformedError
from collector.snmp import ber

subids = st.integers(0, ber.MAX_SUBID)
oids = st.tuples(st.sampled_from([0, 1, 2]), st.integers(0, 39)).flatmap(
    lambda head: st.lists(subids, max_size=100).map(lambda tail: (*head, *tail))
)


@given(oids)
def test_an_oid_survives_the_round_trip(oid: ber.Oid) -> None:
    assert ber.decode_oid(ber.encode_oid(oid)) == oid
    assert ber.parse_oid(ber.format_oid(oid)) == oid
    assert ber.parse_oid("." + ber.format_oid(oid)) == oid


@given(oids)
def test_oids_are_encoded_as_pyasn1_does(oid: ber.Oid) -> None:
    ours = ber.encode(ber.OBJECT_ID, ber.encode_oid(oid))
    assert ours == encoder.encode(rfc1902.ObjectName(oid))


@given(st.integers(-(2**31), 2**31 - 1))
def test_integers_agree_with_pyasn1_both_ways(value: int) -> None:
    theirs = encoder.encode(rfc1902.Integer32(value))
    ours = ber.encode_integer(value)
    assert ber.read_integer(theirs, 0, len(theirs)) == (value, len(theirs))
    assert int(decoder.decode(ours, asn1Spec=rfc1902.Integer32())[0]) == value
    assert ours == theirs or (value < 0 and len(ours) < len(theirs))  # theirs is not the shortest


@given(st.integers(0, 2**64 - 1))
def test_counter64_agrees_with_pyasn1_both_ways(value: int) -> None:
    theirs = encoder.encode(rfc1902.Counter64(value))
    ours = ber.encode_integer(value, ber.COUNTER64)
    assert ours == theirs
    assert ber.decode_value(ber.COUNTER64, theirs[2:]) == value
    assert int(decoder.decode(ours, asn1Spec=rfc1902.Counter64())[0]) == value


@given(st.floats(width=32), st.floats())
def test_floats_in_an_opaque_are_numbers(single: float, double: float) -> None:
    for octets, value in (
        (ber.OPAQUE_FLOAT + struct.pack(">f", single), single),
        (ber.OPAQUE_DOUBLE + struct.pack(">d", double), double),
    ):
        decoded = ber.decode_value(ber.OPAQUE, octets)
        assert decoded == value or (math.isnan(value) and math.isnan(float(str(decoded))))


def test_any_other_opaque_is_its_octets() -> None:
    assert ber.decode_value(ber.OPAQUE, b"\x9f\x78\x04\x00") == b"\x9f\x78\x04\x00"
    assert ber.decode_value(ber.OPAQUE, b"") == b""


@given(st.integers(0, 2**31))
def test_lengths_survive_the_round_trip(length: int) -> None:
    octets = ber.encode_length(length)
    if length < 0x80:
        assert octets[0] == length
    else:
        assert ber.long_length(octets, 1, octets[0]) == (length, len(octets))


def test_sloppy_but_unambiguous_numbers_are_read() -> None:
    assert ber.decode_value(ber.COUNTER32, b"\xff\xff\xff\xff") == 2**32 - 1  # no leading zero
    assert ber.decode_value(ber.GAUGE32, b"") == 0
    assert ber.decode_value(ber.INTEGER, b"\x00\x00\x00\x00\x00\x07") == 7
    assert ber.decode_value(ber.IP_ADDRESS, b"") == b""
    assert ber.decode_value(ber.OBJECT_ID, b"") == "0.0"


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (ber.INTEGER, b"\x00" * 9),
        (ber.COUNTER64, b"\x01" + b"\x00" * 8),
        (ber.COUNTER64, b"\x00" * 10),
        (ber.OBJECT_ID, b"\x2b\x86"),
        (0x48, b""),
        (0xFF, b"x"),
    ],
)
def test_values_that_make_none_are_malformed(tag: int, content: bytes) -> None:
    with pytest.raises(MalformedError):
        ber.decode_value(tag, content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x2b\x81",  # cut within a sub-identifier
        b"\x2b\x80\x01",  # leading zero
        b"\x2b\x90\x80\x80\x80\x00",  # 2**32
        b"\x2b" + b"\x01" * 200,
        b"\x2b" + b"\xff" * 100_000 + b"\x01",
    ],
)
def test_broken_oids_are_malformed(content: bytes) -> None:
    with pytest.raises(MalformedError):
        ber.decode_oid(content)


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x02", b"\x02\x80\x00", b"\x02\x02\x01", b"\x02\x85\0\0\0\0\x01\0", b"\x02\x82\x01"],
)
def test_truncated_and_indefinite_lengths_are_malformed(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        ber.read_header(octets, 0, len(octets))


@pytest.mark.parametrize(
    "text", ["", "1", "1.x", "3.1", "1.40", "1.3.4294967296", "1.3.-1", "1..3"]
)
def test_text_that_is_no_oid_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        ber.parse_oid(text)


def test_an_oid_is_cut_at_sub_identifiers_not_at_octets() -> None:
    encode = ber.encode_oid
    assert ber.parent(encode((1, 3, 6, 1000))) == encode((1, 3, 6))
    assert ber.is_instance_zero(encode((1, 3, 6, 0)))
    assert not ber.is_instance_zero(encode((1, 3, 6, 128)))  # its last octet is zero too
    assert ber.subtree("1") == ber.subtree(".") == b""
    assert ber.subtree(".1.3") == b"\x2b"
