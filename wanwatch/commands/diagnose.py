"""`wanwatch diagnose`: the verdict on written scenarios, by the code that judges for the daemon."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("diagnose")
@click.option("--json", is_flag=True, expose_value=False, help="JSON, which is the only format.")
@click.argument("scenarios", metavar="SCENARIO.json...", nargs=-1, required=True, type=Path)
def command(scenarios: tuple[Path, ...]) -> None:
    """Print the outages behind the observations of each SCENARIO, one JSON line per file.

    A file that is no scenario (exit code 1) or cannot be read (2) is named on stderr; the others
    are answered all the same.
    """
    from topology.errors import ScenarioError
    from topology.scenario import answer

    worst = 0
    for file in scenarios:
        try:
            click.echo(answer(file.read_bytes()))
        except ScenarioError as error:
            click.echo(f"{file}: no scenario: {error}", err=True)
            worst = max(worst, 1)
        except OSError as error:
            click.echo(f"{file}: cannot be read: {error.strerror}", err=True)
            worst = 2
    sys.exit(worst)
