from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from configs.settings import Http
from exporters.api import stream
from exporters.api.server import Served, serve
from exporters.errors import PortError
from tests.exporters.daemon import Daemon, all_up, country, hub_cut

LOOPBACK = Http(port=0)


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[Served]:
    async with serve(app, LOOPBACK) as made:
        yield made


async def events(lines: AsyncIterator[str], count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async for line in lines:
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == count:
                break
    return found


async def test_the_api_answers_on_the_port_that_it_got(served: Served) -> None:
    assert served.url == f"http://127.0.0.1:{served.port}"
    async with httpx.AsyncClient(base_url=served.url) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/api/v1/coverage")).json()["total"] == 4


async def test_our_signal_handlers_stay_ours(served: Served) -> None:
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_a_port_in_use_is_named_with_what_to_do(app: FastAPI) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port}: another program uses it.*http.port"):
            async with serve(app, Http(port=port)):
                pass


async def test_an_address_of_another_machine_is_named(app: FastAPI) -> None:
    with pytest.raises(PortError, match=r"203\.0\.113\.1 port 0: .*does not have that address"):
        async with serve(app, Http(host="203.0.113.1", port=0)):
            pass


async def test_a_stream_tells_what_changed_since_the_event_before(
    served: Served, daemon: Daemon
) -> None:
    async with (
        httpx.AsyncClient(base_url=served.url) as client,
        client.stream("GET", "/api/v1/stream") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        (first,) = await events(lines, 1)
        assert (first["sequence"], first["previous"], first["states"]) == (1, 1, {})
        daemon.publish(hub_cut(daemon.present))
        (cut,) = await events(lines, 1)
        assert (cut["sequence"], cut["previous"]) == (2, 1)
        assert cut["states"] == {
            "hub-66": ["DOWN", False], "c-1": ["UNREACHABLE", False], "c-2": ["UNREACHABLE", False],
        }  # fmt: skip
        assert [outage["id"] for outage in cut["outages"]] == ["o-1"]
        daemon.publish(all_up(daemon.present.inventory, 3))
        (healed,) = await events(lines, 1)
        assert set(healed["states"]) == {"hub-66", "c-1", "c-2"}
        assert healed["coverage"]["ratio"] == 1


async def test_events_carry_the_sequence_as_their_id(served: Served) -> None:
    async with (
        httpx.AsyncClient(base_url=served.url) as client,
        client.stream("GET", "/api/v1/stream") as answer,
    ):
        lines = answer.aiter_lines()
        assert [await anext(lines), await anext(lines)] == ["event: update", "id: 1"]


async def test_a_slow_client_gets_one_update_over_all_that_it_missed(
    served: Served, daemon: Daemon, app: FastAPI
) -> None:
    streams: stream.Streams = app.state.streams
    updates = streams.updates()
    await anext(updates)
    cut = hub_cut(daemon.present)
    daemon.publish(cut)
    daemon.publish(replace(cut, sequence=3))
    daemon.publish(replace(all_up(cut.inventory), sequence=4, nodes=cut.nodes, sites=cut.sites))
    told = json.loads((await anext(updates)).decode().partition("data: ")[2])
    assert (told["previous"], told["sequence"]) == (1, 4)
    assert set(told["states"]) == {"hub-66", "c-1", "c-2"}
    assert streams.stats.skipped == 2
    await updates.aclose()
    assert streams.stats.clients == 0


async def test_another_inventory_is_a_gap_to_whoever_listens(daemon: Daemon, app: FastAPI) -> None:
    updates = app.state.streams.updates()
    await anext(updates)
    daemon.publish(all_up(country(), 7))
    told = json.loads((await anext(updates)).decode().partition("data: ")[2])
    assert told["previous"] == 7 > 1
    await updates.aclose()


async def test_a_quiet_stream_shows_that_it_is_alive(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "KEEPALIVE_S", 0.0)
    updates = app.state.streams.updates()
    await anext(updates)
    assert (await anext(updates)).startswith(b":")
    await updates.aclose()


async def test_streams_end_at_once_when_the_server_stops(app: FastAPI) -> None:
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient() as client:
        async with serve(app, LOOPBACK) as served:
            request = client.build_request("GET", f"{served.url}/api/v1/stream")
            answer = await client.send(request, stream=True)
            lines = answer.aiter_lines()
            await events(lines, 1)
            stopping = loop.time()
        assert loop.time() - stopping < 2
        assert await events(lines, 1) == []
        await answer.aclose()


async def test_streams_are_bounded(
    served: Served, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_CLIENTS", 0)
    async with httpx.AsyncClient(base_url=served.url) as client:
        answer = await client.get("/api/v1/stream")
    assert answer.status_code == 503
    assert "streams are open already" in answer.json()["detail"]
