"""Headers with weights, as clients send them and as they might."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.exposition import Format
from exporters.scrape import preferred
from exporters.taken import Taken, taken, takes_gzip


def test_each_part_has_its_name_its_parameters_and_its_weight() -> None:
    header = "Text/Plain; Version=0.0.4 ; q=0.5,*/*;q=0, a;Q = 0.25 ,b"
    assert list(taken(header)) == [
        Taken("text/plain", {"version": "0.0.4"}, 0.5),
        Taken("*/*", {}, 0),
        Taken("a", {}, 0.25),
        Taken("b", {}, 1),
    ]


@pytest.mark.parametrize("weight", ["much", "", "nan", "inf", "-1", "1.1"])
def test_what_has_a_weight_that_is_none_is_left_out(weight: str) -> None:
    assert [each.name for each in taken(f"a;q={weight}, b")] == ["b"]
    assert preferred(f"application/openmetrics-text;q={weight}, text/plain") is Format.TEXT


def test_a_version_may_have_any_number_of_digits() -> None:
    kind = "application/openmetrics-text;version="
    assert preferred(kind + "9" * 5000) is Format.OPENMETRICS
    assert preferred(kind + "00.1") is Format.TEXT


@pytest.mark.parametrize(
    ("header", "packed"),
    [
        ("gzip", True),
        ("br;q=1, GZIP ; q=0.1", True),
        ("gzip, identity", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0000", False),
        ("deflate, gzip; Q=0.000", False),
        ("identity, gzip;q=0.5", False),
        ("", False),
        ("br", False),
    ],
)
def test_gzip_is_sent_to_who_names_it_and_would_not_rather_have_it_plain(
    header: str, packed: bool
) -> None:
    assert takes_gzip(header) is packed


@given(st.text(st.sampled_from('gzip;q=,.01 */-naf"\x00ế'), max_size=60))
def test_no_header_is_an_error(header: str) -> None:
    assert all(0 <= each.weight <= 1 for each in taken(header))
    assert takes_gzip(header) in (True, False)
    assert preferred(header) is Format.TEXT
