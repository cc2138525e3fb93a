"""Answers are as small as their reader allows."""

from __future__ import annotations

import httpx
import pytest

from exporters.api.reply import takes_gzip


async def test_large_answers_are_compressed_for_those_who_take_it(http: httpx.AsyncClient) -> None:
    packed = await http.get("/api/v1/snapshot", headers={"accept-encoding": "gzip"})
    plain = await http.get("/api/v1/snapshot", headers={"accept-encoding": "identity"})
    assert plain.json() == packed.json()
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    ("header", "packed"),
    [
        ("gzip", True),
        ("br;q=1, GZIP ; q=0.1", True),
        ("gzip;q=0", False),
        ("deflate, gzip; Q=0.000", False),
        ("", False),
        ("br", False),
    ],
)
def test_who_gives_gzip_no_weight_is_not_sent_it(header: str, packed: bool) -> None:
    assert takes_gzip(header) is packed
