"""The API's client: what it understands and what it says when things go wrong."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from exporters import client as module
from exporters.client import (
    ApiClient,
    ClientError,
    MissingError,
    NotWanwatchError,
    OverdueError,
    UnauthorisedError,
    UnreachableError,
)
from tests.exporters.certificates import make_certificates
from tests.tui.daemon import daemon
from tests.tui.nation import troubled_nation
from tests.tui.opened import until
from tests.tui.test_picture import small_nation


@contextlib.asynccontextmanager
async def answering(raw: bytes, *, hold: bool = False) -> AsyncIterator[str]:
    """A server that says the same bytes to everybody."""
    served: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        if not hold:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for writer in served:
            writer.close()
        server.close()
        await server.wait_closed()


def stream_of(body: str) -> bytes:
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    return (head + body).encode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def test_a_snapshot_comes_whole() -> None:
    nation = troubled_nation()
    async with daemon(nation) as serving, ApiClient(serving.url) as client:
        assert await client.snapshot() == nation.snapshot()


async def test_every_resource_is_understood() -> None:
    nation = troubled_nation()
    async with daemon(nation) as serving, ApiClient(serving.url + "/") as client:
        assert len(await client.nodes()) == len(nation.nodes())
        assert [n.id for n in await client.nodes(site="dc-1")] == ["dc-1-r1", "dc-1-r2"]
        assert len(await client.nodes(province="hue")) == 42
        assert len(await client.nodes(offset=3000, limit=50)) == 50
        assert (await client.node("dc-1-r1")).interfaces[0].if_index == 1
        assert (await client.site("dc-1")).nodes == ["dc-1-r1", "dc-1-r2"]
        assert (await client.outage("cut-lao-cai")).shadowed_count == 99
        assert len(await client.events(limit="2")) == 2


async def test_ids_may_hold_any_character() -> None:
    nation = small_nation()
    async with daemon(nation) as serving, ApiClient(serving.url) as client:
        with pytest.raises(MissingError):
            await client.outage("a b/../?c#d")


async def test_the_stream_brings_updates_one_by_one() -> None:
    nation = small_nation()
    async with daemon(nation) as serving, ApiClient(serving.url) as client:
        stream = client.stream()
        first = asyncio.ensure_future(anext(stream))
        await until(lambda: serving.listeners)
        nation.set("hue-An", "DOWN")
        serving.send()
        assert (await first).states == {"hue-An": ("DOWN", False)}
        await stream.aclose()


async def test_comments_and_other_events_are_passed_over() -> None:
    update = small_nation().update().model_dump_json()
    middle = len(update) // 2
    cut = update.index(",", middle) + 1
    body = (
        ": hello\r\n\r\n"
        "event: gossip\r\ndata: {}\r\n\r\n"
        "data: {}\n\n"
        f"event: update\nid: 7\ndata: {update[:cut]}\ndata:{update[cut:]}\n\n"
        'event: update\ndata: {"cut": '
    )
    async with answering(stream_of(body)) as url, ApiClient(url) as client:
        assert [found.sequence async for found in client.stream()] == [2]


async def test_a_name_may_hold_what_unicode_calls_the_end_of_a_line() -> None:
    nation = small_nation()
    nation.provinces["hue"] = ("Huế\u2028cố đô", "46")
    body = f"event: update\ndata: {nation.update().model_dump_json()}\n\n"
    assert "\u2028" in body
    async with answering(stream_of(body)) as url, ApiClient(url) as client:
        told = await anext(client.stream())
    assert "Huế\u2028cố đô" in {province.name for province in told.provinces}


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    async with ApiClient(f"http://127.0.0.1:{free_port()}") as client:
        with pytest.raises(UnreachableError, match="127") as caught:
            await client.snapshot()
        assert isinstance(caught.value, OSError)
        with pytest.raises(UnreachableError):
            await anext(client.stream())


@pytest.mark.parametrize("url", ["http://", "nonsense", "ftp://127.0.0.1/", "http://[::1"])
async def test_an_address_that_is_none_is_a_client_error(url: str) -> None:
    async with ApiClient(url) as client:
        with pytest.raises(ClientError):
            await client.snapshot()


async def test_a_wrong_token_is_told_apart_and_never_repeated() -> None:
    async with (
        daemon(small_nation(), token="right") as serving,
        ApiClient(serving.url, "secret-but-wrong") as client,
    ):
        with pytest.raises(UnauthorisedError) as caught:
            await client.snapshot()
        assert "secret-but-wrong" not in f"{caught.value!r} {caught.value}"
        with pytest.raises(UnauthorisedError):
            await anext(client.stream())


@pytest.mark.parametrize("token", ["mã-bí-mật", "two\nlines"])
def test_a_token_that_none_can_be_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(UnauthorisedError) as caught:
        ApiClient("http://127.0.0.1:9464", token)
    assert token not in f"{caught.value!r}"


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    async with daemon(small_nation()) as serving, ApiClient(serving.url) as client:
        assert (await client.snapshot()).sequence == 1


async def test_the_right_token_opens() -> None:
    async with (
        daemon(small_nation(), token="right") as serving,
        ApiClient(serving.url, "right") as client,
    ):
        assert (await client.snapshot()).sequence == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    ],
)
async def test_another_program_at_that_address_is_recognised(answer: bytes) -> None:
    async with answering(answer) as url, ApiClient(url) as client:
        with pytest.raises(NotWanwatchError):
            await client.snapshot()
        with pytest.raises(NotWanwatchError):
            await anext(client.stream())


@pytest.mark.parametrize("encrypted", [False, True])
async def test_tls_that_cannot_be_trusted_is_told_apart_from_silence(
    tmp_path: Path, encrypted: bool
) -> None:
    make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    tls = context if encrypted else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    async with server, ApiClient(f"https://127.0.0.1:{port}") as client:
        with pytest.raises(NotWanwatchError, match="SSL"):
            await client.snapshot()


async def test_what_is_not_http_at_all_is_a_client_error() -> None:
    async with answering(b"SSH-2.0-OpenSSH_9.2\r\n") as url, ApiClient(url) as client:
        with pytest.raises(ClientError):
            await client.snapshot()


async def test_the_reason_of_a_problem_document_is_passed_on() -> None:
    body = b'{"title": "Not Found", "detail": "there is no node \'x\'"}'
    answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    async with answering(answer) as url, ApiClient(url) as client:
        with pytest.raises(MissingError, match="there is no node 'x'"):
            await client.node("x")


async def test_a_daemon_in_trouble_counts_as_unreachable() -> None:
    answer = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
    async with answering(answer) as url, ApiClient(url) as client:
        with pytest.raises(UnreachableError, match="503"):
            await client.snapshot()


async def test_a_stream_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE_TIMEOUT_S", 0.05)
    async with answering(stream_of(": hello\n\n"), hold=True) as url, ApiClient(url) as client:
        with pytest.raises(OverdueError):
            await anext(client.stream())


async def test_an_answer_that_dribbles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", 0.05)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    async with answering(head, hold=True) as url, ApiClient(url) as client:
        with pytest.raises(OverdueError) as caught:
            await client.snapshot()
        assert isinstance(caught.value, TimeoutError)
