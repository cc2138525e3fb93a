from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection

from store.address import address
from store.database import Store
from store.embedded import Embedded
from store.errors import (
    AlreadyOpenError,
    BusyError,
    CorruptError,
    NewerSchemaError,
    NotWritableError,
    WrongUrlError,
)
from store.record import Record
from store.tables import METADATA
from tests.store.material import outage
from topology.restored import Restored

URL = "sqlite:///wanwatch.db"


async def _restore(folder: Path) -> Restored:
    store = await Store.open(URL, folder=folder)
    try:
        return await store.restore()
    finally:
        await store.close()


async def test_a_second_daemon_on_the_same_database_is_refused(tmp_path: Path) -> None:
    first = await Store.open(URL, folder=tmp_path)
    with pytest.raises(AlreadyOpenError, match=rf"used by another daemon \(process {os.getpid()}"):
        await Store.open(URL, folder=tmp_path)
    await first.close()
    second = await Store.open(URL, folder=tmp_path)
    await second.close()


async def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritableError, match=r"missing/wanwatch\.db\.lock cannot be written"):
        await Store.open("sqlite:///missing/wanwatch.db", folder=tmp_path)


async def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "wanwatch.db").mkdir()
    with pytest.raises(NotWritableError, match=r"wanwatch\.db: the file cannot be opened"):
        await Store.open(URL, folder=tmp_path)


async def test_only_its_user_may_read_a_new_database(tmp_path: Path) -> None:
    store = await Store.open(URL, folder=tmp_path)
    await store.commit(Record(outages=(outage(),)))
    names = ("wanwatch.db", "wanwatch.db-wal", "wanwatch.db-shm", "wanwatch.db.lock")
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in names]
    await store.close()
    assert modes == [0o600] * 4


async def test_a_migration_that_is_cut_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", power_cut)
        with pytest.raises(KeyboardInterrupt):
            await Store.open(URL, folder=tmp_path)
    connection = sqlite3.connect(tmp_path / "wanwatch.db")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    store = await Store.open(URL, folder=tmp_path)
    await store.close()


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "wanwatch.db"
    file.write_bytes(b"this is somebody's letter\n" * 100)
    with pytest.raises(CorruptError, match="not a SQLite database"):
        await Store.open(URL, folder=tmp_path)
    assert file.read_bytes() == b"this is somebody's letter\n" * 100


async def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    store = await Store.open(URL, folder=tmp_path)
    await store.close()
    file = tmp_path / "wanwatch.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:1024] + os.urandom(len(whole) - 1024))
    with pytest.raises(CorruptError, match=r"\.recover"):
        await _restore(tmp_path)


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = await Store.open(URL, folder=tmp_path)
    await store.close()
    with sqlite3.connect(tmp_path / "wanwatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(NewerSchemaError, match=r"newer version of wanwatch \(schema 9999\)"):
        await Store.open(URL, folder=tmp_path)


async def test_another_program_that_holds_the_database_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.embedded.BUSY_TIMEOUT_S", 0.05)
    store = await Store.open(URL, folder=tmp_path)
    shell = sqlite3.connect(tmp_path / "wanwatch.db", isolation_level=None)
    shell.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BusyError, match="close that program"):
        await store.commit(Record(outages=(outage(),)))
    shell.execute("ROLLBACK")
    shell.close()
    await store.commit(Record(outages=(outage(),)))
    assert len(await store.outages()) == 1
    await store.close()


async def test_postgresql_says_which_package_it_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(WrongUrlError, match="PostgreSQL needs the Python package asyncpg"):
        await Store.open("postgresql://wan@127.0.0.1/wan", folder=tmp_path)


@pytest.mark.parametrize(
    "url",
    ["wanwatch.db", "mysql://h/db", "sqlite://", "sqlite:///:memory:", "sqlite:///f.db?mode=ro"],
)
async def test_a_url_that_cannot_be_used_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUrlError, match=r"store\.url"):
        await Store.open(url, folder=tmp_path)


async def test_the_migrations_make_exactly_the_tables_that_are_queried(tmp_path: Path) -> None:
    store = await Store.open(URL, folder=tmp_path)
    await store.close()
    connection = sqlite3.connect(tmp_path / "wanwatch.db")
    made = {
        (kind, name): [tuple(row)[1:4] for row in connection.execute(f"PRAGMA table_info({name})")]
        for kind, name in connection.execute("SELECT type, name FROM sqlite_master")
        if not name.startswith(("sqlite_", "alembic_"))
    }
    connection.close()
    assert {name for kind, name in made if kind == "table"} == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        columns = [column[0] for column in made["table", name]]
        assert columns == [column.name for column in table.columns]
        for index in table.indexes:
            assert ("index", index.name) in made


def _modes(connection: Connection) -> list[object]:
    names = ("journal_mode", "synchronous")
    return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]


async def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    backend = Embedded(address(URL, tmp_path))
    modes = await backend.write(_modes)
    await backend.close()
    assert modes == ["wal", 2]  # FULL
