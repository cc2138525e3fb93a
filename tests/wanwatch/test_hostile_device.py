"""Whatever a device answers, the daemon goes on, and everything that leaves it can be read."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from pydantic import TypeAdapter

from collector.discovery.device import discover
from collector.sample import PollFailed
from collector.schedule import Kind
from collector.snmp.engine import SnmpEngine
from configs.credentials import SnmpCredential
from configs.devicerules import built_in_rules
from configs.loader import Configuration, load
from exporters.alerts.payload import webhook
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.fleet import Fleet
from exporters.program import program_registry
from exporters.schema.log import EventOut
from exporters.schema.network import DriftOut
from exporters.schema.node import InterfaceOut, LinkOut, NodeDetail
from exporters.schema.picture import OutageOut
from store.database import Store
from store.record import AlertStatus
from tests.wanwatch.hostile import WORLDS, HostileAgent, World
from topology.restored import Restored
from topology.state import NodeState
from tui.desk import Clock, Desk
from tui.feed import Feed
from tui.screens.drift import DriftView
from tui.screens.events import EventLines
from tui.screens.nodefacts import NodeFacts
from tui.screens.ports import LinkLines, PortLines
from tui.screens.vitals import VitalLines, measured
from wanwatch.clock import SystemClock
from wanwatch.commands import discover as discover_command
from wanwatch.commands import poll as poll_command
from wanwatch.daemon import Daemon

EXAMPLES = 4  # of a second or two
PATIENCE_S = 30.0
MAIN = """\
inventory: [inventory.yaml]
monitors: [a]
language: en
credentials: {snmp: {public: {community: {file: community}}}}
polling:
  reachability_interval_s: 0.2
  counters_interval_s: 0.5
  vitals_interval_s: 0.5
  timeout_s: 4.0
  reachability_timeout_s: 0.5
  max_rows: 300
confirmation: {reprobe_s: 0.1, hold_down_s: 0.1}
receivers: [{name: noc, url: 'http://127.0.0.1:9/'}]
"""
INVENTORY = """\
provinces: [{{id: p, name: Đà Nẵng}}]
sites:
- {{id: s, name: Hub, kind: hub, province: p}}
- {{id: t, name: Xã, kind: commune, province: p}}
nodes:
- {{id: a, site: s, address: 127.0.0.1, port: {a}, credential: public, reachability: snmp}}
- {{id: b, site: t, address: 127.0.0.1, port: {b}, credential: public, reachability: snmp}}
links: [{{id: l, a: a, b: b, a_port: Gi0/1, b_port: Gi0/2}}]
"""
SCHEMAS = {
    "/api/v1/nodes/a": NodeDetail,
    "/api/v1/nodes/b": NodeDetail,
    "/api/v1/nodes/a/interfaces": list[InterfaceOut],
    "/api/v1/links": list[LinkOut],
    "/api/v1/events": list[EventOut],
    "/api/v1/outages": list[OutageOut],
    "/api/v1/topology/drift?decided=true": list[DriftOut],
    "/api/v1/snapshot": dict,
    "/api/v1/topology": dict,
    "/sd": list,
}


@pytest.mark.timeout(120)
@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to find a simpler one takes minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=WORLDS)
def test_nothing_that_a_device_answers_stops_the_daemon_or_spoils_what_it_tells(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr("collector.cadence.FIRST", dict.fromkeys(Kind, (0.0, 1000)))
    monkeypatch.setattr("collector.fleet.GAPS_S", dict.fromkeys(Kind, 0.05))
    with complaints() as heard, tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(world, Path(folder)))
    assert heard == []


async def live(world: World, folder: Path) -> None:
    """A monitor of two such devices, one of which falls silent in the end."""
    credential = SnmpCredential("public", community="public")
    async with HostileAgent(world, credential) as one, HostileAgent(world, credential) as other:
        (folder / "community").write_text("public")
        (folder / "wanwatch.yaml").write_text(MAIN)
        inventory = INVENTORY.format(a=one.port, b=other.port)
        (folder / "inventory.yaml").write_text(inventory)
        async with monitor(load(folder / "wanwatch.yaml"), folder) as daemon:
            surveys = daemon.collector.stats.surveys
            await until(lambda: surveys.done + surveys.failed >= 4)
            assert surveys.failed == 0
            await until(lambda: sum(len(list(daemon.series.blocks(n))) for n in "ab") >= 2)
            polled = await daemon.collector.poll("a")
            await daemon.wiring.refresh()
            await daemon.engine.tick()
            await everything_can_be_read(daemon, one.port)
            await the_command_line_shows_text(one, polled)
            other.script = lambda agent, answer: iter(())
            await until(lambda: daemon.snapshot().nodes["b"].state is NodeState.DOWN)
            for entry in await daemon.store.pending():
                assert entry.alert.status is AlertStatus.FIRING
                assert printable(webhook(entry, "http://x/")["commonAnnotations"]["summary"])
            await console_shows_text(daemon, json.loads(await got(daemon, "/api/v1/nodes/a")))


@asynccontextmanager
async def monitor(configuration: Configuration, folder: Path) -> AsyncIterator[Daemon]:
    """The daemon's parts at work; its API is asked without a socket."""
    store = await Store.open("sqlite:///w.db", folder=folder)
    daemon = Daemon(configuration, store, Restored(), (), (), (), SystemClock())
    await daemon.engine.tick()
    parts = (daemon.engine.run, daemon.collector.run, daemon.wiring.run)
    tasks = [asyncio.create_task(part()) for part in parts]
    try:
        async with daemon._strangers:
            yield daemon
        assert [task for task in tasks if task.done()] == []
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        await store.close()
    assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended


async def everything_can_be_read(daemon: Daemon, port: int) -> None:
    for path, schema in SCHEMAS.items():
        TypeAdapter(schema).validate_python(json.loads(await got(daemon, path)))
    readable(plain(await got(daemon, "/metrics")))
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    readable(openmetrics(await got(daemon, "/metrics", accept)))
    for _ in range(3):  # the third is told by heart
        target = f"127.0.0.1:{port}"
        readable(plain(await got(daemon, f"/snmp?target={target}&module=wan&auth=public")))


def readable(families: Any) -> None:
    """Every series is there once."""
    seen = set()
    for family in families:
        for sample in family.samples:
            series = (sample.name, frozenset(sample.labels.items()))
            assert series not in seen
            seen.add(series)


async def got(daemon: Daemon, path: str, headers: dict[str, str] | None = None) -> str:
    """The text of an answer that is right."""
    app = create_app(
        daemon,
        access=Access(),
        registry=program_registry(daemon._figures()),
        fleet=Fleet(daemon.configuration.modules.values()),
        devices=daemon.devices,
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get(path, headers=headers)
    app.state.scraper.close()
    assert answer.status_code == 200, (path, answer.text)
    return answer.content.decode()


async def the_command_line_shows_text(agent: HostileAgent, polled: Any) -> None:
    async with SnmpEngine(max_rows=300) as engine:
        portrait = await discover(engine, agent.target(), built_in_rules())
    assert not isinstance(polled, PollFailed)
    shown = io.StringIO()
    with redirect_stdout(shown):
        discover_command.show(discover_command.readable(portrait))
    json.dumps(poll_command.readable(polled))
    assert all(printable(line.rstrip("\n")) for line in shown.getvalue().split("\n"))


async def console_shows_text(daemon: Daemon, told: dict[str, Any]) -> None:
    """Every cell of a node's screen and of the drift's is one line without control characters."""
    detail = NodeDetail.model_validate(told)
    desk = Desk(cast(Any, None), Feed(cast(Any, None), cast(Any, None)), Clock(), "vi")
    events = EventLines(desk)
    events.take(detail.events)
    drifts = TypeAdapter(list[DriftOut]).validate_json(
        await got(daemon, "/api/v1/topology/drift?decided=true")
    )
    rows = [
        *map(PortLines(desk).draw, detail.interfaces),
        *map(LinkLines(desk, "a").draw, detail.links),
        *map(VitalLines(desk).draw, measured(detail.vitals)),
        *map(events.draw, events.rows),
        *map(DriftView(desk)._draw, drifts),
        *NodeFacts(desk).lines(detail, 160, tall=True),
        NodeFacts(desk).headline(detail, "", 160),
    ]
    for row in rows:
        for cell in row:
            for text, _ in cell if isinstance(cell, list) else [cell]:
                assert printable(text), text


def printable(text: str) -> bool:
    return text.isprintable()


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What is logged as an error meanwhile, tracebacks and all."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(self.format(record))

    ear = Ear(logging.ERROR)
    logging.getLogger().addHandler(ear)
    try:
        yield heard
    finally:
        logging.getLogger().removeHandler(ear)


async def until(holds: Any) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert holds()
