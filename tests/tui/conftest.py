"""The daemon's API, served, for tests of the console on the real thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from configs.settings import Http
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import serve
from exporters.program import program_registry
from store.database import Store
from tests.exporters.daemon import Daemon


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[Daemon]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield Daemon(store)
    await store.close()


@pytest.fixture
async def url(daemon: Daemon) -> AsyncIterator[str]:
    app = create_app(daemon, access=Access(), registry=program_registry([]))
    async with serve(app, Http(port=0)) as served:
        yield served.url
    app.state.scraper.close()
