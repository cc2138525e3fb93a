"""Contexts that an engine answers for in the name of another (RFC 3411 §3.3.1, proxies)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.errors import SnmpError
from collector.snmp import secured
from collector.snmp.engine import SnmpEngine
from configs.credentials import AuthProtocol, SnmpCredential, Version
from tests.snmp.scripted import SYSTEM, Answer, ScriptedAgent

BEHIND = b"\x80\x00\x1f\x88\x04behind"
CREDENTIAL = SnmpCredential(
    "c",
    Version.V3,
    username="u",
    auth_protocol=AuthProtocol.SHA,
    auth_passphrase="authentication",
    context_engine=BEHIND,
)
SYS_NAME = "1.3.6.1.2.1.1.5.0"


async def test_a_context_of_another_engine_is_asked_for_and_answered(engine: SnmpEngine) -> None:
    asked: list[bytes] = []

    class Proxy(ScriptedAgent):
        def answer_to(self, packet: bytes) -> Answer:
            heard = secured.read_secured(packet)
            if heard.flags & secured.AUTH:
                payload = packet[heard.data_at : heard.data_end]
                asked.append(secured.read_scope(payload)[0])
            answer = super().answer_to(packet)
            answer.scope_engine = BEHIND
            return answer

    async with Proxy(SYSTEM, CREDENTIAL) as agent:
        (name,) = await engine.get(agent.target(), [SYS_NAME])
    assert name.value == b"agent"
    assert set(asked) == {BEHIND}


async def test_an_answer_out_of_the_engines_own_context_is_not_taken_for_it(
    engine: SnmpEngine,
) -> None:
    async with ScriptedAgent(SYSTEM, CREDENTIAL) as agent:
        with pytest.raises(SnmpError, match="another context"):
            await engine.get(replace(agent.target(), timeout_s=0.1), [SYS_NAME])
