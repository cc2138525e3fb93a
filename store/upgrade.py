"""Alembic's part: takes a database from whatever schema it has to this version's.

Only a database that is older, or on a server and new, needs it: it is not worth 4 MB of every
daemon's memory.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "migrations"


def known_schemas() -> frozenset[str]:
    """All that this version can upgrade from, its own included."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def upgrade(connection: Connection, schema: str = "head") -> None:
    """Creates or upgrades the tables within the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, schema)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
