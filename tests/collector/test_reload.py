"""What was asked of the inventory before is not told of the one after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from collector.discovery.device import discover
from collector.errors import UnknownNodeError
from collector.sample import Survey
from configs.inventory import Inventory, Reachability
from configs.loader import Configuration
from configs.settings import Polling
from tests.collector.conftest import Kept
from tests.collector.test_fleet import (
    collector,
    first,
    no_patience_at_the_start,
    running,
    wan,
)
from tests.discovery.recorded import HERE, Recorded

__all__ = ["no_patience_at_the_start", "wan"]


async def test_a_poll_of_a_node_that_is_no_longer_to_be_polled_ends(
    wan: Configuration, sink: Kept
) -> None:
    made, node = collector(wan, sink), first(wan)
    task = asyncio.create_task(made.poll(node.id))
    await asyncio.sleep(0)
    mute = replace(node, credential=None, reachability=Reachability.ICMP)
    made.replace(Inventory(nodes={node.id: mute}), {}, {})
    with pytest.raises(UnknownNodeError, match=node.id):
        await asyncio.wait_for(task, 1)


async def test_what_was_found_at_an_old_address_is_not_told_of_the_new_one(
    wan: Configuration, sink: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    made, node = collector(wan, sink, slow), first(wan)
    told: list[Callable[[Survey], None]] = []
    monkeypatch.setattr(made._surveyor, "survey", lambda target, tell: told.append(tell))
    found = await discover(Recorded({}), HERE, ())
    async with running(made):
        await sink.until(lambda: len(told) == 3)
        nodes = wan.inventory.nodes | {node.id: replace(node, address="127.9.9.9")}
        made.replace(replace(wan.inventory, nodes=nodes), wan.snmp, wan.ssh)
        for each, tell in zip(wan.inventory.nodes, list(told), strict=True):
            tell(Survey(each, 0.0, found))
        await sink.until(lambda: len(sink.samples(Survey)) >= 2)
    assert node.id not in [survey.node for survey in sink.samples(Survey)]
