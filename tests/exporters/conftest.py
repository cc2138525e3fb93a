from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.program import program_registry
from store.database import Store
from tests.exporters.daemon import Daemon


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[Daemon]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield Daemon(store)
    await store.close()


@pytest.fixture
async def app(daemon: Daemon) -> AsyncIterator[FastAPI]:
    made = create_app(daemon, access=Access(), registry=program_registry([]))
    yield made
    made.state.scraper.close()


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:9464") as client:
        yield client
