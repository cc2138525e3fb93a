"""Where the database is: `store.url` made whole."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from store.errors import WrongUrlError

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+asyncpg"}


def address(url: str, folder: Path) -> URL:
    """The URL with our driver and, for SQLite, an absolute path (a relative one starts at
    `folder`). A driver named in the URL is not looked at. Raises WrongUrlError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the other for a port that is no number
        raise WrongUrlError(
            "store.url is not a database URL; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from None
    backend = parsed.get_backend_name()
    if backend not in DRIVERS:
        raise WrongUrlError(f"store.url: {backend} is not supported; use sqlite or postgresql")
    parsed = parsed.set(drivername=DRIVERS[backend])
    if backend == "postgresql":
        for part in ("asyncpg", "greenlet"):
            if importlib.util.find_spec(part) is None:
                raise WrongUrlError(
                    f"store.url: PostgreSQL needs the Python package {part}; install it, or use"
                    " sqlite:///FILE"
                )
        return parsed
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise WrongUrlError("store.url: SQLite needs a plain file, as in sqlite:///wanwatch.db")
    return parsed.set(database=str((folder / parsed.database).resolve()))


def is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"
