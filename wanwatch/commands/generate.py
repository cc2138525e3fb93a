"""`wanwatch generate`: configuration for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from wanwatch.commands import options


@click.group("generate")
def command() -> None:
    """Write configuration for other programs, on standard output."""


@command.command("prometheus")
@options.config
def prometheus(config: Path) -> None:
    """A Prometheus scrape configuration: http_sd against this daemon, a target per province."""
    from configs.loader import load
    from exporters.generate import prometheus as render

    configuration = load(config)
    click.echo(render(configuration.settings, configuration.inventory), nl=False)


@command.command("rules")
@options.config
def rules(config: Path) -> None:
    """Prometheus alerting rules for coverage, stale data and the daemon itself."""
    from configs.loader import load
    from exporters.generate import rules as render

    configuration = load(config)
    click.echo(render(configuration.settings, configuration.inventory), nl=False)
