"""PostgreSQL: one session that writes, a pool that reads."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import orjson
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from store.backend import Work
from store.claim import claim_session
from store.explain import explain, place

T = TypeVar("T")

TROUBLE = (DBAPIError, PoolTimeout, OSError)
READERS = 4
CONNECT_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 30.0


class Server:
    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = create_async_engine(
            url,
            pool_size=READERS + 1,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"timeout": CONNECT_TIMEOUT_S, "command_timeout": COMMAND_TIMEOUT_S},
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        self._turn = asyncio.Lock()
        self._session: AsyncConnection | None = None

    async def write(self, work: Work[T]) -> T:
        transaction = asyncio.ensure_future(self._transaction(work))
        try:
            return await asyncio.shield(transaction)
        except asyncio.CancelledError:
            # A cancelled session would be thrown away, and the claim with it.
            await asyncio.wait([transaction])
            raise

    async def read(self, work: Work[T]) -> T:
        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(work)
        except TROUBLE as error:
            raise explain(error, self._url) from error

    @property
    def short_of_room(self) -> bool:
        return False  # the server's disk is its administrator's

    async def close(self) -> None:
        async with self._turn:
            await self._forget_session()
        await self._engine.dispose()

    async def _transaction(self, work: Work[T]) -> T:
        async with self._turn:
            try:
                session = await self._claimed_session()
                async with session.begin():
                    return await session.run_sync(work)
            except TROUBLE as error:
                if self._session is not None and self._session.invalidated:
                    await self._forget_session()
                raise explain(error, self._url) from error

    async def _claimed_session(self) -> AsyncConnection:
        if self._session is None:
            session = await self._engine.connect()
            try:
                await session.run_sync(claim_session, place(self._url))
            except BaseException:
                await session.close()
                raise
            self._session = session
        return self._session

    async def _forget_session(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
