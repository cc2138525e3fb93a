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


class StoreError(Exception):
    """Message: which database, what it refuses, and what to do about it."""


class CannotOpenError(StoreError):
    pass


class WrongUrlError(CannotOpenError):
    pass


class NotWritableError(CannotOpenError):
    pass


class AlreadyOpenError(CannotOpenError):
    pass


class NewerSchemaError(CannotOpenError):
    pass


class DiskFullError(StoreError):
    pass


class CorruptError(StoreError):
    pass


class BackupError(StoreError):
    pass


class BusyError(StoreError):
    pass


class UnreachableError(StoreError):
    pass
