"""SNMPv3 against net-snmp's agent, in every pair of protocols that it knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.errors import SnmpAuthenticationError
from collector.failure import Failure
from collector.sample import PollFailed, Readings
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from tests.snmp.conftest import AUTHS, PASSPHRASE, PRIV_PASSPHRASE, PRIVS, Snmpd
from tests.snmp.test_snmpd import MODULE, poll, probe

SYS_NAME = "1.3.6.1.2.1.1.5.0"


def user(
    auth: AuthProtocol | None,
    priv: PrivProtocol | None = None,
    *,
    passphrase: str = PASSPHRASE,
    priv_passphrase: str = PRIV_PASSPHRASE,
    name: str | None = None,
    context: str = "",
) -> SnmpCredential:
    return SnmpCredential(
        "v3",
        Version.V3,
        username=name or f"{auth}-{priv or ''}",
        auth_protocol=auth,
        auth_passphrase=passphrase if auth else "",
        priv_protocol=priv,
        priv_passphrase=priv_passphrase if priv else "",
        context=context,
    )


@pytest.mark.parametrize("priv", [None, *PRIVS])
@pytest.mark.parametrize("auth", AUTHS)
async def test_every_pair_of_protocols_reads_a_name(
    engine: SnmpEngine, snmpd: Snmpd, auth: AuthProtocol, priv: PrivProtocol | None
) -> None:
    (name,) = await engine.get(snmpd.target(user(auth, priv)), [SYS_NAME])
    assert name.value == b"snmpd-under-test"
    assert engine.stats.requests == 2  # one to discover the engine
    assert sum(engine.stats.refused.values()) == 0


async def test_without_authentication_a_name_is_read_too(engine: SnmpEngine, snmpd: Snmpd) -> None:
    (name,) = await engine.get(snmpd.target(user(None, name="open")), [SYS_NAME])
    assert name.value == b"snmpd-under-test"


async def test_discovery_is_no_loss(engine: SnmpEngine, snmpd: Snmpd) -> None:
    reach = await probe(engine, snmpd.target(user(AuthProtocol.SHA, PrivProtocol.AES)))
    assert (reach.answered, reach.loss_ratio) == (True, 0.0)
    assert engine.stats.requests == 2


async def test_settled_polls_over_v3_are_read_by_their_shape(
    engine: SnmpEngine, snmpd: Snmpd
) -> None:
    target, plan = snmpd.target(user(AuthProtocol.SHA, PrivProtocol.AES)), Plan.of(MODULE)
    for _ in range(4):
        assert isinstance(await poll(engine, target, plan), Readings)
    requests, fast = engine.stats.requests, engine.stats.fast_replies
    readings = await poll(engine, target, plan)
    assert isinstance(readings, Readings)
    assert (engine.stats.requests - requests, engine.stats.fast_replies - fast) == (1, 1)
    assert len(readings.numbers) == len(readings.layout.numbers)


@pytest.mark.parametrize(
    ("credential", "detail"),
    [
        (
            user(AuthProtocol.SHA, PrivProtocol.AES, passphrase="not the passphrase"),
            "wrong authentication passphrase or protocol for user 'SHA-AES'",
        ),
        (
            user(AuthProtocol.SHA, PrivProtocol.AES, priv_passphrase="not the passphrase"),
            "tells its engine id, but gives user 'SHA-AES' no answer; check priv_passphrase",
        ),
        (user(AuthProtocol.SHA, name="nobody"), "the agent knows no user 'nobody'"),
        (
            user(AuthProtocol.SHA, PrivProtocol.AES, name="SHA-"),
            "the agent does not allow user 'SHA-' this security level",
        ),
    ],
)
async def test_a_wrong_credential_is_named(
    engine: SnmpEngine, snmpd: Snmpd, credential: SnmpCredential, detail: str
) -> None:
    target = replace(snmpd.target(credential), timeout_s=0.2)
    with pytest.raises(SnmpAuthenticationError) as caught:
        await engine.get(target, [SYS_NAME])
    assert caught.value.detail == detail
    assert "not the passphrase" not in str(caught.value)
    assert engine.stats.retries == ("tells" in detail)  # silence may have been chance
    failed = await poll(engine, target, Plan.of(MODULE))
    assert isinstance(failed, PollFailed)
    assert (failed.failure, failed.detail) == (Failure.AUTHENTICATION, detail)
    reach = await probe(engine, target)
    assert not reach.answered
    assert reach.failure is Failure.AUTHENTICATION
    assert reach.refused is ("tells" not in detail)  # a silent agent refuses nothing


async def test_an_agent_that_forgot_its_clock_is_asked_again(
    engine: SnmpEngine, snmpd: Snmpd
) -> None:
    target = snmpd.target(user(AuthProtocol.SHA256, PrivProtocol.AES))
    await engine.get(target, [SYS_NAME])
    authority = engine._contacts[target].session._trusted  # type: ignore[attr-defined]
    for boots in (authority.boots - 1, authority.boots + 1):
        authority.set_clock(boots, 5_000_000, engine._clock())
        (name,) = await engine.get(target, [SYS_NAME])
        assert name.value == b"snmpd-under-test"
    assert engine.stats.reports["usmStatsNotInTimeWindows"] == 2
    assert engine.stats.retries == 0
