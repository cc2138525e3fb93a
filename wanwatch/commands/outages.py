"""`wanwatch outages`: what is broken now."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from configs.messages import messages
from wanwatch.commands import options

COLUMNS = ("severity", "root", "place", "since", "hurt", "shadowed")


@click.command("outages")
@options.url
@options.token_file
@options.language
@options.as_json
def command(url: str, token_file: Path | None, language: str, as_json: bool) -> None:
    """List the open outages, one line per root. Exit code 1 when there is any."""
    from wanwatch.commands.fetch import fetch
    from wanwatch.commands.sheet import Sheet

    outages = fetch(url, token_file, lambda client: client.outages())
    if as_json:
        click.echo(orjson.dumps([outage.model_dump() for outage in outages]))
        sys.exit(1 if outages else 0)
    say = messages(language)
    if not outages:
        click.echo(say("cli.no_outage"))
        return
    sheet = Sheet(*(say(f"cli.{column}") for column in COLUMNS), right=(4, 5))
    for outage in outages:
        sheet.row(
            say(f"cli.{outage.severity}"),
            outage.root.name,
            outage.site_name or outage.province_name,
            f"{outage.since.astimezone():%d/%m %H:%M:%S}",
            outage.sites_hurt,
            outage.shadowed_count,
        )
    sheet.print()
    sys.exit(1)
