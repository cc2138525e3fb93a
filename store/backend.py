"""What runs transactions: an embedded SQLite file, or a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work = Callable[[Connection], T]


class Backend(Protocol):
    """`work` is plain blocking code on one connection, the same for every backend; the event
    loop is never held by it."""

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, committed to the disk. Transactions run one after the other.
        Raises StoreError, and then nothing has changed."""

    async def read(self, work: Work[T]) -> T:
        """What `work` returns, from one consistent view. Raises StoreError."""

    @property
    def short_of_room(self) -> bool:
        """Whether there is so little room left that somebody should be told."""

    async def close(self) -> None: ...
