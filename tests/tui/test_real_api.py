"""The console and its client on the daemon's real API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from configs.settings import Http
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import Served, serve
from exporters.client import ApiClient, MissingError, UnauthorisedError
from exporters.program import program_registry
from store.database import Store
from tests.exporters.daemon import Daemon, hub_cut
from tests.tui.opened import console, text_of, until
from tui.picture import Picture

TOKEN = "a-token-that-is-long-enough"


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Daemon]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield Daemon(store)
    await store.close()


@pytest.fixture
async def served(source: Daemon) -> AsyncIterator[Served]:
    app = create_app(source, access=Access(TOKEN), registry=program_registry([]))
    async with serve(app, Http(port=0)) as made:
        yield made


async def test_the_client_understands_every_answer(source: Daemon, served: Served) -> None:
    source.publish(hub_cut(source.present))
    async with ApiClient(served.url, TOKEN) as client:
        snapshot = await client.snapshot()
        assert snapshot.coverage == await client.coverage()
        assert {node.id for node in await client.nodes(province="66")} == {
            "hub-66-a", "cpe-1", "cpe-2",
        }  # fmt: skip
        assert [node.id for node in await client.nodes(offset=1, limit=1)] == ["hub-66-a"]
        detail = await client.node("cpe-1")
        assert detail.interfaces
        assert detail.rtt_history
        assert (await client.site("c-1")).nodes == ["cpe-1"]
        assert [outage.id for outage in await client.outages()] == ["o-1"]
        assert (await client.outage("o-1")).shadowed == ["cpe-1", "cpe-2"]
        assert await client.events(limit="5") == []
        assert {link.id for link in await client.links()} == {"l-hub", "l-1", "l-2"}
        assert (await client.whatif(["hub-66-a", "l-1"])).sites == []
        assert len((await client.whatif(["hub-66-a"], now=False)).sites) == 3
        assert (await client.spof()).points[0].sites == 3
        with pytest.raises(MissingError, match="nobody"):
            await client.node("nobody")
        with pytest.raises(MissingError, match=r"did you mean .*node:cpe-1"):
            await client.whatif(["node:cpe-l"])
    async with ApiClient(served.url, "a-token-that-is-not-right") as client:
        with pytest.raises(UnauthorisedError):
            await client.snapshot()


async def test_the_stream_leads_from_one_picture_to_the_next(
    source: Daemon, served: Served
) -> None:
    async with ApiClient(served.url, TOKEN) as client:
        picture = Picture.of(await client.snapshot())
        stream = client.stream()
        assert picture.updated(await anext(stream)) is picture  # tells of the present first
        second = asyncio.ensure_future(anext(stream))
        source.publish(hub_cut(source.present))
        after = picture.updated(await second)
        assert after is not None
        assert after == Picture.of(await client.snapshot())
        await stream.aclose()


async def test_a_hub_that_is_cut_is_seen_at_once(source: Daemon, served: Served) -> None:
    async with console(served.url, token=TOKEN) as (app, pilot):
        assert "4 / 4 điểm thông suốt" in text_of(app)
        source.publish(hub_cut(source.present))
        await until(lambda: "1 sự cố · 1 nghiêm trọng" in text_of(app))
        await pilot.press("2")
        await until(lambda: "Bộ định tuyến A" in text_of(app))
        await pilot.press("enter")
        await until(lambda: "Phường Buôn Ma Thuột" in text_of(app))
        assert "cũng có thể là đường truyền" in text_of(app)
