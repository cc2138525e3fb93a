from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from store.database import Store
from tests.store.postgres import PASSWORD, Server, server

_databases = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """An empty database of its own."""
    name = f"wan{next(_databases)}"
    asyncio.run(_create(postgres, name))
    return postgres.url(name)


async def _create(postgres: Server, name: str) -> None:
    import asyncpg

    for _ in range(100):
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1",
                port=postgres.port,
                user="wan",
                password=PASSWORD,
                database="postgres",
            )
            break
        except (OSError, asyncpg.CannotConnectNowError):
            await asyncio.sleep(0.1)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A fresh database, of each kind in turn."""
    if request.param == "sqlite":
        return "sqlite:///wanwatch.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(url, folder=tmp_path)
    yield opened
    await opened.close()
