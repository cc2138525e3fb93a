"""When a whole network is silent, scrapes of its devices take nobody's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from configs.settings import Http
from exporters.api import crowd, wire
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import Served, serve
from exporters.program import program_registry
from exporters.snmp.logins import Logins
from exporters.snmp.scrape import DeviceScraper, Scrape
from tests.exporters.daemon import Daemon
from tests.scrape.material import MODULES, Device


class Silent(DeviceScraper):
    """Nothing answers for as long as the test lasts."""

    def __init__(self) -> None:
        super().__init__(Device(), MODULES, Logins({}))
        self.asked = asyncio.Semaphore(0)
        self.lasts = asyncio.Event()

    async def scrape(self, wanted: Scrape, patience_s: float = 0.0) -> bytes:
        self.asked.release()
        await self.lasts.wait()
        return b""


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture
async def served(
    daemon: Daemon, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    monkeypatch.setattr(wire, "MOST_QUIET", 2)
    monkeypatch.setattr(crowd, "MOST_REQUESTS", 2)
    app = create_app(daemon, access=Access(), registry=program_registry([]), devices=silent)
    async with serve(app, Http(port=0)) as made:
        yield made


async def test_scrapes_that_wait_for_devices_leave_room_for_people(
    served: Served, silent: Silent
) -> None:
    async with httpx.AsyncClient(base_url=served.url, timeout=10) as client:
        asking = []
        for n in range(9):
            asking.append(asyncio.create_task(client.get(f"/snmp?target=10.0.0.{n}")))
            await silent.asked.acquire()
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/metrics?scope=country")).status_code == 200
        silent.lasts.set()
        assert {(await each).status_code for each in asking} == {200}


async def test_of_other_requests_there_may_be_so_many_at_a_time(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, timeout=10) as client:
        stream = "/api/v1/stream"
        async with client.stream("GET", stream), client.stream("GET", stream):
            answer = await client.get("/api/v1/coverage")
            assert answer.status_code == 503
            assert "ask again" in answer.json()["detail"]
        async with asyncio.timeout(10):
            while (await client.get("/api/v1/coverage")).status_code != 200:
                pass  # the streams are being ended
