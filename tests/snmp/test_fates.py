"""Whatever befalls their requests, all conversations end, and each of them once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from enum import Enum, auto

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from configs.credentials import SnmpCredential
from tests.snmp.scripted import SYSTEM, Answer, ScriptedAgent, by_the_book, module, table
from tests.snmp.test_forgeries import V3
from tests.snmp.test_snmpd import probe
from tests.snmp.test_walks import ENTRY, V2C

LOOK_S, POLL_S = 0.03, 0.06


class Fate(Enum):
    """What becomes of a request."""

    ANSWERED = auto()
    LOST = auto()
    LATE = auto()  # the next datagram comes first
    TWICE = auto()


class Deed(Enum):
    """What is asked of the engine."""

    LOOK = auto()
    POLL = auto()
    WALK = auto()
    GIVE_UP = auto()  # the walk that was begun last
    WAIT = auto()


class Fates:
    """A script that follows a list of fates, and answers by the book when it has ended."""

    def __init__(self, fates: list[Fate]) -> None:
        self._fates = iter(fates)
        self._late: list[bytes] = []

    def __call__(self, agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        fate = next(self._fates, Fate.ANSWERED)
        packet = agent.encode(answer)
        late, self._late = self._late, []
        if fate is Fate.LATE:
            self._late = [packet]
        elif fate is not Fate.LOST:
            yield packet
        yield from late
        if fate is Fate.TWICE:
            yield packet


async def lived_through(credential: SnmpCredential, fates: list[Fate], deeds: list[Deed]) -> None:
    ended: Counter[int] = Counter()
    walks: list[asyncio.Task[object]] = []
    objects = {**SYSTEM, **table(30)}
    async with SnmpEngine() as engine, ScriptedAgent(objects, credential) as agent:
        agent.script, agent.most = Fates(fates), 20
        quick = agent.target(timeout_s=POLL_S, retries=1)
        for number, deed in enumerate(deeds):
            if deed is Deed.LOOK:
                engine.probe(quick, lambda _, n=number: ended.update([n]), LOOK_S, 0)
            elif deed is Deed.POLL:
                engine.poll(quick, Plan.of(module()), lambda _, n=number: ended.update([n]))
            elif deed is Deed.WALK:
                walks.append(asyncio.create_task(engine.walk(quick, ENTRY)))
            elif deed is Deed.GIVE_UP and walks:
                walks[-1].cancel()
            else:
                await asyncio.sleep(LOOK_S)
        await asyncio.gather(*walks, return_exceptions=True)
        asked = {n for n, deed in enumerate(deeds) if deed in (Deed.LOOK, Deed.POLL)}
        while engine.stats.waiting:  # noqa: ASYNC110  (bounded by the test's own timeout)
            await asyncio.sleep(0.01)
        assert ended == Counter(asked)
        assert engine.stats.in_flight == 0
        agent.script = by_the_book
        assert (await probe(engine, agent.target())).answered
        assert len(await engine.walk(agent.target(), ENTRY)) == 90
        engine.forget("agent")
        assert not engine._transport._peers.known


@settings(max_examples=50, deadline=None)
@given(
    credential=st.sampled_from([V2C, V3]),
    fates=st.lists(st.sampled_from(Fate), max_size=24),
    deeds=st.lists(st.sampled_from(Deed), min_size=1, max_size=16),
)
def test_every_conversation_ends_once(
    credential: SnmpCredential, fates: list[Fate], deeds: list[Deed]
) -> None:
    asyncio.run(lived_through(credential, fates, deeds))
