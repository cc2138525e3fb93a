"""`wanwatch tui`: the console."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wanwatch.commands import options


@click.command("tui")
@options.url
@options.token_file
@options.language
def command(url: str, token_file: Path | None, language: str) -> None:
    """Open the console on a running daemon."""
    from tui.main import run

    sys.exit(run(url, token=options.read_token(token_file), language=language))
