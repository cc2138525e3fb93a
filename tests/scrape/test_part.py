"""Parts of an index and values as text, whatever an agent sends."""

from __future__ import annotations

import math
import struct

from hypothesis import given
from hypothesis import strategies as st

from collector.modules.hint import HintError, specs_of, with_hint
from collector.modules.part import octets_of, reader, unicode
from collector.modules.text import float_text, wording
from configs.module import TYPES

SUBIDS = st.lists(st.integers(0, 2**32 - 1), max_size=128).map(tuple)


@given(st.sampled_from(TYPES), st.integers(0, 300), st.booleans(), SUBIDS)
def test_any_index_of_any_type_is_read_without_an_error_and_without_leaving_anything_out(
    type_: str, fixed_size: int, implied: bool, subids: tuple[int, ...]
) -> None:
    part = reader(type_, fixed_size, implied=implied)(subids)
    made = part.used + part.rest
    assert made[: len(subids)] == subids
    assert not any(made[len(subids) :])
    assert len(part.used) <= 260
    part.text.encode()


def test_an_index_cannot_claim_more_than_an_oid_can_hold() -> None:
    assert len(reader("OctetString")((4_000_000_000, 65)).used) == 129


@given(
    st.sampled_from((*TYPES, "")), st.sampled_from(("", "1x:", "255a", "*1d.", "0a")), st.binary()
)
def test_any_octets_are_text_of_any_type(type_: str, hint: str, octets: bytes) -> None:
    wording(type_, hint)(octets).encode()


@given(st.text(alphabet="0123456789dxoat*.:-[", max_size=12), st.binary(max_size=64))
def test_a_hint_is_refused_or_comes_to_an_end(hint: str, octets: bytes) -> None:
    try:
        with_hint(hint, octets).encode()
    except HintError:
        return
    assert specs_of(hint)


def test_a_repeated_format_has_its_count_in_the_data_and_a_terminator_behind_it() -> None:
    assert with_hint("*1d.:1x", bytes((2, 10, 20, 255))) == "10.20:FF"


@given(st.text())
def test_unicode_stays_as_it_is(text: str) -> None:
    octets = text.encode("utf-8", "ignore")
    assert unicode(octets).encode() == octets


def test_octets_in_a_row_that_are_no_unicode_become_one_replacement() -> None:
    assert unicode(b"a\xff\xfe\x80b\xc3") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_single_is_written_in_the_fewest_digits_that_mean_it(value: float) -> None:
    assert struct.unpack(">f", struct.pack(">f", float(float_text(value)))) == (value,)


def test_floats_are_written_without_exponents() -> None:
    assert float_text(10.100000381469727) == "10.1"
    assert float_text(0.1) == "0.1"
    assert float_text(1e21) == "1000000000000000000000"
    assert [float_text(n) for n in (math.nan, math.inf, -math.inf)] == ["NaN", "+Inf", "-Inf"]


@given(st.binary(min_size=1, max_size=100))
def test_octets_survive_as_hexadecimal(octets: bytes) -> None:
    text = wording("OctetString")(octets)
    assert bytes.fromhex(text.removeprefix("0x")) == octets
    assert octets_of(tuple(octets)) == octets
