"""`wanwatch poll`: one node, now, without the daemon."""

from __future__ import annotations

import asyncio
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from configs.composition import composed
from tui.letters import tidy
from wanwatch.commands import options
from wanwatch.commands.sheet import Sheet, line
from wanwatch.errors import UsageError

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
@click.argument("node", type=composed)
@options.config
@options.as_json
def command(node: str, config: Path, as_json: bool) -> None:
    """Poll NODE of the inventory now and show what it says, or why it says nothing."""
    from collector.errors import CollectorError
    from collector.sample import PollFailed
    from configs.loader import load

    try:
        polled = asyncio.run(ask(load(config), node))
    except (CollectorError, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    if isinstance(polled, PollFailed):
        raise click.ClickException(tidy(f"{node}: {polled.failure}: {polled.detail}"))
    answer = readable(polled)
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
        return
    for title, columns in answer.items():
        if not isinstance(columns, dict):
            line(title, columns)
            continue
        sheet = Sheet("", *columns, title=title, right=range(1, len(columns) + 1))
        for index in dict.fromkeys(index for column in columns.values() for index in column):
            sheet.row(index, *(column.get(index) for column in columns.values()))
        sheet.print(fold=False)


async def ask(configuration: Configuration, node: str) -> Polled:
    """What the node answers. Raises UsageError for one that is not in the inventory,
    CollectorError, and TimeoutError after PATIENCE_S."""
    from collector.fleet import Collector
    from configs.inventory import Inventory

    inventory = configuration.inventory
    if node not in inventory.nodes:
        near = get_close_matches(node, inventory.nodes, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"there is no node {node!r} in the inventory{hint}")
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
