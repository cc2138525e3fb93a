"""`wanwatch coverage`: who is covered now."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich.table import Table

from configs.messages import messages
from exporters.schema import CoverageOut
from wanwatch.commands import options


@click.command("coverage")
@options.url
@options.token_file
@options.language
@options.as_json
def command(url: str, token_file: Path | None, language: str, as_json: bool) -> None:
    """Show the coverage of the country and of each province, worst first.

    Exit code 1 when any point is not covered.
    """
    from wanwatch.commands.fetch import fetch, printer

    snapshot = fetch(url, token_file, lambda client: client.snapshot())
    provinces = sorted(snapshot.provinces, key=lambda p: (p.coverage.ratio, p.name))
    if as_json:
        country = snapshot.coverage.model_dump()
        click.echo(
            orjson.dumps({"country": country, "provinces": [p.model_dump() for p in provinces]})
        )
    else:
        say = messages(language)
        table = Table(box=None, pad_edge=False)
        table.add_column("")
        for column in ("ratio", "up", "down", "unreachable", "unknown", "total"):
            table.add_column(say(f"cli.{column}"), justify="right")
        table.add_row(say("cli.country"), *figures(snapshot.coverage), style="bold")
        for province in provinces:
            table.add_row(province.name, *figures(province.coverage))
        printer().print(table)
    sys.exit(0 if snapshot.coverage.up == snapshot.coverage.total else 1)


def figures(coverage: CoverageOut) -> tuple[str, ...]:
    """A row's figures, as text."""
    counts = (coverage.up, coverage.down, coverage.unreachable, coverage.unknown, coverage.total)
    return (f"{coverage.ratio:.2%}", *map(str, counts))
