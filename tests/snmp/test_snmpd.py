"""The engine against net-snmp's agent."""

from __future__ import annotations

import asyncio

import pytest

from collector.errors import SnmpTimeoutError, SnmpUnreachableError
from collector.failure import Failure
from collector.sample import PollFailed, Reach, Readings, Series
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from collector.snmp.target import Target
from configs.credentials import Version
from configs.module import Index, Metric, Module
from tests.snmp.conftest import Snmpd, community, free_port

IF_INDEX = (Index("ifIndex", "gauge"),)
MODULE = Module(
    "interfaces",
    walk=("1.3.6.1.2.1.2.2", "1.3.6.1.2.1.31.1.1"),
    get=("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.6.0", "1.3.6.1.4.1.55555.1.0"),
    metrics=(
        Metric("sysUpTime", "1.3.6.1.2.1.1.3", "gauge"),
        Metric("sysLocation", "1.3.6.1.2.1.1.6.0", "DisplayString"),
        Metric("notThere", "1.3.6.1.4.1.55555.1", "gauge"),
        Metric("ifDescr", "1.3.6.1.2.1.2.2.1.2", "DisplayString", indexes=IF_INDEX),
        Metric("ifMtu", "1.3.6.1.2.1.2.2.1.4", "gauge", indexes=IF_INDEX),
        Metric("ifPhysAddress", "1.3.6.1.2.1.2.2.1.6", "PhysAddress48", indexes=IF_INDEX),
        Metric("ifHCInOctets", "1.3.6.1.2.1.31.1.1.1.6", "counter", indexes=IF_INDEX),
    ),
)


async def poll(engine: SnmpEngine, target: Target, plan: Plan) -> Readings | PollFailed:
    future: asyncio.Future[Readings | PollFailed] = asyncio.get_running_loop().create_future()
    engine.poll(target, plan, future.set_result)
    return await future


async def probe(engine: SnmpEngine, target: Target) -> Reach:
    future: asyncio.Future[Reach] = asyncio.get_running_loop().create_future()
    engine.probe(target, future.set_result)
    return await future


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
async def test_a_get_names_types_and_keeps_the_order(
    engine: SnmpEngine, snmpd: Snmpd, version: Version
) -> None:
    target = snmpd.target(community(version))
    oids = ["1.3.6.1.2.1.1.5.0", "1.3.6.1.4.1.55555.1.0", ".1.3.6.1.2.1.1.3.0"]
    name, missing, uptime = await engine.get(target, oids)
    assert name == ("1.3.6.1.2.1.1.5.0", "OctetString", b"snmpd-under-test")
    assert missing.type in ("noSuchObject", "noSuchInstance")
    assert missing.value is None
    assert uptime.type == "TimeTicks"
    assert isinstance(uptime.value, int)


async def test_versions_1_and_2c_walk_the_same(engine: SnmpEngine, snmpd: Snmpd) -> None:
    root = "1.3.6.1.2.1.1"
    second = await engine.walk(snmpd.target(community(Version.V2C)), root)
    before = engine.stats.requests
    first = await engine.walk(snmpd.target(community(Version.V1)), root)
    assert engine.stats.requests - before >= len(first)  # one by one
    assert [v.oid for v in first] == [v.oid for v in second]
    assert all(v.oid.startswith(root + ".") for v in second)


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
async def test_polls_read_the_same_ever_faster(
    engine: SnmpEngine, snmpd: Snmpd, version: Version
) -> None:
    target, plan = snmpd.target(community(version)), Plan.of(MODULE)
    readings = [await poll(engine, target, plan) for _ in range(5)]
    first, last = readings[0], readings[-1]
    assert isinstance(first, Readings)
    assert isinstance(last, Readings)
    assert engine.stats.fast_replies > 0
    assert first.layout is last.layout
    names = [series.metric for series in last.layout.numbers]
    assert names[0] == "sysUpTime"
    assert "notThere" not in names
    texts = dict(zip(last.layout.texts, last.texts, strict=True))
    assert texts[Series("sysLocation")] == "Hà Nội"
    assert texts[Series("ifDescr", (1,))] == "lo"
    assert texts[Series("ifPhysAddress", (1,))] == "0x"
    numbers = dict(zip(last.layout.numbers, last.numbers, strict=True))
    assert numbers[Series("ifMtu", (1,))] == 65_536
    assert (Series("ifHCInOctets", (1,)) in numbers) == (version is not Version.V1)  # a Counter64
    assert last.texts is first.texts or last.texts == first.texts


async def test_a_settled_poll_takes_one_round_trip(engine: SnmpEngine, snmpd: Snmpd) -> None:
    target, plan = snmpd.target(community()), Plan.of(MODULE)
    await poll(engine, target, plan)
    await poll(engine, target, plan)
    before = engine.stats.requests
    await poll(engine, target, plan)
    assert engine.stats.requests - before == 1


async def test_every_address_of_an_agent_is_a_node_of_its_own(
    engine: SnmpEngine, snmpd: Snmpd
) -> None:
    targets = [snmpd.target(community(), f"127.0.1.{n}") for n in range(1, 100)]
    found = await asyncio.gather(*(probe(engine, target) for target in targets))
    assert all(reach.answered and reach.rtt_s and reach.loss_ratio == 0 for reach in found)


async def test_an_agent_is_reached_over_ipv6(engine: SnmpEngine, snmpd: Snmpd) -> None:
    reach = await probe(engine, snmpd.target(community(), "::1"))
    assert reach.answered


async def test_a_closed_port_is_reported_at_once(engine: SnmpEngine) -> None:
    target = Target("gone", "127.0.0.1", free_port(), community(), timeout_s=15)
    reach = await probe(engine, target)
    assert not reach.answered
    assert reach.failure is Failure.REFUSED
    with pytest.raises(SnmpUnreachableError, match="gone"):
        await engine.get(target, ["1.3.6.1.2.1.1.3.0"])


async def test_a_wrong_community_is_a_timeout_with_its_node(
    engine: SnmpEngine, snmpd: Snmpd
) -> None:
    wrong = Target("n", "127.0.0.1", snmpd.port, community(name="s3cret"), timeout_s=0.1)
    with pytest.raises(SnmpTimeoutError) as caught:
        await engine.get(wrong, ["1.3.6.1.2.1.1.3.0"])
    assert caught.value.node == "n"
    assert "s3cret" not in str(caught.value) + repr(caught.value) + repr(wrong)
    failed = await poll(engine, wrong, Plan.of(MODULE))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.TIMEOUT
