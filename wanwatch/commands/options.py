"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

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
    default="http://127.0.0.1:9464",
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
language = click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    envvar="WANWATCH_LANGUAGE",
    help="The language of what people read.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def read_token(path: Path | None) -> str | None:
    """The bearer token in the file, or None without one."""
    return path.read_text("utf-8").strip() if path else None
