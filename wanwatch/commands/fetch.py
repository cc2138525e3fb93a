"""One question to the running daemon, for the commands that print its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from exporters.client import ApiClient, ClientError
from wanwatch.commands import options

T = TypeVar("T")


def fetch(url: str, token_file: Path | None, question: Callable[[ApiClient], Awaitable[T]]) -> T:
    """The daemon's answer; one line on stderr and exit code 1 when there is none."""

    async def ask() -> T:
        async with ApiClient(url, options.read_token(token_file)) as client:
            return await question(client)

    try:
        return asyncio.run(ask())
    except ClientError as error:
        raise click.ClickException(str(error)) from error
