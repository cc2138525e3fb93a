"""Options that several commands share."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from wanwatch.errors import UsageError

DEFAULT_URL = "http://127.0.0.1:9464"
LONGEST_S = 3600.0

F = TypeVar("F", bound=Callable[..., Any])


def _checked_span(ctx: click.Context, param: click.Parameter, span: float) -> float:
    """A time that can be waited for."""
    if not 0 < span <= LONGEST_S:
        raise click.BadParameter(f"{span:g} is not above 0 and at most {LONGEST_S:g} seconds")
    return span


def _checked_url(ctx: click.Context, param: click.Parameter, url: str) -> str:
    """The URL, when an API can be there."""
    from configs.consistency import is_web_address

    if not is_web_address(url):
        raise click.BadParameter(f"{url!r} is no address of an API; write it like {DEFAULT_URL}")
    return url


def language_or(default: str) -> Callable[[F], F]:
    """The option `--language`."""
    return click.option(
        "--language",
        type=click.Choice(["vi", "en"]),
        default=default,
        show_default=True,
        envvar="WANWATCH_LANGUAGE",
        help="The language of what people read.",
    )


config = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("wanwatch.yaml"),
    show_default=True,
    help="The daemon's configuration.",
)
url = click.option(
    "--url",
    default=DEFAULT_URL,
    callback=_checked_url,
    show_default=True,
    envvar="WANWATCH_URL",
    help="Where the daemon's API is.",
)
token_file = click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="WANWATCH_TOKEN_FILE",
    help="A file that holds the API's bearer token.",
)
language = language_or("vi")


def _logged_in() -> str:
    """Who is logged in; the user's number where this machine has no name for it, as in a
    container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


author = click.option(
    "--author", default=_logged_in, help="Who decides; who is logged in if left out."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def timeout(default: float) -> Callable[[F], F]:
    """The option `--timeout`: seconds a request."""
    return click.option(
        "--timeout",
        type=float,
        default=default,
        callback=_checked_span,
        show_default=True,
        help="Seconds a request.",
    )


def first_line(path: Path | None) -> str:
    """The secret in a file, "" without one. Raises UsageError for a file that holds none."""
    from configs.errors import SecretError
    from configs.secret import reveal
    from configs.settings import Secret

    if path is None:
        return ""
    try:
        return reveal(Secret(file=path))
    except SecretError as error:
        raise UsageError(str(error)) from None
