"""`wanwatch backup`: a copy of the store, taken while the daemon runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from configs.messages import Messages, messages
from wanwatch.commands import options
from wanwatch.errors import UsageError

if TYPE_CHECKING:
    from store.backup import Stage, Told

QUIET_S = 1.0  # what is done sooner shows no progress


@click.command("backup")
@options.config
@click.option(
    "-o",
    "--output",
    "given",
    type=click.Path(),
    default=".",
    metavar="FILE",
    help="The file to write, or a folder for one named after the database and the time; the"
    " working folder unless given.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@options.language
def command(config: Path, given: str, force: bool, language: str) -> None:
    """Copy the store (outages, events, silences, alerts, availability) while the daemon runs.

    The copy is of one moment, read back and checked, and its path is printed; without that there
    is none. To restore it: stop the daemon, remove its database with -wal and -shm, put the copy
    in its place, start.
    """
    from configs.errors import ConfigError
    from configs.loader import load_settings
    from configs.secret import store_url
    from store.backup import back_up, database_file
    from store.errors import StoreError

    say = messages(language)
    output = Path(given)
    if given.endswith("/") and not output.is_dir():
        raise UsageError(f"there is no folder {given}; make it, or mount what belongs there")
    began = time.monotonic()
    try:
        url = store_url(load_settings(config).store)
        database = database_file(url, config.absolute().parent)
        if output.is_dir():
            output /= f"{database.stem}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.db"
        if output.exists() and not force:
            raise UsageError(f"{output} is there already; --force replaces it")
        with _progress(say) as told:
            done = back_up(database, output, told)
    except (ConfigError, StoreError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell says of ^C; nothing is left behind
    taken = f"{time.monotonic() - began:.1f}"
    size = f"{done.octets / 1e6:.1f}"
    text = say("backup.done", megabytes=size, seconds=taken, revision=done.revision)
    click.echo(text, err=True)
    click.echo(output)


@contextmanager
def _progress(say: Messages) -> Iterator[Told]:
    """What to call with how far it is; shown on stderr from the first second on."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    )  # fmt: skip
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)
    began = time.monotonic()

    def told(stage: Stage, done: int, pages: int) -> None:
        bar.update(task, description=say(f"backup.{stage}"), completed=done, total=pages or None)
        if not bar.live.is_started and time.monotonic() - began > QUIET_S:
            bar.start()

    try:
        yield told
    finally:
        bar.stop()
