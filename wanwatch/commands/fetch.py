"""One question to the running daemon, and how its answer is printed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
import httpx

from exporters.client import ApiClient, ClientError, UnreachableError
from wanwatch.commands import options

T = TypeVar("T")


def fetch(url: str, token_file: Path | None, question: Callable[[ApiClient], Awaitable[T]]) -> T:
    """The daemon's answer; one line on stderr and exit code 1 when there is none."""

    async def ask() -> T:
        async with ApiClient(url, options.first_line(token_file) or None) as client:
            return await question(client)

    try:
        return asyncio.run(ask())
    except ClientError as error:
        words = str(error)
        nobody = isinstance(error.__cause__, httpx.ConnectError)
        if nobody and isinstance(error, UnreachableError):
            words = f"nobody answers at {url}: is `wanwatch run` running there? See --url"
        raise click.ClickException(words) from error
