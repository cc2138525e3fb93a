"""Logging of the daemon: one line per state change, none per poll, fixed keys."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET = ("alembic", "asyncssh", "httpcore", "httpx", "netmiko", "paramiko", "pysnmp", "uvicorn")


def start(level: str, file: Path | None = None) -> None:
    """Sends all logging to `file`, or to stderr; libraries that chat are held to warnings."""
    handler = (
        logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    )
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
