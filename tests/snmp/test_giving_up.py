"""What is no longer waited for is no longer asked for; what was lost once is not held against an
agent for ever."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.errors import SnmpGarbageError
from collector.failure import Failure
from collector.sample import PollFailed, Reach, Readings
from collector.snmp import ber
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from collector.snmp.room import AGAIN, FIRST_BINDS
from configs.credentials import Version
from tests.snmp.conftest import community
from tests.snmp.scripted import SYSTEM, Answer, ScriptedAgent, by_the_book, table
from tests.snmp.test_late_answers import agent, answer_to, hear, target
from tests.snmp.test_snmpd import poll, probe
from tests.snmp.test_walks import ENTRY, V2C, module

__all__ = ["agent"]


def silent(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
    return iter(())


async def test_whoever_stops_waiting_stops_the_asking(engine: SnmpEngine) -> None:
    """A scraper that comes every 15 s to a node that takes 20 s to be given up would pile up."""
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=silent) as agent:
        patient = agent.target(timeout_s=60)
        walks = [asyncio.create_task(engine.walk(patient, ENTRY)) for _ in range(3)]
        while not agent.requests:  # noqa: ASYNC110  (the agent has no event)
            await asyncio.sleep(0)
        for walk in reversed(walks):
            walk.cancel()
        await asyncio.wait(walks)
        assert engine.stats.waiting == engine.stats.in_flight == 0
        agent.script = by_the_book
        agent.requests.clear()
        assert (await probe(engine, patient)).answered
        assert len(agent.requests) == 1


async def test_a_walk_that_is_given_up_makes_room_for_the_next(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=silent) as agent:
        first = asyncio.create_task(engine.walk(agent.target(timeout_s=60), ENTRY))
        while not agent.requests:  # noqa: ASYNC110
            await asyncio.sleep(0)
        second = asyncio.create_task(engine.walk(agent.target(timeout_s=60), ENTRY))
        await asyncio.sleep(0)
        agent.script = by_the_book
        first.cancel()
        assert len(await second) == 120


async def test_an_answer_that_comes_when_its_request_is_about_to_be_repeated_is_enough(
    agent: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.setblocking(False)
        async with SnmpEngine(window=1) as engine:
            engine.probe(target(agent), reaches.put_nowait, retries=1)
            request, address = await hear(agent)
            engine.probe(replace(target(other), node="cpe-2"), reaches.put_nowait)
            await hear(other)  # its turn came; the repetition waits for the window
            agent.sendto(answer_to(request), address)
            assert (await reaches.get()).answered
            assert not (await reaches.get()).answered  # whoever waited has been sent by now
            await asyncio.sleep(0.01)
            assert engine.stats.requests == 2
    assert not caplog.records


async def test_a_poll_that_cannot_be_laid_out_ends_all_the_same(
    engine: SnmpEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A node is not asked again before its poll has ended."""

    def defect(*_: object) -> None:
        raise RuntimeError("out of threads")

    monkeypatch.setattr("collector.snmp.settling.LARGE", 10)
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C) as agent:
        plan = Plan.of(module())
        monkeypatch.setattr(plan, "shape", defect)
        failed = await poll(engine, agent.target(), plan)
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.GARBAGE
    assert "out of threads" in caplog.text


async def test_what_is_lost_now_and_then_does_not_make_a_walk_small_for_ever(
    engine: SnmpEngine,
) -> None:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if len(agent.requests) != 2:
            yield agent.encode(answer)

    async with ScriptedAgent({**SYSTEM, **table(60)}, V2C, script=script) as agent:
        patient = agent.target(timeout_s=0.05, retries=1)
        for _ in range(5):
            agent.requests.clear()
            assert len(await engine.walk(patient, f"{ENTRY}.1")) == 60
        assert engine.stats.retries == 5
        assert engine._contacts[patient].session.room.binds >= FIRST_BINDS


async def test_a_walk_whose_large_answers_are_never_heard_asks_for_less_the_next_time(
    engine: SnmpEngine,
) -> None:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if len(packet := agent.encode(answer)) < 700:
            yield packet

    async with ScriptedAgent({**SYSTEM, **table(200)}, V2C, script=script) as agent:
        patient = agent.target(timeout_s=0.05, retries=4)
        for _ in range(3):
            assert len(await engine.walk(patient, f"{ENTRY}.1")) == 200
        lost = engine.stats.retries
        assert len(await engine.walk(patient, f"{ENTRY}.1")) == 200
        assert engine.stats.retries == lost


async def test_a_walk_that_fills_the_memory_is_given_up(
    engine: SnmpEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No column is too long, but there is no end of columns."""
    monkeypatch.setattr("collector.snmp.walk.MOST_VALUES", 100)
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C) as agent:
        columns = [ber.subtree(f"{ENTRY}.{column}") for column in (1, 2, 3)]
        found = await engine.read(agent.target(), (), columns[:2])
        assert len(found.values) == 80
        with pytest.raises(SnmpGarbageError, match=r"more than 100 values in all, at 1\.3\.6"):
            await engine.read(agent.target(), (), columns)


@pytest.mark.parametrize("number", [math.inf, -math.inf])
async def test_a_number_that_is_none_is_not_told(engine: SnmpEngine, number: float) -> None:
    told = (ber.OPAQUE, ber.OPAQUE_FLOAT + struct.pack(">f", number))
    rows = {**table(3, 1), f"{ENTRY}.1.2": told}
    plan = Plan.of(module(1))
    async with ScriptedAgent({**SYSTEM, **rows}, V2C) as agent:
        for _ in range(3):  # the first is walked, later ones are read by their shape
            polled = await poll(engine, agent.target(), plan)
            assert isinstance(polled, Readings)
            assert [math.isnan(n) for n in polled.numbers] == [False, False, True, False]


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
async def test_an_agent_that_does_not_say_which_object_it_lacks_is_asked_for_them_singly(
    engine: SnmpEngine, version: Version
) -> None:
    """noSuchName and genErr with an error-index of 0, for all or for the one at fault."""

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        asked = [bind[0] for bind in agent.requests[-1].binds]
        if any(oid.startswith(ber.subtree(f"{ENTRY}.2")) for oid in asked):
            answer = replace(answer, error_status=5, binds=[])
        yield agent.encode(replace(answer, error_index=0))

    credential = community(version)
    async with ScriptedAgent({**SYSTEM, **table(40)}, credential, script=script) as agent:
        polled = await poll(engine, agent.target(), Plan.of(module()))
        assert isinstance(polled, Readings)
        numbers = [number for number in polled.numbers if not math.isnan(number)]
        assert len(numbers) == 1 + 2 * 40
        assert len(agent.requests) < (100 if version is Version.V1 else 15)


async def test_requests_grow_again_once_nothing_is_lost_any_more(engine: SnmpEngine) -> None:
    """A few in a row are chance on a bad line, too: after a day all requests were tiny."""
    lose = True

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if not (lose and len(agent.requests) == 1):
            yield agent.encode(answer)

    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=script) as agent:
        patient, plan = agent.target(timeout_s=0.02, retries=1), Plan.of(module())

        async def polls(times: int) -> int:
            for _ in range(times):
                agent.requests.clear()
                assert isinstance(await poll(engine, patient, plan), Readings)
            return len(agent.requests)

        await polls(16)
        assert engine._contacts[patient].session.room.binds < 40
        lose = False
        assert await polls(3 * AGAIN) > 1
        assert await polls(5 * AGAIN) == 1
