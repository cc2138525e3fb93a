"""`wanwatch outages`: what is broken now."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich.table import Table

from configs.messages import messages
from wanwatch.commands import options


@click.command("outages")
@options.url
@options.token_file
@options.language
@options.as_json
def command(url: str, token_file: Path | None, language: str, as_json: bool) -> None:
    """List the open outages, one line per root. Exit code 1 when there is any."""
    from wanwatch.commands.fetch import fetch, printer

    outages = fetch(url, token_file, lambda client: client.outages())
    if as_json:
        click.echo(orjson.dumps([outage.model_dump() for outage in outages]))
        sys.exit(1 if outages else 0)
    say = messages(language)
    if not outages:
        click.echo(say("cli.no_outage"))
        return
    table = Table(box=None, pad_edge=False)
    for column in ("severity", "root", "place", "since", "hurt", "shadowed"):
        right = column in ("hurt", "shadowed")
        table.add_column(say(f"cli.{column}"), justify="right" if right else "left")
    for outage in outages:
        table.add_row(
            say(f"cli.{outage.severity}"),
            outage.root.name,
            outage.site_name or outage.province_name,
            f"{outage.since.astimezone():%d/%m %H:%M:%S}",
            str(outage.sites_hurt),
            str(outage.shadowed_count),
        )
    printer().print(table)
    sys.exit(1)
