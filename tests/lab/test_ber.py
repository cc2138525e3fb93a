"""The lab's BER is what pyasn1, pysnmp's codec, reads and writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ

from lab import ber
from lab.errors import BerError

SUBIDS = st.integers(0, 2**32 - 1)
ROOTS = st.tuples(st.integers(0, 1), st.integers(0, 39)) | st.tuples(
    st.just(2), st.integers(0, 2**31)
)
OIDS = st.tuples(ROOTS, st.lists(SUBIDS, max_size=20)).map(lambda parts: (*parts[0], *parts[1]))


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_read_by_pyasn1_and_are_as_short_as_can_be(value: int) -> None:
    """Not compared with pyasn1's own bytes: it writes -128 in two (X.690 §8.3.2 wants one)."""
    raw = ber.integer(value)
    assert int(decoder.decode(raw)[0]) == value
    assert len(raw) <= len(encoder.encode(univ.Integer(value)))
    assert ber.read_integer(raw, 0, len(raw)) == (value, len(raw))


@given(OIDS)
def test_object_identifiers_are_as_pyasn1_has_them(ids: tuple[int, ...]) -> None:
    raw = ber.oid(ids)
    assert raw == encoder.encode(univ.ObjectIdentifier(ids))
    assert ber.read_oid(raw, 0, len(raw)) == (ids, len(raw))


@given(st.binary(max_size=70_000))
def test_strings_of_every_length_are_as_pyasn1_has_them(value: bytes) -> None:
    raw = ber.octets(value)
    decoded, rest = decoder.decode(raw)
    assert bytes(decoded) == value
    assert rest == b""
    assert ber.read_octets(raw, 0, len(raw)) == (value, len(raw))


@given(st.binary(max_size=60))
def test_no_bytes_are_read_as_more_than_they_are(data: bytes) -> None:
    for read in (ber.read_integer, ber.read_octets, ber.read_oid):
        try:
            _, end = read(data, 0, len(data))
        except BerError:
            continue
        assert 2 <= end <= len(data)


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x05\x00", b"\x30\x85"])
def test_lengths_that_lie_are_refused(data: bytes) -> None:
    with pytest.raises(BerError):
        ber.peek(data, 0, len(data))
