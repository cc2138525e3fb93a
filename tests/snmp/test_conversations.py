"""Losses, silence, turns and ends: whatever happens to requests on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from collector.errors import SnmpTimeoutError
from collector.sample import Readings
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from collector.snmp.room import FIRST_BINDS
from tests.snmp.conftest import community
from tests.snmp.scripted import ENTRY, SYSTEM, Answer, ScriptedAgent, by_the_book, module, table
from tests.snmp.test_snmpd import poll, probe

V2C = community()


async def test_large_requests_that_are_never_answered_shrink(engine: SnmpEngine) -> None:
    """An agent behind a path that loses every fragment."""

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if len(packet := agent.encode(answer)) < 700:
            yield packet

    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=script) as agent:
        plan = Plan.of(module())
        target = agent.target(timeout_s=0.05, retries=4)
        for _ in range(3):
            readings = await poll(engine, target, plan)
            assert isinstance(readings, Readings), readings
        lost = engine.stats.retries
        assert isinstance(await poll(engine, target, plan), Readings)
        assert engine.stats.retries == lost
        assert engine._contacts[target].session.room.binds < FIRST_BINDS


async def test_an_agent_that_becomes_unable_to_give_large_answers_is_asked_for_less(
    engine: SnmpEngine,
) -> None:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if len(packet := agent.encode(answer)) < 700:
            yield packet

    async with ScriptedAgent({**SYSTEM, **table(20)}, V2C) as agent:
        plan = Plan.of(module())
        target = agent.target(timeout_s=0.05, retries=4)
        for _ in range(3):
            await poll(engine, target, plan)
        assert engine.stats.fast_replies == 1
        agent.script = script
        for _ in range(4):
            readings = await poll(engine, target, plan)
            assert isinstance(readings, Readings), readings
        lost, fast = engine.stats.retries, engine.stats.fast_replies
        assert isinstance(await poll(engine, target, plan), Readings)
        assert engine.stats.retries == lost
        assert engine.stats.fast_replies > fast


async def test_one_lost_answer_changes_nothing(engine: SnmpEngine) -> None:
    def losing(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        agent.script = by_the_book
        return iter(())

    async with ScriptedAgent({**SYSTEM, **table(20)}, V2C) as agent:
        plan = Plan.of(module())
        target = agent.target(timeout_s=0.05, retries=1)
        for _ in range(3):
            await poll(engine, target, plan)
        agent.script = losing
        assert isinstance(await poll(engine, target, plan), Readings)
        assert engine.stats.retries == 1
        agent.requests.clear()
        assert isinstance(await poll(engine, target, plan), Readings)
        assert len(agent.requests) == 1


async def test_two_targets_at_one_address_outlive_each_other(engine: SnmpEngine) -> None:
    async with ScriptedAgent(SYSTEM, V2C) as agent:
        one, other = agent.target(node="one"), agent.target(node="other")
        assert (await probe(engine, one)).answered
        assert (await probe(engine, other)).answered
        engine.forget("one")
        assert (await probe(engine, other)).answered
        engine.forget("other")
        assert not engine._transport._peers.known
        engine.probe(other, lambda _: None)
        engine.forget("other")
        assert (await probe(engine, one)).answered


async def test_silence_is_a_timeout_after_all_tries(engine: SnmpEngine) -> None:
    async with ScriptedAgent(SYSTEM, V2C, script=lambda agent, answer: iter(())) as agent:
        with pytest.raises(SnmpTimeoutError, match="no answer to 3 requests"):
            await engine.walk(agent.target(timeout_s=0.05, retries=2), ENTRY)
        assert len(agent.requests) == 3


async def test_one_request_at_a_time_and_probes_go_first(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(5)}, V2C) as agent:
        done: list[str] = []
        for number in range(3):
            engine.poll(
                agent.target(), Plan.of(module()), lambda _, n=number: done.append(f"poll {n}")
            )
        engine.probe(agent.target(), lambda _: done.append("probe"))
        assert (await probe(engine, agent.target())).answered
        await poll(engine, agent.target(), Plan.of(module()))
        assert done == ["poll 0", "probe", "poll 1", "poll 2"]


async def test_a_callers_mistake_does_not_stop_the_others(
    engine: SnmpEngine, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(reach: object) -> None:
        raise ZeroDivisionError

    async with ScriptedAgent(SYSTEM, V2C) as agent:
        for _ in range(100):
            engine.probe(agent.target(), mistaken)
        assert (await probe(engine, agent.target())).answered
    assert "ZeroDivisionError" in caplog.text


async def test_closing_the_engine_ends_what_is_awaited() -> None:
    async with ScriptedAgent(SYSTEM, V2C, script=lambda agent, answer: iter(())) as agent:
        async with SnmpEngine() as engine:
            walk = asyncio.ensure_future(engine.walk(agent.target(), ENTRY))
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await walk
