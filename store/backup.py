"""A consistent copy of the SQLite store, taken while the daemon writes.

SQLite's backup API in steps, under one read transaction: a reader in WAL mode never holds up the
writer, and with the transaction held the source stands still. Without it every commit of the daemon
would start the copy anew, for ever; `VACUUM INTO` is as consistent, but tells nothing of how far it
is and rewrites what it should preserve.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import URL

from store.address import address, is_file
from store.embedded import BUSY_TIMEOUT_S
from store.errors import BackupError
from store.explain import explain, place
from store.migrate import refuse_newer

STEP_PAGES = 1_000  # 4 MB: a few milliseconds, for whoever waits for the same disk
PARTS = ("", "-wal", "-shm", ".lock", ".reserve")


class Stage(StrEnum):
    COPYING = "copying"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was read back and found whole; `revision` is that of its schema."""

    path: Path
    octets: int
    revision: str


Told: TypeAlias = Callable[[Stage, int, int], None]  # stage, pages done, pages in all


def database_file(url: str, folder: Path) -> Path:
    """The file of the SQLite store at `url`. Raises BackupError where a server holds it, and
    WrongUrlError."""
    whole = address(url, folder)
    if is_file(whole):
        return Path(whole.database or "")
    shown = whole._replace(drivername="postgresql", password=None).render_as_string()
    raise BackupError(
        f"{place(whole)} is on a server, which has its own tool for this:"
        f" pg_dump --format=custom --file=wanwatch.dump '{shown}'"
        " (it asks for the password, or takes it from ~/.pgpass); pg_restore --clean brings it back"
    )


def back_up(database: Path, target: Path, told: Told) -> Backup:
    """Copies `database` to `target`, in place of what is there. Whole and checked, or not at all.
    Raises StoreError; needs neither the daemon nor its claim."""
    if not database.is_file():
        raise BackupError(
            f"there is no database {database}: has the daemon run yet, and is store.url right?"
        )
    if target.resolve() in {database.with_name(f"{database.name}{part}") for part in PARTS}:
        raise BackupError(f"{target} is part of the database itself; name another file")
    with _partial(target) as partial:
        try:
            _copy(database, partial, told)
            told(Stage.CHECKING, 0, 0)
            revision = _checked(partial, database)
        except sqlite3.Error as error:
            full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
            raise explain(error, _sqlite(target if full else database)) from error
        octets = partial.stat().st_size
        _settle(partial)
        partial.replace(target)
        _settle(target.parent)
    return Backup(target, octets, revision)


@contextmanager
def _partial(target: Path) -> Iterator[Path]:
    """An empty file beside `target` that nobody else may read, removed if it is still there in
    the end."""
    try:
        descriptor, name = tempfile.mkstemp(".partial", f"{target.name}.", target.parent)
    except OSError as error:
        raise BackupError(f"{target.parent} cannot be written: {error.strerror}") from error
    os.close(descriptor)
    partial = Path(name)
    try:
        yield partial
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _copy(database: Path, partial: Path, told: Told) -> None:
    def stepped(_status: int, left: int, pages: int) -> None:
        # A heap of unwritten pages would hold up the next commit of the daemon.
        _settle(partial)
        told(Stage.COPYING, pages - left, pages)

    with (
        closing(_connect(database, "mode=ro")) as source,
        closing(_connect(partial, "mode=rw")) as copy,
    ):
        copy.execute("PRAGMA synchronous=OFF")  # see `stepped`, and `back_up` at the end
        copy.execute("PRAGMA journal_mode=OFF")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=STEP_PAGES, progress=stepped, sleep=0)
        # A plain file that any tool can read, from read-only media too; the daemon turns it back.
        copy.execute("PRAGMA journal_mode=DELETE")


def _checked(partial: Path, database: Path) -> str:
    """The schema's revision. Raises BackupError, NewerSchemaError."""
    with closing(_connect(partial, "immutable=1")) as copy:
        found = " ".join(copy.execute("PRAGMA integrity_check(1)").fetchone()[0].split())
        if found != "ok":
            raise BackupError(
                f"database {database} is damaged ({found}): keep the backups that"
                " there are, stop the daemon and restore the newest, or rescue what is in it with"
                " `sqlite3 FILE .recover`"
            )
        try:
            revisions = [row[0] for row in copy.execute("SELECT version_num FROM alembic_version")]
        except sqlite3.OperationalError:
            revisions = []
    if len(revisions) != 1:
        raise BackupError(f"database {database} is not one of wanwatch's; is store.url right?")
    refuse_newer(revisions, f"database {database}")
    return str(revisions[0])


def _connect(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
    )


def _settle(path: Path) -> None:
    """What was written to a file, or entered in a folder, is on the disk afterwards."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))
