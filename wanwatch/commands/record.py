"""`wanwatch record`: everything that a device says, in a file that can be replayed."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Callable, Iterator
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
    from collector.snmp.page import Row
    from collector.snmp.target import Target

KEY_LEAST = 16  # octets


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
@click.option(
    "--redact", is_flag=True, help="Replace names, addresses and serial numbers by made-up ones."
)
@click.option(
    "--redact-key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Redact by the key in this file, made if it is not there, so that recordings of several "
    "devices fit together. Keep it to yourself.",
)
@options.timeout(5.0)
@click.option("--retries", type=click.IntRange(0, 100), default=2, show_default=True)
@click.option("--force", is_flag=True, help="Replace FILE.snmprec if it is there.")
@login.options
@options.language
def command(
    target: str,
    output: Path,
    roots: tuple[str, ...],
    redact: bool,
    redact_key: Path | None,
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
        asked = Target(target, asyncio.run(address_of(host)), port, credential, timeout, retries)
        key = key_of(redact_key) if redact or redact_key else b""
        part = Part(output)
        try:
            tally = redacted(asked, wanted, part, key) if key else plain(asked, wanted, part)
        except KeyboardInterrupt:
            stopped = messages(language)("cli.record_stopped", file=part.path)
            raise click.ClickException(stopped) from None
        finally:
            part.close()
        if tally.complete and tally.objects:
            part.finish()
    except QueryError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        where = error.filename or output
        raise click.ClickException(f"{where} cannot be written: {error.strerror}") from error
    except (CollectorError, ScrapeError) as error:
        raise click.ClickException(str(error)) from error
    report(tally, part, output, language)


def plain(target: Target, roots: list[bytes], part: Part) -> Tally:
    """Writes what the device says, as it comes."""
    write = part.file.write
    return asyncio.run(take(target, roots, lambda row, line: write(line)))


def redacted(target: Target, roots: list[bytes], part: Part, key: bytes) -> Tally:
    """Writes what the device says, redacted when all of it is known."""
    from collector.recording.redactor import Redactor
    from collector.recording.spool import Spool
    from configs.redaction import redaction

    with Spool(part.path.parent, Redactor(key, redaction())) as spool:
        tally = asyncio.run(take(target, roots, lambda row, line: spool.put(row)))
        with progress(target.node) as told:
            spool.pour(part.file.write, lambda done: told(f"{done:,} / {tally.objects:,}"))
    return tally


async def take(target: Target, roots: list[bytes], put: Callable[[Row, bytes], object]) -> Tally:
    """Asks for everything, with a word on stderr now and then."""
    from collector.recording.recorder import Recorder
    from collector.snmp.engine import SnmpEngine

    with progress(target.node) as told:
        async with SnmpEngine() as engine:
            recorder = Recorder(engine, target, put, lambda tally: told(f"{tally.objects:,}"))
            return await recorder.record(roots)


def key_of(path: Path | None) -> bytes:
    """The key in a file, made where there is none; without a file one that nobody keeps."""
    if path is None:
        return secrets.token_bytes(32)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_hex(32)}\n", "ascii")
    key = path.read_bytes().strip()
    if len(key) < KEY_LEAST:
        raise click.UsageError(f"{path} holds no key: {KEY_LEAST} octets at least, kept secret")
    return key


@contextmanager
def progress(node: str) -> Iterator[Callable[[str], None]]:
    """What to call with how far it is; shows it on stderr."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(node, total=None)
        yield lambda far: bar.update(task, description=f"{node}  {far}")


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
