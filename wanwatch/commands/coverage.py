"""`wanwatch coverage`: who is covered now."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
import orjson

from configs.messages import messages
from exporters.schema.picture import CoverageOut
from wanwatch.commands import options

COLUMNS = ("ratio", "up", "down", "unreachable", "unknown", "total")


@click.command("coverage")
@options.url
@options.token_file
@options.language
@options.as_json
def command(url: str, token_file: Path | None, language: str, as_json: bool) -> None:
    """Show the coverage of the country and of each province, worst first.

    Exit code 1 when any point is not covered.
    """
    from tui.figures import Figures
    from wanwatch.commands.fetch import fetch
    from wanwatch.commands.sheet import Sheet

    snapshot = fetch(url, token_file, lambda client: client.snapshot())
    provinces = sorted(snapshot.provinces, key=lambda p: (p.coverage.ratio, p.name))
    if as_json:
        country = snapshot.coverage.model_dump()
        click.echo(
            orjson.dumps({"country": country, "provinces": [p.model_dump() for p in provinces]})
        )
    else:
        say = messages(language)
        titles = [say(f"cli.{column}") for column in COLUMNS]
        sheet = Sheet("", *titles, right=range(1, len(COLUMNS) + 1))
        share = Figures(say).share
        sheet.row(say("cli.country"), *figures(snapshot.coverage, share), style="bold")
        for province in provinces:
            sheet.row(province.name, *figures(province.coverage, share))
        sheet.print()
    sys.exit(0 if snapshot.coverage.up == snapshot.coverage.total else 1)


def figures(coverage: CoverageOut, share: Callable[[float], str]) -> tuple[str, ...]:
    """A row's figures, as text; `share` writes a ratio as per cent."""
    counts = (coverage.up, coverage.down, coverage.unreachable, coverage.unknown, coverage.total)
    return (f"{share(coverage.ratio)}%", *map(str, counts))
