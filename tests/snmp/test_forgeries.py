"""Forged answers arrive before the true one: each is refused and counted, the true one is read."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import pytest

from collector.errors import SnmpAuthenticationError, SnmpGarbageError
from collector.refusal import Refusal
from collector.snmp import ber, message, secured
from collector.snmp.engine import SnmpEngine
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from tests.snmp.conftest import community
from tests.snmp.scripted import SYSTEM, Answer, Script, ScriptedAgent, table

Forger: TypeAlias = Callable[[ScriptedAgent, Answer], bytes]
SYS_NAME = "1.3.6.1.2.1.1.5.0"
V2C = community()
V3 = SnmpCredential(
    "v3",
    Version.V3,
    username="noc",
    auth_protocol=AuthProtocol.SHA,
    auth_passphrase="authentic words",
    priv_protocol=PrivProtocol.AES,
    priv_passphrase="private words",
)


def changed(**changes: object) -> Forger:
    """A forgery that differs from the true answer in these fields, and lies about the values."""

    def forge(agent: ScriptedAgent, answer: Answer) -> bytes:
        lies = [(oid, ber.OCTET_STRING, b"forged") for oid, _, _ in answer.binds]
        return agent.encode(replace(replace(answer, binds=lies), **changes))  # type: ignore[arg-type]

    return forge


def other_object(agent: ScriptedAgent, answer: Answer) -> bytes:
    oid = ber.encode_oid(ber.parse_oid("1.3.6.1.2.1.1.6.0"))
    return agent.encode(replace(answer, binds=[(oid, ber.OCTET_STRING, b"forged")]))


def one_object_more(agent: ScriptedAgent, answer: Answer) -> bytes:
    return agent.encode(replace(answer, binds=[*answer.binds, *answer.binds]))


def cut(agent: ScriptedAgent, answer: Answer) -> bytes:
    return agent.encode(answer)[:-1]


def flipped_mac(code: bytes) -> bytes:
    return bytes((code[0] ^ 1,)) + code[1:]


def in_plain_text(agent: ScriptedAgent, answer: Answer) -> bytes:
    return agent.encode(replace(answer, flags=secured.AUTH))


def unauthenticated(agent: ScriptedAgent, answer: Answer) -> bytes:
    return agent.encode(replace(answer, flags=0))


def with_short_mac(agent: ScriptedAgent, answer: Answer) -> bytes:
    before, after = secured.write_secured(
        answer.message_id,
        answer.flags,
        (answer.engine_id, answer.boots, answer.time, answer.user),
        0,
        b"saltsalt",
        ber.encode(4, b"anything at all"),
    )
    return before + after


def undecryptable(agent: ScriptedAgent, answer: Answer) -> bytes:
    other = ScriptedAgent({}, replace(agent.credential, priv_passphrase="others' words"))
    return other.encode(answer)


V2C_FORGERIES: dict[str, tuple[Refusal, Forger]] = {
    "another request-id": (Refusal.REQUEST_ID, changed(request_id=b"\x41\x42\x43\x44")),
    "another community": (Refusal.COMMUNITY, changed(community=b"publix")),
    "another version": (Refusal.VERSION, changed(version=0)),
    "another PDU": (Refusal.PDU_TYPE, changed(pdu_tag=message.GET)),
    "a report": (Refusal.PDU_TYPE, changed(pdu_tag=message.REPORT)),
    "another object": (Refusal.OIDS, other_object),
    "an object more": (Refusal.OIDS, one_object_more),
    "no object": (Refusal.OIDS, changed(binds=[])),
    "a cut packet": (Refusal.MALFORMED, cut),
    "noise": (Refusal.MALFORMED, lambda agent, answer: b"\x30\x80\x00\x00"),
    "hardly anything": (Refusal.MALFORMED, lambda agent, answer: b"\x30"),
}
V3_FORGERIES: dict[str, tuple[Refusal, Forger]] = {
    "another message id": (Refusal.REQUEST_ID, changed(message_id=b"\x41\x42\x43\x44")),
    "another request-id": (Refusal.REQUEST_ID, changed(request_id=b"\x41\x42\x43\x44")),
    "a flipped MAC": (Refusal.MAC_WRONG, changed(mac=flipped_mac)),
    "a missing MAC": (Refusal.MAC_MISSING, with_short_mac),
    "no authentication": (Refusal.MAC_MISSING, unauthenticated),
    "plain text": (Refusal.SECURITY_LEVEL, in_plain_text),
    "another engine": (Refusal.ENGINE, changed(engine_id=b"\x80\x00\x00\x00\x04evil")),
    "another user": (Refusal.USER, changed(user=b"root")),
    "another context": (Refusal.CONTEXT, changed(context=b"vrf-1")),
    "another scope": (Refusal.CONTEXT, changed(scope_engine=b"\x80\x00\x00\x00\x04evil")),
    "an old boot": (Refusal.TIME_WINDOW, changed(boots=6)),
    "an old time": (Refusal.TIME_WINDOW, changed(time=1000 - 151)),
    "another cipher key": (Refusal.DECRYPTION, undecryptable),
    "version 2c": (Refusal.MALFORMED, changed(version=1)),
    "another PDU": (Refusal.PDU_TYPE, changed(pdu_tag=message.GET)),
    "another object": (Refusal.OIDS, other_object),
    "a cut packet": (Refusal.MALFORMED, cut),
}


def forged_first(forger: Forger) -> Script:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if answer.pdu_tag == message.RESPONSE:  # discovery is left in peace
            yield forger(agent, answer)
        yield agent.encode(answer)

    return script


def only_forged(forger: Forger) -> Script:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        forged = answer.pdu_tag == message.RESPONSE
        yield forger(agent, answer) if forged else agent.encode(answer)

    return script


def counted(engine: SnmpEngine) -> dict[Refusal, int]:
    return {reason: count for reason, count in engine.stats.refused.items() if count}


@pytest.mark.parametrize("kind", V2C_FORGERIES)
async def test_a_forged_v2c_answer_is_refused_and_the_true_one_read(
    engine: SnmpEngine, kind: str
) -> None:
    reason, forger = V2C_FORGERIES[kind]
    async with ScriptedAgent(SYSTEM, V2C, script=forged_first(forger)) as agent:
        (name,) = await engine.get(agent.target(), [SYS_NAME])
        assert name.value == b"agent"
        assert counted(engine) == {reason: 1}


@pytest.mark.parametrize("kind", V3_FORGERIES)
async def test_a_forged_v3_answer_is_refused_and_the_true_one_read(
    engine: SnmpEngine, kind: str
) -> None:
    reason, forger = V3_FORGERIES[kind]
    async with ScriptedAgent(SYSTEM, V3, script=forged_first(forger)) as agent:
        for round_ in (1, 2):  # also once the engine is known, by the quicker way
            (name,) = await engine.get(agent.target(), [SYS_NAME])
            assert name.value == b"agent"
            assert counted(engine) == {reason: round_}


@pytest.mark.parametrize("kind", ["a flipped MAC", "another cipher key"])
async def test_if_only_forgeries_come_a_v3_request_fails_of_authentication(
    engine: SnmpEngine, kind: str
) -> None:
    async with ScriptedAgent(SYSTEM, V3, script=only_forged(V3_FORGERIES[kind][1])) as agent:
        with pytest.raises(SnmpAuthenticationError, match="agent: get"):
            await engine.get(agent.target(timeout_s=0.1), [SYS_NAME])


@pytest.mark.parametrize("kind", sorted(set(V2C_FORGERIES) - {"another request-id"}))
async def test_if_only_forgeries_come_a_v2c_request_fails_of_garbage(
    engine: SnmpEngine, kind: str
) -> None:
    async with ScriptedAgent(SYSTEM, V2C, script=only_forged(V2C_FORGERIES[kind][1])) as agent:
        with pytest.raises(SnmpGarbageError):
            await engine.get(agent.target(timeout_s=0.1), [SYS_NAME])


@pytest.mark.parametrize("credential", [V2C, V3], ids=["v2c", "v3"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
async def test_an_answer_from_another_address_or_port_is_refused(
    engine: SnmpEngine, credential: SnmpCredential, address: str
) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as elsewhere:
        async with ScriptedAgent(SYSTEM, credential) as agent:
            port = 0 if address == "127.0.0.1" else agent.port
            elsewhere.bind((address, port))

            def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
                forged = replace(answer, binds=[(answer.binds[0][0], 4, b"forged")])
                elsewhere.sendto(agent.encode(forged), agent.caller)
                yield agent.encode(answer)

            agent.script = script
            (name,) = await engine.get(agent.target(), [SYS_NAME])
            assert name.value == b"agent"
            assert set(counted(engine)) == {Refusal.SOURCE}


async def test_a_repeated_answer_is_refused(engine: SnmpEngine) -> None:
    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        yield agent.encode(answer)
        yield agent.encode(answer)

    async with ScriptedAgent(SYSTEM, V2C, script=script) as agent:
        await engine.get(agent.target(), [SYS_NAME])
        await engine.get(agent.target(), [SYS_NAME])
        assert counted(engine).keys() == {Refusal.REQUEST_ID}


ROW = "1.3.6.1.2.1.2.2.1.2"


def backwards(agent: ScriptedAgent, answer: Answer) -> bytes:
    return agent.encode(replace(answer, binds=answer.binds[::-1]))


def standing_still(agent: ScriptedAgent, answer: Answer) -> bytes:
    return agent.encode(replace(answer, binds=answer.binds[:1] * 2))


def before_the_root(agent: ScriptedAgent, answer: Answer) -> bytes:
    oid = ber.encode_oid(ber.parse_oid("1.3.6.1.2.1.1.1.0"))
    return agent.encode(replace(answer, binds=[(oid, 4, b"forged")]))


def too_many(agent: ScriptedAgent, answer: Answer) -> bytes:
    asked = agent.requests[-1]
    return agent.encode(replace(answer, binds=answer.binds * (asked.error_index + 1)))


@pytest.mark.parametrize(
    ("forger", "reason"),
    [
        (backwards, Refusal.ORDER),
        (standing_still, Refusal.ORDER),
        (before_the_root, Refusal.ORDER),
        (too_many, Refusal.OIDS),
    ],
)
async def test_rows_that_were_not_asked_for_or_do_not_follow_are_refused(
    engine: SnmpEngine, forger: Forger, reason: Refusal
) -> None:
    async with ScriptedAgent(table(5), V2C, script=forged_first(forger)) as agent:
        found = await engine.walk(agent.target(), ROW)
        assert [varbind.value for varbind in found] == [2_000_000 + row for row in range(1, 6)]
        assert counted(engine).keys() == {reason}


async def test_a_forged_report_does_not_end_a_request(engine: SnmpEngine) -> None:
    """Anybody may send an unauthenticated usmStatsWrongDigests; only silence gives it weight."""

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if answer.pdu_tag == message.RESPONSE:
            for counter in (1, 2, 3, 5, 6):
                oid = ber.encode_oid((1, 3, 6, 1, 6, 3, 15, 1, 1, counter, 0))
                lie = replace(answer, pdu_tag=message.REPORT, flags=0)
                yield agent.encode(replace(lie, binds=[(oid, ber.COUNTER32, b"\1")]))
        yield agent.encode(answer)

    async with ScriptedAgent(SYSTEM, V3, script=script) as agent:
        (name,) = await engine.get(agent.target(), [SYS_NAME])
        assert name.value == b"agent"
        assert counted(engine) == {Refusal.REPORT: 5}


async def test_a_forged_engine_id_costs_a_request_but_is_never_trusted(engine: SnmpEngine) -> None:
    lies = 0

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        nonlocal lies
        if answer.pdu_tag == message.RESPONSE and not lies:
            lies += 1
            lie = agent.report(answer.request_id, 4)
            lie.version, lie.message_id, lie.engine_id = 3, answer.message_id, b"\x80\0\0\0\4evil"
            yield agent.encode(lie)
        yield agent.encode(answer)

    async with ScriptedAgent(SYSTEM, V3, script=script) as agent:
        (name,) = await engine.get(agent.target(), [SYS_NAME])
        assert name.value == b"agent"
        (again,) = await engine.get(agent.target(), [SYS_NAME])
        assert again.value == b"agent"


async def test_a_lost_answer_is_asked_for_again_and_its_late_one_accepted(
    engine: SnmpEngine,
) -> None:
    held: list[bytes] = []

    def script(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        held.append(agent.encode(answer))
        if len(held) == 2:
            yield held[0]  # the first request's answer, after the second was sent

    async with ScriptedAgent(SYSTEM, V2C, script=script) as agent:
        (name,) = await engine.get(agent.target(timeout_s=0.1, retries=1), [SYS_NAME])
        assert name.value == b"agent"
        assert engine.stats.retries == 1
        assert agent.requests[0].request_id != agent.requests[1].request_id
