"""Walks and polls of agents that are large, small-minded, slow or broken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.errors import SnmpDeviceError, SnmpGarbageError
from collector.failure import Failure
from collector.refusal import Refusal
from collector.sample import PollFailed, Readings, Series
from collector.snmp import ber, message
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from configs.credentials import Version
from tests.snmp.conftest import community
from tests.snmp.scripted import ENTRY, SYSTEM, Answer, Objects, ScriptedAgent, module, table
from tests.snmp.test_snmpd import poll, probe

BEYOND: Objects = {"1.3.6.1.6.3.1.1.6.1.0": (ber.INTEGER, b"\1")}  # as every agent has
V2C = community()


async def values(engine: SnmpEngine, agent: ScriptedAgent, plan: Plan) -> dict[Series, float]:
    readings = await poll(engine, agent.target(), plan)
    assert isinstance(readings, Readings), readings
    return dict(zip(readings.layout.numbers, readings.numbers, strict=True))


def expected(rows: int, columns: int = 3) -> dict[Series, float]:
    cells = {
        Series(f"column{column}", (row,)): column * 1_000_000.0 + row
        for column in range(1, columns + 1)
        for row in range(1, rows + 1)
    }
    return {Series("sysUpTime"): 256.0, **cells}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("rows", [0, 1, 6, 60])
async def test_polls_read_tables_of_any_length(
    engine: SnmpEngine, version: Version, rows: int
) -> None:
    credential = replace(community(version), username="noc")
    async with ScriptedAgent({**SYSTEM, **table(rows), **BEYOND}, credential) as agent:
        plan = Plan.of(module())
        for _ in range(4):
            assert await values(engine, agent, plan) == expected(rows)
        assert engine.stats.fast_replies > 0


async def test_six_rows_of_twelve_columns_and_scalars_settle_on_one_round_trip(
    engine: SnmpEngine,
) -> None:
    async with ScriptedAgent({**SYSTEM, **table(6, 12)}, V2C) as agent:
        plan = Plan.of(module(12))
        for _ in range(3):
            await values(engine, agent, plan)
        agent.requests.clear()
        assert await values(engine, agent, plan) == expected(6, 12)
        (request,) = agent.requests
        assert (request.tag, request.error_status, request.error_index) == (message.GET_BULK, 2, 7)


@pytest.mark.parametrize("rows", [3, 5, 12])
async def test_rows_that_come_or_go_are_seen_at_once(engine: SnmpEngine, rows: int) -> None:
    async with ScriptedAgent({**SYSTEM, **table(4)}, V2C) as agent:
        plan = Plan.of(module())
        for _ in range(3):
            await values(engine, agent, plan)
        before = await poll(engine, agent.target(), plan)
        agent.replace({**SYSTEM, **table(rows)})
        assert await values(engine, agent, plan) == expected(rows)
        after = await poll(engine, agent.target(), plan)
        assert isinstance(before, Readings)
        assert isinstance(after, Readings)
        assert before.layout is not after.layout


async def test_a_table_that_fills_is_seen_though_it_was_empty(engine: SnmpEngine) -> None:
    async with ScriptedAgent(SYSTEM, V2C) as agent:
        plan = Plan.of(module())
        for _ in range(3):
            assert await values(engine, agent, plan) == expected(0)
        assert len(agent.requests) == 3
        agent.replace({**SYSTEM, **table(30)})
        assert await values(engine, agent, plan) == expected(30)


async def test_columns_with_holes_and_of_different_lengths_keep_their_rows(
    engine: SnmpEngine,
) -> None:
    objects = {**SYSTEM, **table(9)}
    for gone in (f"{ENTRY}.1.3", f"{ENTRY}.2.1", f"{ENTRY}.2.9", f"{ENTRY}.3.5"):
        objects.pop(gone)
    wanted = expected(9)
    for column, row in ((1, 3), (2, 1), (2, 9), (3, 5)):
        wanted.pop(Series(f"column{column}", (row,)))
    async with ScriptedAgent(objects, V2C) as agent:
        plan = Plan.of(module())
        for _ in range(4):
            assert await values(engine, agent, plan) == wanted
        assert engine.stats.fast_replies > 0


def changing(tick: int) -> Objects:
    """The same objects with other values: lengths, signs and texts differ from tick to tick."""
    number = (0, 1, 127, 128, 255, 256, 2**31 - 1, 2**31, 2**32 - 1)[tick % 9]
    signed = (-1, 0, 127, -128, 128, -(2**31), 2**31 - 1, 5, -300)[tick % 9]
    wide = (0, 2**32, 2**63, 2**64 - 1, 2**40, 7, 2**53, 1, 2**62)[tick % 9]
    return {
        f"{ENTRY}.1.1": (ber.COUNTER32, ber.encode_integer(number)[2:]),
        f"{ENTRY}.1.2": (ber.INTEGER, ber.encode_integer(signed)[2:]),
        f"{ENTRY}.1.3": (ber.COUNTER64, ber.encode_integer(wide)[2:]),
        "1.3.6.1.2.1.1.5.0": (ber.OCTET_STRING, ("Hà Nội", "Huế", "x")[tick // 2 % 3].encode()),
    }


async def test_whatever_changes_is_read_as_it_is(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **changing(0)}, V2C) as agent:
        plan = Plan.of(module(1))
        for tick in range(40):
            now = changing(tick // 2)  # each twice, so that shapes are also met again
            agent.replace({**SYSTEM, **now})
            readings = await poll(engine, agent.target(), plan)
            assert isinstance(readings, Readings)
            got = dict(zip(readings.layout.numbers, readings.numbers, strict=True))
            for row in (1, 2, 3):
                tag, content = now[f"{ENTRY}.1.{row}"]
                assert got[Series("column1", (row,))] == float(ber.decode_value(tag, content) or 0)
            assert readings.texts == (now["1.3.6.1.2.1.1.5.0"][1].decode(),)
        assert engine.stats.fast_replies > 10


async def test_a_too_big_answer_is_halved_and_remembered(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C) as agent:
        agent.too_big_over = 15
        plan = Plan.of(module())
        for _ in range(3):
            assert await values(engine, agent, plan) == expected(40)
        asked = len(agent.requests)
        assert await values(engine, agent, plan) == expected(40)
        assert len(agent.requests) - asked < 15
        engine.forget("agent")
        assert await values(engine, agent, plan) == expected(40)


async def test_an_agent_for_which_one_object_is_too_big_fails_clearly(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(3)}, V2C) as agent:
        agent.too_big_over = 0
        with pytest.raises(SnmpDeviceError, match="tooBig even for 1"):
            await engine.walk(agent.target(), ENTRY)


@pytest.mark.parametrize("most", [1, 2, 7, 50])
async def test_truncated_answers_are_continued_where_they_end(
    engine: SnmpEngine, most: int
) -> None:
    async with ScriptedAgent({**SYSTEM, **table(20)}, V2C) as agent:
        agent.most = most
        plan = Plan.of(module())
        for _ in range(3):
            assert await values(engine, agent, plan) == expected(20)


async def test_an_object_that_the_agent_cannot_answer_for_costs_only_itself(
    engine: SnmpEngine,
) -> None:
    sick = ber.encode_oid(ber.parse_oid(f"{ENTRY}.2"))

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        asked = [bind[0] for bind in agent.requests[-1].binds]
        if sick in asked:
            answer = replace(answer, error_status=5, error_index=asked.index(sick) + 1, binds=[])
        yield agent.encode(answer)

    async with ScriptedAgent({**SYSTEM, **table(3)}, V2C, script=script) as agent:
        got = await values(engine, agent, Plan.of(module()))
        assert {series.metric for series in got} == {"sysUpTime", "column1", "column3"}


async def test_nothing_but_errors_is_the_devices_failure(engine: SnmpEngine) -> None:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        yield agent.encode(replace(answer, error_status=5, error_index=1, binds=[]))

    async with ScriptedAgent(SYSTEM, V2C, script=script) as agent:
        failed = await poll(engine, agent.target(), Plan.of(module()))
        assert isinstance(failed, PollFailed)
        assert failed.failure is Failure.DEVICE
        assert failed.detail.startswith("genErr at 1.3.6.1.2.1")
        reach = await probe(engine, agent.target())
        assert reach.answered  # an error is an answer


def looping(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
    """Rows 1, 2, 3, 1, 2, 3 …"""
    asked = ber.decode_oid(agent.requests[-1].binds[-1][0])
    row = asked[-1] % 3 + 1 if len(asked) > 10 else 1
    oid = ber.encode_oid((*ber.parse_oid(f"{ENTRY}.1"), row))
    yield agent.encode(replace(answer, binds=[(oid, ber.COUNTER32, b"\1")]))


async def test_a_loop_ends_with_a_clear_failure(engine: SnmpEngine) -> None:
    async with ScriptedAgent(SYSTEM, V2C, script=looping) as agent:
        with pytest.raises(SnmpGarbageError, match="comes too late in its column"):
            await engine.walk(agent.target(timeout_s=0.1), f"{ENTRY}.1")
        assert engine.stats.refused[Refusal.ORDER] == 1


def endless(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
    request = agent.requests[-1]
    at = ber.decode_oid(request.binds[-1][0])
    first = at[-1] + 1 if len(at) > 10 else 1
    root = ber.parse_oid(f"{ENTRY}.1")
    rows = [ber.encode_oid((*root, first + n)) for n in range(request.error_index)]
    yield agent.encode(replace(answer, binds=[(oid, ber.COUNTER32, b"\1") for oid in rows]))


async def test_a_table_without_end_is_given_up() -> None:
    async with (
        SnmpEngine(max_rows=1000) as engine,
        ScriptedAgent(SYSTEM, V2C, script=endless) as agent,
    ):
        with pytest.raises(SnmpGarbageError, match="more than 1000 rows under 1"):
            await engine.walk(agent.target(), f"{ENTRY}.1")


async def test_twenty_thousand_rows_are_read_and_hold_nobody_up(engine: SnmpEngine) -> None:
    async with (
        ScriptedAgent({**SYSTEM, **table(20_000)}, V2C) as agent,
        ScriptedAgent(SYSTEM, V2C) as other,
    ):
        plan = Plan.of(module())
        big = asyncio.ensure_future(values(engine, agent, plan))
        worst = 0.0
        while not big.done():
            started = time.perf_counter()
            assert (await probe(engine, other.target())).answered
            worst = max(worst, time.perf_counter() - started)
            await asyncio.sleep(0.001)
        assert await big == expected(20_000)
        assert worst < 1.0


async def test_a_look_goes_between_two_requests_of_a_long_walk(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(4000), **BEYOND}, V2C) as agent:
        walk = asyncio.create_task(engine.walk(agent.target(), ENTRY))
        await asyncio.sleep(0)  # it has begun
        reaches = [await probe(engine, agent.target()) for _ in range(3)]
        assert all(reach.answered for reach in reaches)
        assert not walk.done()
        asked = len(agent.requests)
        assert len(await walk) == 12_000
        assert len(agent.requests) > asked
    assert engine.stats.waiting == engine.stats.in_flight == 0


async def test_an_instance_of_a_type_that_there_is_not_costs_nobody_else(
    engine: SnmpEngine,
) -> None:
    odd = {"1.3.6.1.2.1.1.6.0": (0x99, b"?")}
    async with ScriptedAgent({**SYSTEM, **odd}, V2C) as agent:
        found = await engine.get(agent.target(), [*SYSTEM, *odd])
    assert found[-1] == ("1.3.6.1.2.1.1.6.0", "0x99", None)
    assert [bind.oid for bind in found[:-1] if bind.value is not None] == list(SYSTEM)
