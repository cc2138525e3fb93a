"""`wanwatch check`: every error of a configuration, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wanwatch.commands import options


@click.command("check")
@options.config
def command(config: Path) -> None:
    """Validate a configuration and list every error, with file, line and a hint."""
    from configs.errors import ConfigError
    from configs.loader import load
    from configs.problem import render_problems

    try:
        configuration = load(config)
    except ConfigError as error:
        click.echo(render_problems(error.problems))
        sys.exit(1)
    if configuration.warnings:
        click.echo(render_problems(configuration.warnings))
    inventory = configuration.inventory
    click.echo(
        f"{config}: good. {len(inventory.provinces)} provinces, {len(inventory.sites)} sites, "
        f"{len(inventory.nodes)} nodes, {len(inventory.links)} links, "
        f"{len(inventory.groups)} risk groups"
    )
