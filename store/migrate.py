"""Brings a database to this version's schema."""

from __future__ import annotations

from collections.abc import Iterable
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
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    present = set(MigrationContext.configure(connection).get_current_heads())
    if present == set(scripts.get_heads()):
        return
    refuse_newer(present, where)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_newer(present: Iterable[str], where: str) -> None:
    """Raises NewerSchemaError for a revision that this version does not know."""
    scripts = ScriptDirectory.from_config(_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if unknown := set(present) - known:
        raise NewerSchemaError(
            f"{where} was written by a newer version of wanwatch (schema {', '.join(unknown)});"
            " install that version, or name another database in store.url"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
