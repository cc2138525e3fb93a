"""`wanwatch discover`: what a device is and has, asked now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from wanwatch.commands import login, options
from wanwatch.commands.sheet import Sheet, line

if TYPE_CHECKING:
    from collector.portrait import Portrait
    from configs.credentials import SnmpCredential
    from configs.devicerules import DeviceFile


@click.command("discover")
@click.argument("target")
@login.options
@options.timeout(2.0)
@click.option("--rules", type=click.Path(path_type=Path, exists=True), help="More device rules.")
@options.as_json
def command(target: str, rules: Path | None, timeout: float, as_json: bool, **given: Any) -> None:
    """Find out what TARGET is and has. TARGET is an address or a name, with :PORT if it is not 161.
    Without a credential, the community is `public`.

    Rules that come with the program can be added to with --rules FILE or FOLDER.
    """
    from collector.errors import CollectorError
    from configs.devicerules import built_in_rules, device_files, load_device_rules
    from exporters.errors import QueryError, ScrapeError

    credential = login.Login(**given).or_public("discover")
    try:
        own = load_device_rules(
            () if rules is None else device_files(rules) if rules.is_dir() else (rules,)
        )
        portrait = asyncio.run(ask(target, credential, timeout, (*own, *built_in_rules())))
    except QueryError as error:
        raise click.UsageError(str(error)) from error
    except (CollectorError, ScrapeError) as error:
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
    from collector.discovery.device import discover
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
    for title, content in answer.items():
        if not isinstance(content, list):
            line(title, content)
        elif content and isinstance(content[0], dict):
            sheet = Sheet(*content[0], title=title)
            for row in content:
                sheet.row(*row.values())
            sheet.print(fold=False)
        else:
            for words in content:
                line(title, words)
