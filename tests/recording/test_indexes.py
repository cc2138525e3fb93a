"""Addresses and texts are found in indexes, and a MIB's own numbers are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.recording.indexes import Indexes
from configs.redaction import ids as ids_of
from configs.redaction import redaction

INDEXES = Indexes(redaction().indexes)
NAME = ".".join(map(str, b"wan-vn"))
V6 = ".".join(["32", "1", *["9"] * 14])


def found(oid: str) -> list[tuple[str, str]]:
    ids = ids_of(oid)
    return [
        (part.kind, ".".join(map(str, ids[part.start : part.stop])))
        for part in INDEXES.segments(ids)[0]
    ]


@pytest.mark.parametrize(
    ("oid", "parts"),
    [
        ("1.3.6.1.2.1.4.20.1.1.10.1.2.3", [("ip", "10.1.2.3")]),
        ("1.3.6.1.2.1.4.22.1.2.7.10.1.2.3", [("ip", "10.1.2.3")]),
        (
            "1.3.6.1.2.1.4.24.4.1.4.10.0.0.0.255.0.0.0.0.10.1.2.3",
            [("ip", "10.0.0.0"), ("ip", "255.0.0.0"), ("ip", "10.1.2.3")],
        ),
        ("1.3.6.1.2.1.4.34.1.3.1.4.10.1.2.3", [("ip", "10.1.2.3")]),
        ("1.3.6.1.2.1.4.34.1.3.3.8.10.1.2.3.0.0.0.5", [("ip", "10.1.2.3")]),
        (f"1.3.6.1.2.1.4.34.1.3.4.20.{V6}.0.0.0.5", [("ip", V6)]),
        (f"1.3.6.1.2.1.4.35.1.4.2.2.16.{V6}", [("ip", V6)]),
        (
            f"1.3.6.1.2.1.6.19.1.7.16.6.{NAME}.443.1.4.10.1.2.3.99",
            [("text", NAME), ("ip", "10.1.2.3")],
        ),
        ("1.3.6.1.2.1.17.4.3.1.1.0.26.43.1.2.3", [("mac", "0.26.43.1.2.3")]),
        ("1.3.6.1.2.1.17.7.1.2.2.1.2.5.0.26.43.1.2.3", [("mac", "0.26.43.1.2.3")]),
        ("1.3.6.1.2.1.31.1.4.1.1.3.6.0.26.43.1.2.3", [("mac", "0.26.43.1.2.3")]),
        ("1.0.8802.1.1.2.1.4.2.1.3.0.1.2.1.4.10.1.2.3", [("ip", "10.1.2.3")]),
        ("1.0.8802.1.1.2.1.4.2.1.3.0.1.2.6.6.0.26.43.1.2.3", [("mac", "0.26.43.1.2.3")]),
        ("1.3.6.1.4.1.99999.1.1.2.1.4.192.168.7.8", [("ip", "192.168.7.8")]),
        (f"1.3.6.1.4.1.99999.1.1.2.6.{NAME}.1", [("text", NAME)]),
        (f"1.3.6.1.6.3.12.1.2.1.2.{NAME}", [("text", NAME)]),
        ("1.3.6.1.2.1.2.2.1.10.10001", []),
        ("1.3.6.1.4.1.9.9.23.1.2.1.1.4.1.4", []),
        ("1.3.6.1.4.1.9.9.109.1.1.1.1.4.1.2.3.4", []),
        ("1.3.6.1.2.1.4.20.1.1.10.1", []),
        ("1.3.6.1.2.1.4.34.1.3.1.4.10.1.2.300", []),
    ],
)
def test_an_index_is_told_apart(oid: str, parts: list[tuple[str, str]]) -> None:
    assert found(oid) == parts


ENTRIES = st.sampled_from([*redaction().indexes, (1, 3, 6, 1, 4, 1, 9), (1, 3, 6, 1, 2, 1, 99)])


@given(ENTRIES, st.lists(st.one_of(st.integers(0, 20), st.integers(0, 2**32 - 1)), max_size=40))
def test_parts_of_any_index_follow_each_other_within_it(
    entry: tuple[int, ...], rest: list[int]
) -> None:
    ids = (*entry, *rest)
    at = 0
    for part in INDEXES.segments(ids)[0]:
        assert at <= part.start <= part.stop <= len(ids)
        assert max(ids[part.start : part.stop], default=0) < 256
        at = part.stop
