"""Brings a database to this version's schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.errors import NewerSchemaError

FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: Connection, where: str) -> None:
    """Creates or upgrades the tables within the caller's transaction. Raises NewerSchemaError."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    present = set(MigrationContext.configure(connection).get_current_heads())
    if present == set(scripts.get_heads()):
        return
    if unknown := present - known:
        raise NewerSchemaError(
            f"{where} was written by a newer version of wanwatch (schema {', '.join(unknown)});"
            " install that version, or name another database in store.url"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
