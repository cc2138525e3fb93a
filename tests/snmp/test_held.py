"""An agent that dies in the middle of a walk: looks at it go on at their own pace."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.errors import SnmpDeviceError, SnmpTimeoutError
from collector.sample import PollFailed, Reach, Readings
from collector.snmp import message
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from tests.snmp.scripted import (
    ENTRY,
    SYSTEM,
    Answer,
    Script,
    ScriptedAgent,
    by_the_book,
    module,
    table,
)
from tests.snmp.test_giving_up import silent
from tests.snmp.test_late_answers import agent, answer_to, hear, target
from tests.snmp.test_walks import V2C

__all__ = ["agent"]

LOOK_S = 0.1
WALK_S = 0.5


def dies_after(requests: int) -> Script:
    """A script that answers so many requests and none after them."""

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        return (
            by_the_book(agent, answer) if len(agent.requests) <= requests else silent(agent, answer)
        )

    return script


class Watcher:
    """Looks at an agent again whenever a look is over."""

    def __init__(self, engine: SnmpEngine, agent: ScriptedAgent) -> None:
        self.engine, self.target = engine, agent.target()
        self.looked: list[bool] = []
        self.stopped = False

    def look(self) -> None:
        self.engine.probe(self.target, self.done, LOOK_S, 0)

    def done(self, reach: Reach) -> None:
        self.looked.append(reach.answered)
        if not self.stopped:
            self.look()


async def walking(agent: ScriptedAgent, requests: int) -> None:
    while len(agent.requests) < requests:  # noqa: ASYNC110  (the agent has no event)
        await asyncio.sleep(0)


@pytest.mark.parametrize("waits", [True, False], ids=["look waits", "look comes between"])
async def test_looks_at_an_agent_that_dies_during_a_walk_do_not_wait_for_its_repeats(
    engine: SnmpEngine, waits: bool
) -> None:
    """Each lost request of a walk would keep the looks waiting for its timeout."""
    objects = {**SYSTEM, **table(500)}
    async with ScriptedAgent(objects, V2C, script=dies_after(3)) as agent:
        agent.most = 20
        walk = asyncio.create_task(engine.walk(agent.target(timeout_s=WALK_S, retries=1), ENTRY))
        watcher = Watcher(engine, agent)
        await walking(agent, 4 if waits else 3)
        watcher.look()
        with pytest.raises(SnmpTimeoutError):
            await walk
        watcher.stopped = True
        assert len(watcher.looked) >= 3
        assert not any(watcher.looked)
        walked = [pdu for pdu in agent.requests if pdu.tag == message.GET_BULK]
        assert len(walked) == 3 + waits  # the lost one was not repeated


async def test_a_walk_goes_on_when_a_look_is_answered(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(500)}, V2C, script=dies_after(3)) as agent:
        agent.most = 20
        walk = asyncio.create_task(engine.walk(agent.target(timeout_s=WALK_S, retries=1), ENTRY))
        watcher = Watcher(engine, agent)
        await walking(agent, 4)
        watcher.look()
        await walking(agent, 6)  # two looks have found nobody
        agent.script = by_the_book
        assert len(await walk) == 1500
        assert True in watcher.looked
        watcher.stopped = True


async def test_an_answer_that_comes_while_a_look_goes_first_is_taken(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    """A slow agent works off one thing after the other."""
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    slow = target(agent)
    walk = asyncio.create_task(engine.get(replace(slow, retries=1), ["1.3.6.1.2.1.1.3.0"]))
    request, address = await hear(agent)
    engine.probe(slow, reaches.put_nowait, 10.0)
    look, _ = await hear(agent)
    agent.sendto(answer_to(request), address)
    (uptime,) = await walk
    assert uptime.value == 42
    agent.sendto(answer_to(look), address)
    assert (await reaches.get()).answered


async def test_an_answer_that_comes_after_a_look_was_lost_is_taken(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    slow = target(agent)
    walk = asyncio.create_task(
        engine.get(replace(slow, timeout_s=0.4, retries=1), ["1.3.6.1.2.1.1.3.0"])
    )
    request, address = await hear(agent)
    engine.probe(slow, reaches.put_nowait, LOOK_S, 0)
    look, _ = await hear(agent)
    assert not (await reaches.get()).answered
    agent.sendto(answer_to(look), address)  # kept for the next look
    agent.sendto(answer_to(request), address)
    engine.probe(slow, reaches.put_nowait, 10.0)
    assert (await reaches.get()).answered
    (uptime,) = await walk
    assert uptime.value == 42


async def test_polls_behind_a_lost_look_wait_until_one_is_answered(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(5)}, V2C, script=silent) as agent:
        results: asyncio.Queue[Readings | PollFailed] = asyncio.Queue()
        watcher = Watcher(engine, agent)
        watcher.look()
        for _ in range(2):
            engine.poll(agent.target(), Plan.of(module()), results.put_nowait)
        await walking(agent, 3)
        engine.poll(agent.target(), Plan.of(module()), results.put_nowait)
        await walking(agent, 4)
        assert all(pdu.tag == message.GET for pdu in agent.requests)
        agent.script = by_the_book
        for _ in range(3):
            assert isinstance(await results.get(), Readings)
        watcher.stopped = True


async def test_nobody_is_held_for_ever(engine: SnmpEngine) -> None:
    """Looks may end for good: another configuration, or a node that is taken out."""
    async with ScriptedAgent({**SYSTEM, **table(5)}, V2C, script=silent) as agent:
        results: asyncio.Queue[Readings | PollFailed] = asyncio.Queue()
        reaches: asyncio.Queue[Reach] = asyncio.Queue()
        engine.probe(agent.target(), reaches.put_nowait, LOOK_S, 0)
        polled = agent.target(timeout_s=WALK_S)
        for _ in range(2):
            engine.poll(polled, Plan.of(module()), results.put_nowait)
        assert not (await reaches.get()).answered
        engine.poll(polled, Plan.of(module()), results.put_nowait)
        for _ in range(3):
            assert isinstance(await results.get(), PollFailed)
        assert len(agent.requests) == 1
        assert engine.stats.waiting == engine.stats.in_flight == 0
        agent.script = by_the_book
        engine.poll(polled, Plan.of(module()), results.put_nowait)
        assert isinstance(await results.get(), Readings)


async def test_whoever_stops_waiting_while_held_makes_room(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=silent) as agent:
        reaches: asyncio.Queue[Reach] = asyncio.Queue()
        engine.probe(agent.target(), reaches.put_nowait, LOOK_S, 0)
        walk = asyncio.create_task(engine.walk(agent.target(timeout_s=60), ENTRY))
        assert not (await reaches.get()).answered
        walk.cancel()
        await asyncio.wait([walk])
        assert engine.stats.waiting == 0
        agent.script = by_the_book
        assert len(await engine.walk(agent.target(), ENTRY)) == 120


class Slow:
    """A script that keeps all answers back."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def __call__(self, agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        self.answers.append(answer)
        return iter(())


async def test_a_walk_that_is_answered_after_a_look_was_lost_goes_on_at_once(
    engine: SnmpEngine,
) -> None:
    slow = Slow()
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=slow) as agent:
        agent.most = 20
        reaches: asyncio.Queue[Reach] = asyncio.Queue()
        walk = asyncio.create_task(engine.walk(agent.target(timeout_s=WALK_S, retries=1), ENTRY))
        await walking(agent, 1)
        engine.probe(agent.target(), reaches.put_nowait, LOOK_S, 0)
        assert not (await reaches.get()).answered
        agent.script = by_the_book
        agent.transport.sendto(agent.encode(slow.answers[0]), agent.caller)
        assert len(await walk) == 120


async def test_a_late_refusal_lets_those_behind_it_go(engine: SnmpEngine) -> None:
    slow = Slow()
    async with ScriptedAgent({**SYSTEM, **table(40)}, V2C, script=slow) as agent:
        reaches: asyncio.Queue[Reach] = asyncio.Queue()
        patient = agent.target(timeout_s=WALK_S, retries=1)
        name = asyncio.create_task(engine.get(patient, ["1.3.6.1.2.1.1.5.0"]))
        walk = asyncio.create_task(engine.walk(patient, ENTRY))
        await walking(agent, 1)
        engine.probe(agent.target(), reaches.put_nowait, LOOK_S, 0)
        assert not (await reaches.get()).answered
        agent.script = by_the_book
        refusal = replace(slow.answers[0], error_status=5)  # genErr
        agent.transport.sendto(agent.encode(refusal), agent.caller)
        with pytest.raises(SnmpDeviceError):
            await name
        assert len(await walk) == 120
