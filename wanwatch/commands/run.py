"""`wanwatch run`: the daemon."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import click

from wanwatch.commands import options


@click.command("run")
@options.config
@click.option("--log-file", type=click.Path(path_type=Path), help="Log here instead of on stderr.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
def command(config: Path, log_file: Path | None, log_level: str) -> None:
    """Run the daemon until SIGTERM; SIGHUP reads the configuration again."""
    # One that comes during the start would end it; so it waits until the daemon takes it.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP,))
    from collector.errors import CollectorError
    from exporters.errors import ExportError
    from store.errors import StoreError
    from wanwatch import logs
    from wanwatch.daemon import run

    logs.start(log_level, log_file)
    try:
        asyncio.run(run(config))
    except (StoreError, ExportError, CollectorError) as error:
        click.echo(f"wanwatch: {error}", err=True)
        sys.exit(1)
