"""Brings a database to this version's schema."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, inspect, select

from store.errors import NewerSchemaError
from store.tables import METADATA, SCHEMA, VERSION


def migrate(connection: Connection, where: str) -> None:
    """Creates or upgrades the tables within the caller's transaction. Raises NewerSchemaError."""
    there = inspect(connection).get_table_names()
    present = connection.scalars(select(VERSION)).all() if VERSION.name in there else []
    if present == [SCHEMA]:
        return
    if not there and connection.dialect.name == "sqlite":
        METADATA.create_all(connection)
        VERSION.create(connection)
        connection.execute(insert(VERSION).values(version_num=SCHEMA))
        return
    refuse_newer(present, where)
    from store.upgrade import upgrade  # large, and seldom needed

    upgrade(connection)


def refuse_newer(present: Iterable[str], where: str) -> None:
    """Raises NewerSchemaError for a revision that this version does not know."""
    from store.upgrade import known_schemas

    if unknown := set(present) - known_schemas():
        raise NewerSchemaError(
            f"{where} was written by a newer version of wanwatch (schema {', '.join(unknown)});"
            " install that version, or name another database in store.url"
        )
