"""The console's front door. Imports Textual only when it is opened."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path


def run(url: str, *, token: str | None, language: str, author: str = "") -> int:
    """Shows the console of the daemon at `url` until the operator quits. `author`: in whose name
    it may decide things; without one it only looks.

    Returns the exit code: 0, or 2 when there is no terminal to draw on or no way to ask.
    """
    # Textual reads the keys from standard input and draws on standard error.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from configs.messages import messages

        sys.stderr.write(messages(language)("console.no_terminal") + "\n")
        return 2
    from exporters.client import ClientError

    _log_to_file()
    try:
        return asyncio.run(_show(url, token, language, author))
    except ClientError as error:
        sys.stderr.write(f"{error}\n")
        return 2


async def _show(url: str, token: str | None, language: str, author: str) -> int:
    from exporters.client import ApiClient
    from tui.app import Console

    async with ApiClient(url, token) as client:
        app = Console(client, language, author=author)
        await app.run_async()
        return app.return_code or 0


def log_path() -> Path:
    """Where the console logs: the screen is not to be written on."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "wanwatch" / "console.log"


def _log_to_file() -> None:
    path = log_path()
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
