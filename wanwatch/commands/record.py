"""`wanwatch record`: everything that a device says, in a file that can be replayed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from configs.messages import messages
from wanwatch.commands import login, options

if TYPE_CHECKING:
    from collector.recording.part import Part
    from collector.recording.recorder import Tally
    from collector.snmp.target import Target


@click.command("record")
@click.argument("target")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE.snmprec",
    help="The file to write; while it is not whole it is called FILE.snmprec.partial.",
)
@click.option("--root", "roots", multiple=True, metavar="OID", help="Only below this OID; repeat.")
@click.option("--timeout", type=float, default=5.0, show_default=True, help="Seconds a request.")
@click.option("--retries", type=int, default=2, show_default=True)
@click.option("--force", is_flag=True, help="Replace FILE.snmprec if it is there.")
@login.options
@options.language
def command(
    target: str,
    output: Path,
    roots: tuple[str, ...],
    timeout: float,
    retries: int,
    force: bool,
    language: str,
    **given: Any,
) -> None:
    """Record all that TARGET says, in snmpsim's format. TARGET is an address or a name, with :PORT
    if it is not 161. `wanwatch lab up --recording DIR` replays recordings.

    The community is never written into the file, whatever the device says.
    """
    from collector.errors import CollectorError
    from collector.recording.part import Part
    from collector.recording.recorder import ROOTS, in_order
    from collector.snmp.target import Target
    from exporters.errors import QueryError, ScrapeError
    from exporters.snmp.address import address_of, host_and_port

    credential = login.Login(**given).or_public("record")
    try:
        wanted = in_order(roots or ROOTS)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if output.exists() and not force:
        raise click.UsageError(f"{output} is there already; --force replaces it")
    try:
        host, port = host_and_port(target)
        address = asyncio.run(address_of(host))
        asked = Target(target, address, port, credential, timeout, retries)
        part = Part(output)
        try:
            tally = asyncio.run(take(asked, wanted, part))
        finally:
            part.close()
        if tally.complete and tally.objects:
            part.finish()
    except QueryError as error:
        raise click.UsageError(str(error)) from error
    except (CollectorError, ScrapeError, OSError) as error:
        raise click.ClickException(str(error)) from error
    report(tally, part, output, language)


async def take(target: Target, roots: list[bytes], part: Part) -> Tally:
    """Writes what the device says, with a word on stderr now and then."""
    from collector.recording.recorder import Recorder
    from collector.snmp.engine import SnmpEngine

    write = part.file.write
    with progress(target.node) as told:
        async with SnmpEngine() as engine:
            recorder = Recorder(engine, target, lambda row, line: write(line), told)
            return await recorder.record(roots)


@contextmanager
def progress(node: str) -> Iterator[Any]:
    """What to call with a tally; shows it on stderr."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(node, total=None)

        def told(tally: Tally) -> None:
            bar.update(task, description=f"{node}  {tally.objects:,}")

        yield told


def report(tally: Tally, part: Part, output: Path, language: str) -> None:
    """Says how it went, on stderr; exit 1 when something is missing."""
    say = messages(language)
    if tally.complete and tally.objects:
        click.echo(say("cli.recorded", objects=tally.objects, file=output), err=True)
        return
    for gap in tally.gaps:
        click.echo(say("cli.record_gap", oid=gap.oid, reason=gap.reason), err=True)
    if tally.gone:
        click.echo(say("cli.record_gone"), err=True)
    if tally.objects:
        click.echo(say("cli.record_partial", objects=tally.objects, file=part.path), err=True)
    else:
        part.path.unlink()
        click.echo(say("cli.record_nothing"), err=True)
    sys.exit(1)
