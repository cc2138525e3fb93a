"""Contexts that an engine answers for in the name of another (RFC 3411 §3.3.1, proxies), and those
that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.errors import SnmpAuthenticationError, SnmpError
from collector.failure import Failure
from collector.memory import Memory
from collector.sample import PollFailed
from collector.snmp import ber, message, secured
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from tests.snmp.conftest import Snmpd
from tests.snmp.scripted import SYSTEM, Answer, ScriptedAgent, module
from tests.snmp.test_snmpd import poll, probe
from tests.snmp.test_snmpd_v3 import user

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


UNKNOWN_CONTEXTS = ber.encode_oid((1, 3, 6, 1, 6, 3, 12, 1, 5, 0))  # snmpUnknownContexts
ABROAD = replace(CREDENTIAL, context="vrf-1", context_engine=b"")
DETAIL = "the agent knows no context 'vrf-1'; check the credential's context"


class Narrow(ScriptedAgent):
    """Knows no context, and says so as RFC 3412 §7.1 has it: in a report as secure as the request.
    `flags`: how secure it is instead."""

    flags: int | None = None

    def answer_to(self, packet: bytes) -> Answer:
        heard = secured.read_secured(packet)
        answer = super().answer_to(packet)
        if answer.pdu_tag == message.RESPONSE:
            flags = heard.flags & ~secured.REPORTABLE if self.flags is None else self.flags
            report = self.report(answer.request_id, 1)
            report.binds = [(UNKNOWN_CONTEXTS, ber.COUNTER32, b"\x01")]
            return self.secured(heard, report, flags)
        return answer


async def test_a_context_that_the_agent_does_not_know_is_named(engine: SnmpEngine) -> None:
    async with Narrow(SYSTEM, ABROAD) as agent:
        with pytest.raises(SnmpAuthenticationError) as caught:
            await engine.get(agent.target(), [SYS_NAME])
        assert str(caught.value) == f"agent: get {SYS_NAME}: {DETAIL}"
        polled = await poll(engine, agent.target(), Plan.of(module()))
        assert isinstance(polled, PollFailed)
        assert (polled.failure, polled.detail) == (Failure.AUTHENTICATION, DETAIL)


async def test_a_node_that_refuses_the_context_is_there_and_its_refusal_is_told_once(
    engine: SnmpEngine, caplog: pytest.LogCaptureFixture
) -> None:
    memory = Memory(1.0)
    async with Narrow(SYSTEM, ABROAD) as agent:
        for _ in range(3):  # a look between two polls must not make the refusal forgotten
            reach = await probe(engine, agent.target())
            assert reach.answered
            memory.note(reach)
            memory.note(await poll(engine, agent.target(), Plan.of(module())))
            memory.note(await probe(engine, agent.target()))
    assert memory.refusing == {("agent", "snmp")}
    assert [record.getMessage() for record in caplog.records] == [
        f"credential refused: node=agent over=snmp detail={DETAIL}"
    ]
    assert memory.failures == {Failure.AUTHENTICATION: 3}  # the looks were answered


async def test_an_unauthenticated_word_about_the_context_is_believed_by_nobody(
    engine: SnmpEngine,
) -> None:
    """Else whoever can send a datagram would have a dead node taken for one that refuses us."""
    async with Narrow(SYSTEM, ABROAD) as agent:
        agent.flags = 0
        target = agent.target(timeout_s=0.1, retries=1)
        with pytest.raises(SnmpError) as caught:
            await engine.get(target, [SYS_NAME])
        assert caught.value.failure is not Failure.AUTHENTICATION
        assert engine.stats.retries == 1  # the true answer may have been lost
        assert not (await probe(engine, target)).refused


async def test_a_forged_word_about_the_context_does_not_end_a_request(engine: SnmpEngine) -> None:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if answer.pdu_tag == message.RESPONSE:
            binds = [(UNKNOWN_CONTEXTS, ber.COUNTER32, b"\x01")]
            yield agent.encode(replace(answer, pdu_tag=message.REPORT, flags=0, binds=binds))
        yield agent.encode(answer)

    async with ScriptedAgent(SYSTEM, replace(ABROAD, context=""), script=script) as agent:
        (name,) = await engine.get(agent.target(), [SYS_NAME])
    assert name.value == b"agent"


@pytest.mark.parametrize(
    ("credential", "what"),
    [
        (user(AuthProtocol.SHA, PrivProtocol.AES, context="vrf-1"), "priv_passphrase and context"),
        (user(AuthProtocol.SHA, context="vrf-1"), "context"),
        (user(None, name="open", context="vrf-1"), "context"),
    ],
)
async def test_snmpd_is_silent_to_a_context_that_it_does_not_know_and_what_to_check_is_named(
    engine: SnmpEngine, snmpd: Snmpd, credential: SnmpCredential, what: str
) -> None:
    target = replace(snmpd.target(credential), timeout_s=0.1)
    with pytest.raises(SnmpAuthenticationError) as caught:
        await engine.get(target, [SYS_NAME])
    name = credential.username
    assert caught.value.detail == (
        f"tells its engine id, but gives user {name!r} no answer; check {what} 'vrf-1'"
    )
