"""One question to the running daemon, and how its answer is printed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

from exporters.client import ApiClient, ClientError
from wanwatch.commands import options

T = TypeVar("T")
PIPE_COLUMNS = 200


def printer() -> Console:
    """Where tables are printed: as wide as the terminal, and wide enough for a pipe."""
    return Console(soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_COLUMNS)


def fetch(url: str, token_file: Path | None, question: Callable[[ApiClient], Awaitable[T]]) -> T:
    """The daemon's answer; one line on stderr and exit code 1 when there is none."""

    async def ask() -> T:
        async with ApiClient(url, options.read_token(token_file)) as client:
            return await question(client)

    try:
        return asyncio.run(ask())
    except ClientError as error:
        raise click.ClickException(str(error)) from error
