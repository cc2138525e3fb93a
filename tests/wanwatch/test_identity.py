"""The whole daemon finds out what its nodes are, and that one is another box than yesterday."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from collector.schedule import Kind
from configs.loader import load
from exporters.api.vitals import vital_list
from lab.main import LabInfo
from store.database import Store
from tests.recorded_ups import recorded_ups
from topology.restored import Restored
from wanwatch.clock import SystemClock
from wanwatch.daemon import Daemon


@asynccontextmanager
async def running(lab: LabInfo, store: Store) -> AsyncIterator[Daemon]:
    """A daemon that reads quickly what it has found."""
    configuration = load(lab.config)
    polling = configuration.settings.polling.model_copy(update={"vitals_interval_s": 0.5})
    settings = configuration.settings.model_copy(update={"polling": polling})
    made = replace(configuration, settings=settings)
    known = (await store.identities()).values()
    daemon = Daemon(made, store, Restored((), {}), known, (), (), SystemClock())
    task = asyncio.create_task(daemon.run())
    try:
        yield daemon
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def serials(store: Store, node: str, count: int) -> list[str]:
    """Those that a node had, newest first, once there are so many."""
    while True:
        found = [seen.identity.serial for seen in await store.identities_of(node)]
        if len(found) >= count:
            return found
        await asyncio.sleep(0.05)


async def vitals_of(daemon: Daemon, node: str) -> list[dict[str, object]]:
    """What the API tells of its health, once there is anything."""
    while True:
        if found := vital_list(daemon.series, node):
            return found
        await asyncio.sleep(0.05)


async def test_a_box_that_was_swapped_while_nobody_looked_is_an_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.cadence.FIRST", dict.fromkeys(Kind, (0.0, 1000)))
    monkeypatch.setattr("wanwatch.daemon.settle_interpreter", lambda: None)  # not the tests'
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    async with recorded_ups(tmp_path / "yesterday", "AS1111111111") as lab:
        (node,) = [n for n, it in load(lab.config).inventory.nodes.items() if it.credential]
        async with running(lab, store) as daemon:
            assert await serials(store, node, 1) == ["AS1111111111"]
            vitals = await vitals_of(daemon, node)
    output = next(vital for vital in vitals if vital["name"] == "Output source")
    assert (output["state"], output["ok"]) == ("battery", False)
    assert "event.serial.changed" not in [event.kind for event in await store.events()]
    async with recorded_ups(tmp_path / "today", "AS2222222222") as lab, running(lab, store):
        assert await serials(store, node, 2) == ["AS2222222222", "AS1111111111"]
    changed = [event for event in await store.events() if event.kind == "event.serial.changed"]
    assert [(event.node, event.params["old"]) for event in changed] == [(node, "AS1111111111")]
    await store.close()
