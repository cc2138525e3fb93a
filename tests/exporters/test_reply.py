"""Answers are as small as their reader allows."""

from __future__ import annotations

import httpx


async def test_large_answers_are_compressed_for_those_who_take_it(http: httpx.AsyncClient) -> None:
    packed = await http.get("/api/v1/snapshot", headers={"accept-encoding": "gzip"})
    plain = await http.get("/api/v1/snapshot", headers={"accept-encoding": "identity"})
    assert plain.json() == packed.json()
    assert "content-encoding" not in plain.headers
