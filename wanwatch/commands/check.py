"""`wanwatch check`: every error of a configuration, at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanwatch.commands import options

if TYPE_CHECKING:
    from configs.settings import Http, Receiver
    from exporters.errors import AccessError, TemplateFault


def template_faults(receivers: Iterable[Receiver]) -> Iterator[TemplateFault]:
    """What is wrong with the operators' own templates."""
    from exporters.alerts.sandbox import check
    from exporters.errors import TemplateFault

    for receiver in receivers:
        if receiver.template is not None:
            try:
                check(receiver.template)
            except TemplateFault as fault:
                yield fault


def tls_faults(http: Http) -> Iterator[AccessError]:
    """What is wrong with the API's certificates."""
    from exporters.api.tls import tls_context
    from exporters.errors import AccessError

    try:
        tls_context(http)
    except AccessError as error:
        yield error


@click.command("check")
@options.config
@options.language_or("en")
def command(config: Path, language: str) -> None:
    """Validate a configuration and list every error, with file, line and a hint."""
    from configs.errors import ConfigError
    from configs.loader import load
    from configs.messages import messages
    from configs.problem import render_problems

    try:
        configuration = load(config)
    except ConfigError as error:
        click.echo(render_problems(error.problems, language))
        sys.exit(1)
    settings = configuration.settings
    broken = [*template_faults(settings.receivers), *tls_faults(settings.http)]
    for fault in broken:
        click.echo(str(fault))
    if broken:
        sys.exit(1)
    if configuration.warnings:
        click.echo(render_problems(configuration.warnings, language))
    inventory = configuration.inventory
    counted = ("provinces", "sites", "nodes", "links", "groups")
    counts = {what: len(getattr(inventory, what)) for what in counted}
    click.echo(messages(language)("cli.check_good", file=config, **counts))
