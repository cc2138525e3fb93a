"""`wanwatch poll`: one node, now, without the daemon."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from wanwatch.commands import options

if TYPE_CHECKING:
    from collector.fleet import Polled
    from collector.sample import Batch
    from configs.loader import Configuration

PATIENCE_S = 60.0


class Nowhere:
    """A sink for samples that nobody needs: the answer is waited for by name."""

    def put(self, batch: Batch) -> None:
        return


@click.command("poll")
@click.argument("node")
@options.config
@options.as_json
def command(node: str, config: Path, as_json: bool) -> None:
    """Poll NODE of the inventory now and show what it says, or why it says nothing."""
    from collector.errors import CollectorError
    from collector.sample import PollFailed
    from configs.errors import ConfigError
    from configs.loader import load
    from configs.problem import render_problems

    try:
        polled = asyncio.run(ask(load(config), node))
    except ConfigError as error:
        click.echo(render_problems(error.problems), err=True)
        sys.exit(1)
    except (CollectorError, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    if isinstance(polled, PollFailed):
        raise click.ClickException(f"{node}: {polled.failure}: {polled.detail}")
    answer = readable(polled)
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
        return
    console = Console(soft_wrap=True)
    for title, rows in answer.items():
        if not isinstance(rows, dict):
            console.print(f"{title}: {rows}", highlight=False)
            continue
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        indexes = list(dict.fromkeys(index for row in rows.values() for index in row))
        table.add_column("")
        for index in indexes:
            table.add_column(index, justify="right", no_wrap=True)
        for metric, row in rows.items():
            table.add_row(metric, *(str(row.get(index, "")) for index in indexes))
        console.print(table)


async def ask(configuration: Configuration, node: str) -> Polled:
    """What the node answers. Raises CollectorError, and TimeoutError after PATIENCE_S."""
    from collector.errors import UnknownNodeError
    from collector.fleet import Collector
    from configs.inventory import Inventory

    inventory = configuration.inventory
    if node not in inventory.nodes:
        raise UnknownNodeError(f"{node!r} is not in the inventory")
    alone = Inventory(inventory.provinces, inventory.sites, {node: inventory.nodes[node]})
    collector = Collector(
        "poll",
        alone,
        configuration.settings.polling,
        configuration.snmp,
        configuration.ssh,
        configuration.modules["wan"],
        None,
        Nowhere(),
    )
    running = asyncio.create_task(collector.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            asking = asyncio.create_task(collector.poll(node))
            await asyncio.wait({running, asking}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                asking.cancel()
                await running
            return await asking
    finally:
        running.cancel()
        await asyncio.wait({running})


def readable(polled: Polled) -> dict[str, Any]:
    """What was polled, as plain data: scalars by name, tables by metric and index."""
    from collector.sample import Facts, PollFailed

    if isinstance(polled, Facts):
        keys = ("node", "version", "uptime_s", "hardware", "serial", "interfaces")
        return {key: getattr(polled, key) for key in keys}
    if isinstance(polled, PollFailed):
        return {"node": polled.node, "failure": polled.failure, "detail": polled.detail}
    answer: dict[str, Any] = {"node": polled.node, "took_s": round(polled.took_s, 6)}
    table: dict[str, dict[str, float | str]] = {}
    series_of = (*polled.layout.texts, *polled.layout.numbers)
    values: tuple[float | str, ...] = (*polled.texts, *polled.numbers)
    for series, value in zip(series_of, values, strict=True):
        if series.index:
            index = ".".join(map(str, series.index))
            table.setdefault(series.metric, {})[index] = value
        else:
            answer[series.metric] = value
    return answer | {"interfaces": table}
