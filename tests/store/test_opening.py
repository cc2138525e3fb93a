from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

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
from store.tables import METADATA, SCHEMA
from store.upgrade import upgrade
from tests.store.material import outage
from topology.restored import Restored
from topology.state import NodeState

URL = "sqlite:///wanwatch.db"

NEW = "new"  # the schema of a file that is not there yet

Made: TypeAlias = dict[str, Any]


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


@pytest.mark.parametrize(
    ("schema", "cut_at"),
    [
        (NEW, "store.migrate.insert"),
        ("0001", "alembic.runtime.migration.HeadMaintainer.update_to_step"),
    ],
)
async def test_a_migration_that_is_cut_off_leaves_nothing_behind(
    schema: str, cut_at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    before = await _at_schema(schema, tmp_path)
    with monkeypatch.context() as during:
        during.setattr(cut_at, power_cut)
        with pytest.raises(KeyboardInterrupt):
            await Store.open(URL, folder=tmp_path)
    assert _made(tmp_path) == before
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
    [
        "wanwatch.db",
        "mysql://h/db",
        "postgresql://h:port/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///f.db?mode=ro",
    ],
)
async def test_a_url_that_cannot_be_used_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUrlError, match=r"store\.url"):
        await Store.open(url, folder=tmp_path)


async def test_the_migrations_make_exactly_the_tables_that_are_queried(tmp_path: Path) -> None:
    folders = {schema: tmp_path / schema for schema in (NEW, "0001", SCHEMA, "head")}
    for schema, folder in folders.items():
        folder.mkdir()
        await _at_schema(schema, folder)
    assert _made(folders[SCHEMA]) == _made(folders["head"])
    for folder in folders.values():
        store = await Store.open(URL, folder=folder)
        await store.close()
    made = [_made(folder) for folder in folders.values()]
    assert set(METADATA.tables) <= made[0].keys()
    assert made == [made[0]] * len(made)


async def test_states_of_an_older_version_are_read_without_what_it_did_not_keep(
    tmp_path: Path,
) -> None:
    await _at_schema("0007", tmp_path)
    with sqlite3.connect(tmp_path / "wanwatch.db") as connection:
        row = ("hub", "DOWN", "2026-03-01 07:30:00.000000")
        connection.execute("INSERT INTO node_state (node, state, since) VALUES (?, ?, ?)", row)
    connection.close()
    restored = await _restore(tmp_path)
    since = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert restored.states == {"hub": (NodeState.DOWN, since)}
    assert not {**restored.heard, **restored.shown}


async def _at_schema(schema: str, folder: Path) -> Made:
    """What is in a database that an earlier version left behind."""
    backend = Embedded(address(URL, folder))
    if schema != NEW:
        await backend.write(partial(upgrade, schema=schema))
    await backend.close()
    return _made(folder)


def _made(folder: Path) -> Made:
    """The columns of every table of a database, and the definition of every index."""
    connection = sqlite3.connect(folder / "wanwatch.db")
    made: Made = {}
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
        made[name] = [column[1:] for column in columns] if kind == "table" else sql
    made["version"] = (
        made.get("alembic_version")
        and connection.execute("SELECT version_num FROM alembic_version").fetchall()
    )
    connection.close()
    return made


def _modes(connection: Connection) -> list[object]:
    names = ("journal_mode", "synchronous")
    return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]


async def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    backend = Embedded(address(URL, tmp_path))
    modes = await backend.write(_modes)
    await backend.close()
    assert modes == ["wal", 2]  # FULL
