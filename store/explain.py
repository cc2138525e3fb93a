"""What a driver's error means for the operator, as one of ours."""

from __future__ import annotations

import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.errors import (
    BusyError,
    CorruptError,
    DiskFullError,
    NotWritableError,
    StoreError,
    UnreachableError,
)

# By the name of SQLite's primary result code, https://www.sqlite.org/rescode.html
SQLITE: dict[str, tuple[type[StoreError], str]] = {
    "SQLITE_FULL": (DiskFullError, "the disk is full; free some space on the disk that holds it"),
    "SQLITE_IOERR": (
        DiskFullError,
        "the disk refuses to be written; check its space, quota and health",
    ),
    "SQLITE_CORRUPT": (
        CorruptError,
        "the file is damaged; stop the daemon, move the file away and rescue what is in it with"
        " `sqlite3 FILE .recover`, or restore a backup",
    ),
    "SQLITE_NOTADB": (CorruptError, "the file is not a SQLite database; name another in store.url"),
    "SQLITE_READONLY": (NotWritableError, "the file is read-only; let the daemon's user write it"),
    "SQLITE_PERM": (NotWritableError, "the file may not be opened; let the daemon's user write it"),
    "SQLITE_CANTOPEN": (
        NotWritableError,
        "the file cannot be opened; let the daemon's user write it",
    ),
    "SQLITE_BUSY": (BusyError, "another program holds a lock on it; close that program"),
    "SQLITE_LOCKED": (BusyError, "another program holds a lock on it; close that program"),
}

# By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL: dict[str, tuple[type[StoreError], str]] = {
    "53100": (DiskFullError, "the server's disk is full; free some space there"),
    "28P01": (NotWritableError, "the server refuses the password"),
    "28000": (NotWritableError, "the server refuses this user; check pg_hba.conf"),
    "3D000": (NotWritableError, "the database does not exist; create it on the server"),
    "42501": (NotWritableError, "this user may not; grant it the database"),
    "25006": (NotWritableError, "the server is read-only, perhaps a standby"),
    "55P03": (BusyError, "another session holds a lock"),
    "57014": (BusyError, "the server took too long and gave up"),
}


def place(url: URL) -> str:
    """The database as it may be shown to anybody: path, or server without password."""
    if url.get_backend_name() == "sqlite":
        return f"database {url.database}"
    return f"database {url.render_as_string(hide_password=True)}"


def explain(error: DBAPIError | PoolTimeout | OSError | sqlite3.Error, url: URL) -> StoreError:
    """The StoreError for `error`. The statement and its values are left out."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        for code, (kind, advice) in SQLITE.items():
            if name == code or name.startswith(f"{code}_"):
                return kind(f"{place(url)}: {advice} (SQLite says: {cause})")
        return StoreError(f"{place(url)}: SQLite refuses: {cause}")
    state = getattr(cause, "sqlstate", None) or ""
    if state in POSTGRESQL:
        kind, advice = POSTGRESQL[state]
        return kind(f"{place(url)}: {advice}")
    if isinstance(cause, OSError) or state.startswith(("08", "57P")) or not state:
        return UnreachableError(f"{place(url)}: the server does not answer; is it running?")
    return StoreError(f"{place(url)}: the server refuses: {type(cause).__name__} {state}")
