"""A connection costs no more than it may: in octets, in requests, in time, in number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fastapi import FastAPI

from configs.settings import Http
from exporters.api import wire
from exporters.api.server import Served, serve

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[Served]:
    async with serve(app, Http(port=0)) as made:
        yield made


@asynccontextmanager
async def connection(
    served: Served,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(served.host, served.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer_to(served: Served, *parts: bytes) -> bytes:
    """All that is said until the server closes the connection."""
    async with connection(served) as (reader, writer):
        for part in parts:
            writer.write(part)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def test_a_head_that_does_not_end_is_not_waited_for(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "REQUEST_S", 0.05)
    assert (await answer_to(served, GET)).startswith(b"HTTP/1.1 408 ")
    assert await answer_to(served) == b""


@pytest.mark.parametrize("drip", [b"G", b"\r\n"])
async def test_drops_do_not_keep_a_connection_alive(
    served: Served, monkeypatch: pytest.MonkeyPatch, drip: bytes
) -> None:
    monkeypatch.setattr(wire, "REQUEST_S", 0.05)
    async with connection(served) as (reader, writer):
        writer.write(GET + b"\r\n")
        assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200 ")
        writer.write(drip)
        assert (await reader.read())[:13] in (b"", b"HTTP/1.1 408 ")


async def test_a_body_that_nobody_wants_is_not_waited_for_either(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "REQUEST_S", 0.05)
    said = await answer_to(served, GET + b"Content-Length: 1000000\r\n\r\n", b"x")
    assert said.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"x" * wire.LONGEST_URL + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        GET + b"".join(b"x-%d: y\r\n" % n for n in range(wire.MOST_HEADERS)) + b"\r\n",
        GET + b"x: " + b"y" * wire.LONGEST_HEAD,
        GET + b"x: " + b"y" * wire.LONGEST_HEAD + b"\r\n\r\n",
        b"GET /" + b"x" * wire.LONGEST_HEAD,
    ],
    ids=["address", "headers", "header", "header that ends", "endless address"],
)
async def test_a_head_that_is_too_large_is_refused(served: Served, request_: bytes) -> None:
    assert (await answer_to(served, request_)).startswith(b"HTTP/1.1 431 ")


async def test_a_request_in_ever_so_small_chunks_is_cut_off(served: Served) -> None:
    chunks = b"1\r\nx\r\n" * (wire.LONGEST_REQUEST // 6 + 1)
    post = b"POST /api/v1/silences HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    said = await answer_to(
        served, post, b"Content-Type: application/json\r\n\r\n", chunks[:200_000], chunks[200_000:]
    )
    assert said == b"" or said.split()[1] in (b"413", b"431")


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01 hello\r\n\r\n",
        GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        GET + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + b"bad header\r\n\r\n",
        GET + b"x: a\nb\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused(served: Served, request_: bytes) -> None:
    assert (await answer_to(served, request_)).startswith(b"HTTP/1.1 400 ")


async def test_letters_as_they_are_typed_are_told_how_to_be_sent(served: Served) -> None:
    said = await answer_to(
        served, "GET /api/v1/nodes?q=hà HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    )
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"--data-urlencode" in said


async def test_requests_in_a_row_are_answered_in_their_order(served: Served) -> None:
    row = GET + b"\r\n" + b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
    said = await answer_to(served, row + GET + b"Connection: close\r\n\r\n")
    assert [part.split()[0] for part in said.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


async def test_a_row_of_requests_has_an_end(served: Served) -> None:
    assert (await answer_to(served, (GET + b"\r\n") * 10_000)).count(b"HTTP/1.1 200") == 0


@pytest.fixture
def few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_QUIET", 2)


@pytest.mark.usefixtures("few_connections")
async def test_of_too_many_connections_the_longest_quiet_one_gives_way(served: Served) -> None:
    async with connection(served) as first, connection(served) as second:
        for reader, writer in (first, second):
            writer.write(GET + b"\r\n")
            await reader.readuntil(b"ok\n")
        async with connection(served) as (reader, writer):
            writer.write(GET + b"\r\n")
            await reader.readuntil(b"ok\n")
            assert await first[0].read() == b""
            second[1].write(GET + b"\r\n")
            await second[0].readuntil(b"ok\n")


@pytest.mark.usefixtures("few_connections")
async def test_a_connection_with_a_request_does_not_give_way(served: Served) -> None:
    async with connection(served) as (reader, writer):
        writer.write(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"event: update")
        async with AsyncExitStack() as opened:
            for _ in range(5):
                other, asking = await opened.enter_async_context(connection(served))
                asking.write(GET + b"\r\n")
                await other.readuntil(b"ok\n")
        assert await reader.readuntil(b"data: ")
