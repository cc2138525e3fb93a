"""Everything that can go wrong with what must survive.

StoreError
├── CannotOpenError          the daemon refuses to start
│   ├── WrongUrlError        store.url is not something that can be opened
│   ├── NotWritableError     the folder, file or server does not let us write
│   ├── AlreadyOpenError     another daemon uses this database
│   └── NewerSchemaError     a newer version of the program wrote this database
├── DiskFullError            no room
├── CorruptError             the file is damaged, or is no database
├── BackupError              no backup was made; what had its name before is as it was
├── BusyError                another program holds a lock on the database
└── UnreachableError         the database server does not answer

A failed transaction leaves nothing behind: the same record may be committed again.
"""

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """Message: which database, what it refuses, and what to do about it. `cause`: the last word of
    `event.store.failing.CAUSE` in the catalogue, "" where only the message says it."""

    cause: ClassVar[str] = ""


class CannotOpenError(StoreError):
    pass


class WrongUrlError(CannotOpenError):
    pass


class NotWritableError(CannotOpenError):
    cause = "barred"


class AlreadyOpenError(CannotOpenError):
    pass


class NewerSchemaError(CannotOpenError):
    pass


class DiskFullError(StoreError):
    cause = "full"


class CorruptError(StoreError):
    cause = "damaged"


class BackupError(StoreError):
    pass


class BusyError(StoreError):
    cause = "locked"


class UnreachableError(StoreError):
    cause = "unreachable"
