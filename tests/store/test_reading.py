from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from store.database import Store
from store.errors import CannotOpenError, NewerSchemaError, StoreError
from store.reading import read
from store.record import Record
from store.tables import OUTAGE
from tests.store.material import outage


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(OUTAGE)) or 0


async def test_what_the_daemon_committed_is_read_while_it_holds_its_claim(
    store: Store, url: str, tmp_path: Path
) -> None:
    await store.commit(Record(outages=(outage(),)))
    assert await read(url, tmp_path, count) == 1
    await store.commit(Record(outages=(outage("o2"),)))
    assert await read(url, tmp_path, count) == 2


async def test_a_reader_of_a_file_cannot_write(tmp_path: Path) -> None:
    await (await Store.open("sqlite:///wanwatch.db", folder=tmp_path)).close()

    def write(connection: Connection) -> None:
        connection.execute(OUTAGE.delete())

    with pytest.raises(StoreError, match="read-only"):
        await read("sqlite:///wanwatch.db", tmp_path, write)


async def test_a_file_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(CannotOpenError, match=r"there is no database .*wanwatch\.db"):
        await read("sqlite:///wanwatch.db", tmp_path, count)
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240


def version(tmp_path: Path, number: str) -> None:
    with closing(sqlite3.connect(tmp_path / "wanwatch.db")) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (number,))
        other.commit()


@pytest.mark.parametrize(
    ("number", "error", "advice"),
    [
        ("0001", CannotOpenError, "start the daemon once"),
        ("9999", NewerSchemaError, "newer version"),
    ],
)
async def test_a_schema_of_another_version_is_refused(
    tmp_path: Path, number: str, error: type[StoreError], advice: str
) -> None:
    await (await Store.open("sqlite:///wanwatch.db", folder=tmp_path)).close()
    version(tmp_path, number)
    with pytest.raises(error, match=advice):
        await read("sqlite:///wanwatch.db", tmp_path, count)


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wanwatch.db")) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(CannotOpenError, match="not one of wanwatch's"):
        await read("sqlite:///wanwatch.db", tmp_path, count)
