from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from store import backup
from store.backup import Stage, back_up, database_file
from store.database import Store
from store.errors import BackupError, NewerSchemaError
from store.record import Record
from tests.store.material import alert, later, outage
from tests.store.test_crash import CHILD
from wanwatch.cli import cli
from wanwatch.errors import UsageError

URL = "sqlite:///wanwatch.db"


def silent(_stage: Stage, _done: int, _pages: int) -> None: ...


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return database_file(URL, tmp_path)


@pytest.fixture
async def running(tmp_path: Path, database: Path) -> AsyncIterator[Store]:
    """A daemon's store, with its claim on it and half a MB in it."""
    store = await Store.open(URL, folder=tmp_path)
    many = [outage(f"o{n}", shadowed=tuple(f"xa-{k:05}" for k in range(40))) for n in range(600)]
    await store.commit(Record(outages=tuple(many), alerts=(alert(outage="o1"),)))
    yield store
    await store.close()


async def restored(copy: Path) -> Store:
    return await Store.open(f"sqlite:///{copy.name}", folder=copy.parent)


async def test_a_copy_holds_what_the_store_held_and_the_daemon_keeps_its_claim(
    running: Store, database: Path, tmp_path: Path
) -> None:
    done = back_up(database, tmp_path / "copy.db", silent)
    await running.commit(Record(outages=(outage("later"),)))
    again = await restored(done.path)
    kept = {found.id for found in await again.outages(limit=10_000)}
    waiting = [entry.alert.outage for entry in await again.pending()]
    await again.close()
    assert len(kept) == 600
    assert "later" not in kept
    assert waiting == ["o1"]


def test_commits_between_two_steps_do_not_start_the_copy_anew(
    running: Store, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "STEP_PAGES", 10)
    with closing(sqlite3.connect(database, isolation_level=None)) as daemon:
        steps: list[int] = []

        def told(stage: Stage, done: int, pages: int) -> None:
            if stage is Stage.COPYING:
                assert len(steps) < 100, "the copy never ends"
                steps.append(done)
                daemon.execute("UPDATE outage SET revision = revision + 1 WHERE id < 'o2'")

        back_up(database, tmp_path / "copy.db", told)
    assert len(steps) > 5
    assert steps == sorted(set(steps))
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT DISTINCT revision FROM outage").fetchall() == [(1,)]


def test_what_was_acknowledged_before_the_copy_began_is_in_it_however_busy_the_daemon(
    database: Path, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env={"FOLDER": str(tmp_path), "FROM": "0"},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        acknowledged: set[str] = set()
        for n in range(5):
            acknowledged |= {daemon.stdout.readline().split()[1] for _ in range(30)}
            back_up(database, tmp_path / f"copy{n}.db", silent)
            with closing(sqlite3.connect(tmp_path / f"copy{n}.db")) as copy:
                kept = {row[0] for row in copy.execute("SELECT id FROM outage")}
                alerts = {row[0] for row in copy.execute("SELECT outage FROM alert")}
            assert acknowledged <= kept
            assert alerts == kept, "of one moment"
        daemon.kill()


def test_only_its_user_may_read_a_copy_and_it_is_one_plain_file(
    running: Store, database: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    done = back_up(database, folder / "copy.db", silent)
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(f"{done.path.as_uri()}?mode=ro", uri=True)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def damage(database: Path) -> None:
    """Writes over the beginning of every page of the second half."""
    with database.open("r+b") as file:
        pages = database.stat().st_size // 4096
        for page in range(pages // 2, pages):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)


def test_a_damaged_database_is_told_and_the_backup_of_before_stays(
    running: Store, database: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(database)) as daemon:
        daemon.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(database)
    good = tmp_path / "good.db"
    good.write_text("the backup of yesterday")
    with pytest.raises(BackupError, match=r"is damaged .*keep the backups that there are"):
        back_up(database, good, silent)
    assert good.read_text() == "the backup of yesterday"
    assert not list(tmp_path.glob("*.partial"))


def test_an_interrupted_copy_leaves_nothing(running: Store, database: Path, tmp_path: Path) -> None:
    def told(stage: Stage, done: int, pages: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(database, tmp_path / "copy.db", told)
    assert not list(tmp_path.glob("copy.db*"))


def test_a_database_that_is_not_there_is_not_made(database: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no database"):
        back_up(database, tmp_path / "copy.db", silent)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("part", ["", "-wal", "-shm", ".lock", ".reserve"])
def test_the_database_itself_is_never_written_over(
    running: Store, database: Path, tmp_path: Path, part: str
) -> None:
    before = database.read_bytes()
    with pytest.raises(BackupError, match="part of the database itself"):
        back_up(database, tmp_path / f"wanwatch.db{part}", silent)
    assert database.read_bytes() == before


def test_a_database_of_another_program_is_not_taken_for_ours(
    database: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(BackupError, match="not one of wanwatch's"):
        back_up(database, tmp_path / "copy.db", silent)


def test_a_database_of_a_newer_version_wants_the_newer_program(
    running: Store, database: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(database)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with pytest.raises(NewerSchemaError, match="9999"):
        back_up(database, tmp_path / "copy.db", silent)
    assert not list(tmp_path.glob("copy.db*"))


def test_for_a_server_pg_dump_is_named_and_no_password(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as refused:
        database_file("postgresql://wan:geheim@db.example/wan", tmp_path)
    said = str(refused.value)
    assert "pg_dump --format=custom" in said
    assert "postgresql://wan@db.example/wan" in said
    assert "geheim" not in said


def test_the_command_prints_the_path_and_replaces_only_when_forced(
    running: Store, tmp_path: Path
) -> None:
    config = tmp_path / "wanwatch.yaml"
    config.write_text("inventory: [not-there.yaml]\n", "utf-8")  # a backup does not need it
    folder = tmp_path / "backups"
    folder.mkdir()
    named = CliRunner().invoke(cli, ["backup", "-c", str(config), "-o", str(folder)])
    assert named.exit_code == 0, named.output
    (made,) = folder.iterdir()
    assert named.stdout == f"{made}\n"
    assert made.name.startswith("wanwatch-20")
    assert "lược đồ" in named.stderr
    again = CliRunner().invoke(cli, ["backup", "-c", str(config), "-o", str(made)])
    assert again.exception is not None
    assert "--force replaces it" in str(again.exception)
    forced = CliRunner().invoke(cli, ["backup", "-c", str(config), "-o", str(made), "--force"])
    assert forced.exit_code == 0


def test_a_folder_that_is_not_there_is_told_and_does_not_become_a_file(
    running: Store, tmp_path: Path
) -> None:
    config = tmp_path / "wanwatch.yaml"
    config.write_text("inventory: []\n", "utf-8")
    absent = f"{tmp_path}/backups/"
    told = CliRunner().invoke(cli, ["backup", "-c", str(config), "-o", absent, "--force"])
    assert isinstance(told.exception, UsageError)
    assert f"there is no folder {absent}" in str(told.exception)
    assert not Path(absent).exists()


async def test_a_copy_says_nothing_of_what_the_daemon_did_after_it(
    running: Store, database: Path, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy.db", silent)
    await running.commit(Record(outages=(outage("o1", ended=later(60)),)))
    again = await restored(tmp_path / "copy.db")
    (o1,) = [found for found in await again.outages(limit=10_000) if found.id == "o1"]
    await again.close()
    assert o1.ended is None
