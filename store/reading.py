"""Reading a store beside the daemon: no claim is taken and nothing is written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from store.address import address, is_file
from store.backend import Work
from store.embedded import BUSY_TIMEOUT_S
from store.errors import CannotOpenError
from store.explain import explain, place
from store.migrate import refuse_newer
from store.tables import SCHEMA, VERSION

T = TypeVar("T")


async def read(url: str, folder: Path, work: Work[T]) -> T:
    """What `work` returns from the store at `url`. Raises StoreError, for a schema that is not
    this version's too."""
    whole = address(url, folder)

    def checked(connection: Connection) -> T:
        _check(connection, place(whole))
        return work(connection)

    if is_file(whole):
        return await asyncio.to_thread(_read_file, whole, checked)
    from store.server import Server  # its packages are an extra

    server = Server(whole)
    try:
        return await server.read(checked)
    finally:
        await server.close()


def _read_file(url: URL, work: Work[T]) -> T:
    file = Path(url.database or "")
    if not file.is_file():
        raise CannotOpenError(
            f"there is no {place(url)}: has the daemon run yet, and is store.url right?"
        )
    engine = create_engine(
        f"sqlite+pysqlite:///{file.as_uri()}?mode=ro&uri=true",
        connect_args={"timeout": BUSY_TIMEOUT_S},
        poolclass=NullPool,
    )
    try:
        with engine.connect() as connection:
            return work(connection)
    except DBAPIError as error:
        raise explain(error, url) from error
    finally:
        engine.dispose()


def _check(connection: Connection, where: str) -> None:
    """Raises CannotOpenError unless the tables are this version's."""
    there = connection.dialect.has_table(connection, VERSION.name)
    present = connection.scalars(select(VERSION.c.version_num)).all() if there else []
    if present == [SCHEMA]:
        return
    if not present:
        raise CannotOpenError(f"{where} is not one of wanwatch's; is store.url right?")
    refuse_newer(present, where)
    raise CannotOpenError(
        f"{where} is of an older version (schema {', '.join(present)}); start the daemon once,"
        " which brings it up to date"
    )
