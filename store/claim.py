"""One daemon per database: whoever writes holds a claim that dies with the process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, text

from store.errors import AlreadyOpenError, NotWritableError

ADVISORY_LOCK = 0x77616E7761746368  # "wanwatch"


class FileClaim:
    """A lock on the file beside the database, with the holder's process id in it."""

    def __init__(self, database: Path) -> None:
        """Takes the lock. Raises AlreadyOpenError, NotWritableError."""
        path = database.with_name(f"{database.name}.lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NotWritableError(
                f"database {database}: {path} cannot be written ({error.strerror});"
                " let the daemon's user write its folder, or name another in store.url"
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._file, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise AlreadyOpenError(
                f"database {database} is used by another daemon (process {holder});"
                " stop that one, or give this one its own store.url"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        os.close(self._file)


def claim_session(connection: Connection, where: str) -> None:
    """Takes PostgreSQL's advisory lock for this session.

    All writes go through the session that holds it, so a daemon that lost its connection, and
    with it the lock, cannot write either. Raises AlreadyOpenError.
    """
    taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.commit()
    if not taken:
        raise AlreadyOpenError(
            f"{where} is used by another daemon; stop that one, or give this one its own store.url"
        )
