"""`wanwatch demo`: the whole thing in one command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from wanwatch.commands import options


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Makes SIGTERM end the demo as Ctrl-C does, so that its children are stopped."""
    raise KeyboardInterrupt


@click.command("demo")
@click.option("--story", is_flag=True, help="Play faults: a hub, a duct, a power feed, and heal.")
@click.option(
    "--communes", type=click.IntRange(min=1), help="Only this many communes instead of all 3,321."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Work in this folder and keep it.",
)
@options.language
def command(story: bool, communes: int | None, seed: int, keep: Path | None, language: str) -> None:
    """Simulate the national WAN, poll it, and open the console on it.

    Without a terminal it prints a status line every few seconds instead.
    """
    from wanwatch.demo import DemoOptions, play

    signal.signal(signal.SIGTERM, interrupt)
    try:
        code = play(DemoOptions(communes, seed, story, keep, language))
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)
