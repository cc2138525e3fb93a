"""Logging of the daemon: one line per state change, none per poll, fixed keys."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from configs.problem import one_line

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET = ("alembic", "asyncssh", "httpcore", "httpx", "netmiko", "paramiko", "pysnmp", "uvicorn")


class OneLine(logging.Formatter):
    """What devices and strangers say cannot begin a line of its own, nor move a cursor."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (its name there)
        return one_line(super().formatMessage(record))


def start(level: str, file: Path | None = None) -> None:
    """Sends all logging to `file`, or to stderr; libraries that chat are held to warnings."""
    handler = (
        logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    )
    handler.setFormatter(OneLine(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
