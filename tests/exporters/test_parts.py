"""The text of `/metrics` in parts: the same octets, and no reader that holds anything for ever."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from configs.settings import Http
from exporters import scrape
from exporters.api import parts, wire
from exporters.api.parts import InParts
from exporters.api.server import Served, serve

PLAIN = {"accept-encoding": "identity"}


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[Served]:
    async with serve(app, Http(port=0)) as made:
        yield made


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text"])
async def test_the_text_is_what_the_compressed_answer_holds(
    served: Served, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    monkeypatch.setattr(scrape, "_PACKED_CHUNK", 7)
    async with httpx.AsyncClient(base_url=served.url, headers={"accept": accept}) as client:
        async with client.stream("GET", "/metrics") as packed:
            raw = b"".join([part async for part in packed.aiter_raw()])
        plain = await client.get("/metrics", headers=PLAIN)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content == gzip.decompress(raw)
    assert int(plain.headers["content-length"]) == len(plain.content) > 1_000


async def test_readers_of_the_same_moment_share_one_rendering(
    served: Served, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderings = []
    render = app.state.scraper._render
    monkeypatch.setattr(
        app.state.scraper, "_render", lambda *given: renderings.append(given) or render(*given)
    )
    async with httpx.AsyncClient(base_url=served.url) as client:
        plain = [client.get("/metrics", headers=PLAIN) for _ in range(3)]
        bodies = {answer.content for answer in await asyncio.gather(*plain)}
        bodies.add((await client.get("/metrics")).content)
    assert len(bodies) == len(renderings) == 1


async def test_a_reader_that_vanishes_ends_the_parts() -> None:
    ended, read = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            ended.set()

    async def receive() -> Message:
        await read.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message.get("body"):
            read.set()
        await asyncio.sleep(0)

    content = endless()
    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    await InParts(content, 9, {})(scope, receive, send)
    await content.aclose()
    assert ended.is_set()


async def test_a_reader_that_is_too_slow_is_left_with_half_an_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(parts, "SENDING_S", 0.0)
    sent: list[Message] = []

    async def two() -> AsyncIterator[bytes]:
        yield b"x"
        yield b"y"

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    with caplog.at_level(logging.WARNING):
        await InParts(two(), 2, {})({"type": "http"}, receive, send)
    assert all(message.get("more_body", True) for message in sent)
    assert "2 bytes was not read in 0 s" in caplog.text


async def test_a_reader_that_stands_still_is_cut_off(
    served: Served, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "STALL_S", 0.0)
    writing: asyncio.Future[asyncio.Task[object] | None] = asyncio.Future()

    async def flood() -> AsyncIterator[bytes]:
        writing.set_result(asyncio.current_task())
        while True:
            yield bytes(1 << 20)
            await asyncio.sleep(0)

    @app.get("/flood")
    async def answer() -> InParts:
        return InParts(flood(), 1 << 40, {})

    reader, writer = await asyncio.open_connection("127.0.0.1", served.port, limit=1 << 10)
    writer.write(b"GET /flood HTTP/1.1\r\nhost: localhost\r\n\r\n")
    task = await writing
    assert task is not None
    await asyncio.wait([task])
    assert len(await reader.read()) < 1 << 40
    writer.close()
