"""The collector on the lab's agents, which are real ones as far as packets go."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from collector.errors import IcmpPermissionError, RosterError, TrapPortError, UnknownNodeError
from collector.failure import Failure
from collector.fleet import Collector
from collector.sample import PollFailed, Reach, Readings, Sample, Survey, Trap
from collector.schedule import Kind
from collector.snmp import sockets
from configs.devicerules import built_in_rules
from configs.inventory import Inventory, Node, Reachability
from configs.loader import Configuration, load
from configs.settings import Polling, Traps
from lab.main import LabInfo, request
from tests.collector.conftest import Kept

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
QUICK = Polling(
    reachability_interval_s=0.1, counters_interval_s=0.3, reachability_timeout_s=0.1, timeout_s=0.2
)


@pytest.fixture(autouse=True)
def no_patience_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.cadence.FIRST", dict.fromkeys(Kind, (0.0, 1000)))


@pytest.fixture
def wan(lab: LabInfo) -> Configuration:
    """The lab's configuration with three nodes over SNMP v2c, a few looks a second."""
    whole = load(lab.config)
    v2c = [
        replace(node, reachability=Reachability.SNMP)
        for node in whole.inventory.nodes.values()
        if node.credential == "fleet-v2c" and not node.ssh
    ]
    nodes = {node.id: node for node in v2c[:3]}
    inventory = Inventory(
        provinces=whole.inventory.provinces, sites=whole.inventory.sites, nodes=nodes
    )
    return replace(whole, inventory=inventory)


def collector(
    wan: Configuration, sink: Kept, polling: Polling = QUICK, traps: Traps | None = None
) -> Collector:
    module = wan.modules["wan"]
    return Collector("hn", wan.inventory, polling, wan.snmp, wan.ssh, module, traps, sink)


@asynccontextmanager
async def running(made: Collector) -> AsyncIterator[None]:
    task = asyncio.create_task(made.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def first(wan: Configuration) -> Node:
    return next(iter(wan.inventory.nodes.values()))


async def lab_do(lab: LabInfo, do: str, *what: str) -> None:
    await asyncio.to_thread(request, lab.directory, {"do": do, "what": list(what)})


async def test_every_node_is_looked_at_and_polled(wan: Configuration, sink: Kept) -> None:
    async with running(collector(wan, sink)):
        for node in wan.inventory.nodes:
            reach = await sink.first(Reach, lambda s, n=node: s.node == n)  # type: ignore[misc]
            readings = await sink.first(Readings, lambda s, n=node: s.node == n)  # type: ignore[misc]
            assert reach.answered
            assert len(readings.numbers) == len(readings.layout.numbers) > 50


async def test_batches_carry_the_collectors_name_and_both_clocks(
    wan: Configuration, sink: Kept
) -> None:
    async with running(collector(wan, sink)):
        await sink.first(Reach)
    batch = sink.batches[0]
    assert batch.collector == "hn"
    assert batch.utc.tzinfo is not None
    assert all(sample.at <= batch.monotonic for sample in batch.samples)


async def test_a_dead_node_is_looked_at_but_spared_polls_until_it_answers(
    wan: Configuration, sink: Kept, lab: LabInfo
) -> None:
    node, made = first(wan), collector(wan, sink)
    async with running(made):
        await sink.first(Readings, lambda s: s.node == node.id)
        await lab_do(lab, "fail", f"node:{node.id}")
        await sink.until(lambda: made.stats.spared >= 2)
        misses = [s for s in sink.of(node.id) if isinstance(s, Reach) and not s.answered]
        assert len(misses) >= 3
        assert misses[0].failure is Failure.TIMEOUT
        polled = len([s for s in sink.of(node.id) if isinstance(s, Readings)])
        await lab_do(lab, "heal")
        await sink.until(
            lambda: len([s for s in sink.of(node.id) if isinstance(s, Readings)]) > polled
        )


async def test_a_second_look_comes_before_the_next_turn(wan: Configuration, sink: Kept) -> None:
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    node, made = first(wan), collector(wan, sink, slow)

    def looks() -> int:
        return sum(isinstance(s, Reach) for s in sink.of(node.id))

    async with running(made):
        await sink.first(Readings, lambda s: s.node == node.id)
        before = looks()
        made.look_again([node.id, node.id, "nobody"])
        await sink.until(lambda: looks() == before + 1)


async def test_counters_are_read_as_often_as_wanted_however_seldom_looks_are(
    wan: Configuration, sink: Kept
) -> None:
    seldom = QUICK.model_copy(update={"reachability_interval_s": 3600})
    node = first(wan)
    async with running(collector(wan, sink, seldom)):
        await sink.until(lambda: sum(isinstance(s, Readings) for s in sink.of(node.id)) >= 3)


async def test_a_poll_on_demand_gives_what_the_sink_gets(wan: Configuration, sink: Kept) -> None:
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    node, made = first(wan), collector(wan, sink, slow)
    async with running(made):
        polled = await made.poll(node.id)
        assert isinstance(polled, Readings)
        await sink.until(lambda: polled in sink.of(node.id))


async def test_a_poll_on_demand_of_a_dead_node_fails_and_does_not_hang(
    wan: Configuration, sink: Kept, lab: LabInfo
) -> None:
    node, made = first(wan), collector(wan, sink)
    await lab_do(lab, "fail", f"node:{node.id}")
    async with running(made):
        await sink.until(lambda: made.stats.spared >= 1)
        polled = await made.poll(node.id)
    assert isinstance(polled, PollFailed)
    assert polled.failure is Failure.TIMEOUT


async def test_whoever_is_not_there_cannot_be_polled(wan: Configuration, sink: Kept) -> None:
    with pytest.raises(UnknownNodeError, match="'nobody'"):
        await collector(wan, sink).poll("nobody")


async def test_a_poll_of_a_node_that_is_taken_out_ends(wan: Configuration, sink: Kept) -> None:
    made = collector(wan, sink)
    task = asyncio.create_task(made.poll(first(wan).id))
    await asyncio.sleep(0)
    made.replace(Inventory(), {}, {})
    with pytest.raises(UnknownNodeError, match="was taken out"):
        await task


async def test_a_reload_asks_the_new_and_drops_the_gone(wan: Configuration, sink: Kept) -> None:
    one, two, three = wan.inventory.nodes.values()

    def polls_of(node: str) -> list[Sample]:
        return [s for s in sink.of(node) if isinstance(s, Reach | Readings)]

    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    before = replace(wan, inventory=replace(wan.inventory, nodes={one.id: one, two.id: two}))
    made = collector(before, sink, slow)
    async with running(made):
        await sink.first(Readings, lambda s: s.node == one.id)
        await sink.first(Readings, lambda s: s.node == two.id)
        asked = len(polls_of(two.id))
        after = replace(wan.inventory, nodes={two.id: two, three.id: three})
        made.replace(after, wan.snmp, wan.ssh)
        await sink.first(Readings, lambda s: s.node == three.id)
        made.look_again([one.id])
        assert len(polls_of(two.id)) == asked
        assert made.stats.nodes == 2


async def test_a_reload_that_does_not_fit_together_changes_nothing(
    wan: Configuration, sink: Kept
) -> None:
    made, node = collector(wan, sink), first(wan)
    with pytest.raises(
        RosterError, match=rf'node {node.id}: there is no SNMP credential "fleet-v2c"'
    ):
        made.replace(wan.inventory, {}, {})
    async with running(made):
        await sink.first(Readings, lambda s: s.node == node.id)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"address": "hub.wan"}, '"hub.wan" is not an IPv4 or IPv6 address'),
        ({"credential": None}, "its reachability is snmp, but it has no credential"),
        ({"reachability": Reachability.SSH}, "its reachability is ssh, but it has no ssh access"),
    ],
)
async def test_a_node_that_cannot_be_asked_is_named(
    wan: Configuration, sink: Kept, changes: dict[str, str | None], message: str
) -> None:
    node = replace(first(wan), **changes)  # type: ignore[arg-type]
    odd = replace(wan, inventory=replace(wan.inventory, nodes={node.id: node}))
    with pytest.raises(RosterError, match=f"node {node.id}: .*{message}"):
        collector(odd, sink)


async def test_where_icmp_is_not_allowed_only_its_users_are_refused(
    wan: Configuration, sink: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise IcmpPermissionError("icmp_not_allowed", group=0)

    monkeypatch.setattr("collector.icmp.engine.Wire", refuse)
    made, node = collector(wan, sink), first(wan)
    pinged = replace(node, reachability=Reachability.ICMP)
    async with running(made):
        await sink.first(Readings, lambda s: s.node == node.id)
        with pytest.raises(IcmpPermissionError):
            made.replace(replace(wan.inventory, nodes={node.id: pinged}), wan.snmp, wan.ssh)
        assert made.stats.nodes == 3
    other = replace(wan, inventory=replace(wan.inventory, nodes={node.id: pinged}))
    with pytest.raises(IcmpPermissionError):
        await collector(other, sink).run()


async def test_a_node_may_be_pinged_and_polled(wan: Configuration, sink: Kept) -> None:
    node = replace(first(wan), reachability=Reachability.ICMP)
    made = collector(replace(wan, inventory=replace(wan.inventory, nodes={node.id: node})), sink)
    try:
        async with running(made):
            reach = await sink.first(Reach)
            await sink.first(Readings)
    except IcmpPermissionError as error:
        pytest.skip(str(error))
    assert reach.method is Reachability.ICMP
    assert made.stats.icmp.answered > 0


async def test_a_link_down_trap_is_verified_at_once(
    wan: Configuration, sink: Kept, lab: LabInfo
) -> None:
    if shutil.which("snmptrap") is None:
        pytest.skip("snmptrap is not installed (snmp)")
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    node, made = first(wan), collector(wan, sink, slow, Traps(port=0))

    def polls() -> int:
        return sum(isinstance(sample, Readings) for sample in sink.of(node.id))

    async with running(made):
        await sink.until(lambda: polls() == 1)
        process = await asyncio.create_subprocess_exec(
            "snmptrap", "-v2c", "-c", wan.snmp["fleet-v2c"].community,
            f"--clientaddr={node.address}", f"127.0.0.1:{made.trap_port}", "", LINK_DOWN,
        )  # fmt: skip
        await process.wait()
        trap = await sink.first(Trap)
        assert (trap.node, trap.oid) == (node.id, LINK_DOWN)
        await sink.until(lambda: polls() == 2)
        assert made.stats.traps.accepted == 1


async def test_a_node_is_polled_for_the_vital_signs_that_its_survey_found(
    wan: Configuration, sink: Kept
) -> None:
    made = Collector(
        "hn",
        wan.inventory,
        QUICK.model_copy(update={"vitals_interval_s": 0.2}),
        wan.snmp,
        wan.ssh,
        wan.modules["wan"],
        None,
        sink,
        devices=built_in_rules(),
    )
    node = first(wan).id

    def vitals() -> list[Readings]:
        return [s for s in sink.samples(Readings) if (s.node, s.layout.module) == (node, "vitals")]

    async with running(made):
        await sink.first(Survey, lambda s: s.node == node)
        await sink.until(lambda: len(vitals()) >= 3)
    one, *_, last = vitals()
    assert one.layout is last.layout
    names = [series.metric for series in last.layout.numbers]
    assert names == ["wanwatch_sensor_temperature_celsius", "wanwatch_sensor_voltage_volts"]
    assert 10 < last.numbers[0] < 60
    assert last.texts == ("Intake temperature", "Supply voltage")


async def test_a_node_that_has_restarted_is_surveyed_at_once(
    wan: Configuration, sink: Kept, lab: LabInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.fleet.GAPS_S", dict.fromkeys(Kind, 0.1))
    node, made = first(wan).id, collector(wan, sink)

    def surveys() -> int:
        return sum(isinstance(sample, Survey) for sample in sink.of(node))

    async with running(made):
        await sink.until(lambda: surveys() == 1)
        polled = len(sink.of(node))
        await sink.until(lambda: len(sink.of(node)) > polled + 10)
        assert surveys() == 1
        await lab_do(lab, "fail", f"node:{node}")
        await sink.until(lambda: made.stats.spared >= 2)
        await lab_do(lab, "heal")
        await sink.until(lambda: surveys() == 2)


async def test_a_trap_port_that_is_taken_stops_the_start(wan: Configuration, sink: Kept) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        made = collector(wan, sink, traps=Traps(port=taken.getsockname()[1]))
        with pytest.raises(TrapPortError):
            await made.run()


async def test_a_machine_without_ipv6_loses_nothing_but_the_nodes_that_have_it(
    wan: Configuration, sink: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_socket(family: socket.AddressFamily) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return sockets.open_socket(family)

    monkeypatch.setattr("collector.snmp.sockets.open_sockets", lambda family: [open_socket(family)])
    one, two, _ = wan.inventory.nodes.values()
    nodes = {one.id: replace(one, address="::1"), two.id: two}
    made = collector(replace(wan, inventory=replace(wan.inventory, nodes=nodes)), sink)
    async with running(made):
        reach = await sink.first(Reach, lambda s: s.node == one.id)
        failed = await sink.first(PollFailed, lambda s: s.node == one.id)
        await sink.first(Readings, lambda s: s.node == two.id)
        await sink.until(lambda: made.stats.surveys.failed > 0)
    assert (reach.answered, reach.failure, failed.failure) == (False, *2 * [Failure.REFUSED])
    assert "no socket for ::1: Address family not supported" in reach.detail
