"""`wanwatch whatif`: whom a failure would cut off, and where the country is weak."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from configs.composition import composed
from configs.messages import Messages, messages
from wanwatch.commands import options
from wanwatch.commands.sheet import Sheet
from wanwatch.errors import UsageError

if TYPE_CHECKING:
    from configs.inventory import Inventory
    from exporters.schema.whatif import SpofOut, WeakPointOut, WhatIfOut

SHOWN = 20


@click.command("whatif")
@click.option(
    "--fail",
    type=composed,
    multiple=True,
    metavar="ID",
    help="What fails; more IDs may follow.",
)
@click.argument("more", type=composed, nargs=-1, metavar="[ID]...")
@click.option("--spof", is_flag=True, help="Rank the weak points of the whole country.")
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ask this configuration's inventory, not the running daemon.",
)
@options.url
@options.token_file
@options.language
@options.as_json
def command(
    fail: tuple[str, ...],
    more: tuple[str, ...],
    spof: bool,
    config: Path | None,
    url: str,
    token_file: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Show whom it would cut off if every ID failed at once, and who would hang by one thread.

    An ID is node:ID, link:ID, site:ID, group:ID or province:ID, or the bare ID where only one
    thing has it. The daemon counts what is broken now as broken; with -c nothing is. Exit code 1
    when any point would be cut off; with --spof, when any point of failure was found.
    """
    if bool(fail) == spof or (more and not fail):
        raise UsageError("say what fails with --fail ID..., or ask for the weak points with --spof")
    say = messages(language)
    if spof:
        with Console(stderr=True).status(say("whatif.working")):
            weak = _declared_weak(config) if config else _asked_weak(url, token_file)
        if as_json:
            click.echo(weak.model_dump_json())
        else:
            _print_weak(say, weak)
        sys.exit(1 if weak.points or weak.groups else 0)
    targets = (*fail, *more)
    blast = _declared_blast(config, targets) if config else _asked_blast(url, token_file, targets)
    if as_json:
        click.echo(blast.model_dump_json())
    else:
        _print_blast(say, blast)
    sys.exit(1 if blast.sites else 0)


def _asked_blast(url: str, token_file: Path | None, targets: tuple[str, ...]) -> WhatIfOut:
    from exporters.client import ApiClient, MissingError
    from wanwatch.commands.fetch import fetch

    async def ask(client: ApiClient) -> WhatIfOut:
        try:
            return await client.whatif(targets)
        except MissingError as error:
            raise UsageError(str(error)) from error

    return fetch(url, token_file, ask)


def _asked_weak(url: str, token_file: Path | None) -> SpofOut:
    from wanwatch.commands.fetch import fetch

    return fetch(url, token_file, lambda client: client.spof())


def _declared_blast(config: Path, targets: tuple[str, ...]) -> WhatIfOut:
    from exporters.api.whatif import blast_json
    from exporters.schema.whatif import WhatIfOut
    from topology.errors import TargetError
    from topology.graph import Wan
    from topology.whatif import whatif

    wan = Wan(_inventory(config))
    try:
        return WhatIfOut.model_validate(blast_json(wan, whatif(wan, targets)))
    except TargetError as error:
        raise UsageError(str(error)) from error


def _declared_weak(config: Path) -> SpofOut:
    from exporters.api.whatif import spof_json
    from exporters.schema.whatif import SpofOut
    from topology.graph import Wan

    return SpofOut.model_validate(spof_json(Wan(_inventory(config))))


def _inventory(config: Path) -> Inventory:
    """What the configuration declares. Raises ConfigError."""
    from configs.loader import load

    return load(config).inventory


def _print_blast(say: Messages, blast: WhatIfOut) -> None:
    click.echo(
        say(
            "whatif.counts",
            failed=len(blast.failed),
            sites=len(blast.sites),
            nodes=len(blast.nodes),
            weakened=len(blast.weakened),
        )
    )
    if blast.cut_off:
        click.echo(say("whatif.cut_off"))
    if blast.sites:
        sheet = _sheet(say, "cut", "site", "province")
        for site in blast.sites[:SHOWN]:
            sheet.row(f"{site.name} ({site.id})", site.province_name)
        sheet.print()
        _say_more(say, len(blast.sites))
    if blast.weakened:
        sheet = _sheet(say, "weakened", "site", "province", "thread")
        for weak in blast.weakened[:SHOWN]:
            thread = f"{weak.thread_name} ({weak.thread})"
            sheet.row(f"{weak.name} ({weak.id})", weak.province_name, thread)
        sheet.print()
        _say_more(say, len(blast.weakened))


def _print_weak(say: Messages, weak: SpofOut) -> None:
    lists: tuple[tuple[str, list[WeakPointOut]], ...] = (
        ("points", weak.points),
        ("groups", weak.groups),
        ("pairs", weak.pairs),
    )
    for kind, points in lists:
        if not points:
            click.echo(say(f"whatif.no_{kind}"))
            continue
        sheet = _sheet(say, kind, "sites", "name", "members", right=(0,))
        for point in points[:SHOWN]:
            members = f"group:{point.group}" if point.group else " ".join(point.members)
            name = say("whatif.blinding", name=point.name) if point.cut_off else point.name
            sheet.row(point.sites, name, members)
        sheet.print()
        _say_more(say, len(points))


def _sheet(say: Messages, title: str, *columns: str, right: tuple[int, ...] = ()) -> Sheet:
    titles = (say(f"whatif.column.{column}") for column in columns)
    return Sheet(*titles, title=say(f"whatif.{title}"), right=right)


def _say_more(say: Messages, count: int) -> None:
    if count > SHOWN:
        click.echo(say("whatif.more", count=count - SHOWN))
