"""`wanwatch discover`: what a device is and has, asked now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from wanwatch.commands import login, options

if TYPE_CHECKING:
    from collector.discovery.portrait import Portrait
    from configs.credentials import SnmpCredential
    from configs.devicerules import DeviceFile


@click.command("discover")
@click.argument("target")
@login.options
@click.option("--timeout", type=float, default=2.0, show_default=True, help="Seconds a request.")
@click.option("--rules", type=click.Path(path_type=Path, exists=True), help="More device rules.")
@options.as_json
def command(target: str, rules: Path | None, timeout: float, as_json: bool, **given: Any) -> None:
    """Find out what TARGET is and has. TARGET is an address or a name, with :PORT if it is not 161.
    Without a credential, the community is `public`.

    Rules that come with the program can be added to with --rules FILE or FOLDER.
    """
    from collector.errors import CollectorError
    from configs.devicerules import built_in_rules, device_files, load_device_rules
    from configs.errors import ConfigError
    from exporters.errors import QueryError, ScrapeError

    credential = login.Login(**given).or_public("discover")
    try:
        own = load_device_rules(
            () if rules is None else device_files(rules) if rules.is_dir() else (rules,)
        )
        portrait = asyncio.run(ask(target, credential, timeout, (*own, *built_in_rules())))
    except QueryError as error:
        raise click.UsageError(str(error)) from error
    except (CollectorError, ConfigError, ScrapeError) as error:
        raise click.ClickException(str(error)) from error
    answer = readable(portrait)
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    else:
        show(answer)


async def ask(
    target: str, credential: SnmpCredential, timeout_s: float, files: Sequence[DeviceFile]
) -> Portrait:
    """All about one device. Raises QueryError, ScrapeError for its name, and CollectorError."""
    from collector.discovery.portrait import discover
    from collector.snmp.engine import SnmpEngine
    from collector.snmp.target import Target
    from exporters.snmp.address import address_of, host_and_port

    host, port = host_and_port(target)
    asked = Target(target, await address_of(host), port, credential, timeout_s)
    async with SnmpEngine() as engine:
        return await discover(engine, asked, files)


def readable(portrait: Portrait) -> dict[str, Any]:
    """A portrait as plain data: identity at the top, then a list for each kind of thing."""
    from dataclasses import asdict, fields

    plain = {f.name: getattr(portrait, f.name) for f in fields(portrait) if f.name != "identity"}
    lists: dict[str, list[Any]] = {
        name: [part if isinstance(part, str) else asdict(part) for part in parts]
        for name, parts in plain.items()
    }
    lists["neighbors"] = lists.pop("neighbours")
    lists["sensors"] = [
        {"class": sensor.quantity, **asdict(sensor), "unit": sensor.unit}
        for sensor in portrait.sensors
    ]
    for sensor in lists["sensors"]:
        del sensor["quantity"]
    for part in chain.from_iterable(lists.values()):
        if isinstance(part, dict):  # how a poll reads it again is nobody's business
            part.pop("gauge", None)
            part.pop("filling", None)
    return {**asdict(portrait.identity), **lists}


def show(answer: dict[str, Any]) -> None:
    """Prints the identity line by line and each list as a table."""
    console = Console(soft_wrap=True)
    for title, content in answer.items():
        if not isinstance(content, list):
            console.print(f"{title}: {content}", highlight=False, markup=False)
        elif content and isinstance(content[0], dict):
            table = Table(title=title, title_justify="left", box=None, pad_edge=False)
            for column in content[0]:
                table.add_column(column)
            for row in content:
                table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
            console.print(table)
        else:
            for line in content:
                console.print(f"{title}: {line}", highlight=False, markup=False)
