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
@click.option(
    "--write",
    is_flag=True,
    help="Let it decide upon drift, plan maintenance and silence outages, not only look.",
)
@options.author
def command(url: str, token_file: Path | None, language: str, write: bool, author: str) -> None:
    """Open the console on a running daemon. It only looks, unless --write is given."""
    from tui.main import run

    token = options.first_line(token_file) or None
    sys.exit(run(url, token=token, language=language, author=author if write else ""))
