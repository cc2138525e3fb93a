"""SNMP messages as an agent sees them: v2c (RFC 1901) and v3 (RFC 3412, RFC 3414)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from lab import ber, usm
from lab.agent import ROOM, Agent
from lab.errors import BerError
from lab.nation import V3

OVERHEAD = 256  # what a message needs around its variable bindings, at most


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the fleet's agents share with whoever may ask them."""

    community: str = field(repr=False)
    username: str
    auth_passphrase: str = field(repr=False)
    priv_passphrase: str = field(repr=False)
    ssh_username: str
    ssh_password: str = field(repr=False)
    enable_password: str = field(repr=False)
    host_key_seed: str = field(repr=False)


class Session(Protocol):
    """An agent behind its message layer."""

    agent: Agent

    def answer(self, data: bytes, t: float) -> bytes | None:
        """The reply message at the moment t, None where none is due. Raises BerError."""

    def notification(self, pdu: bytes, message_id: int, t: float) -> bytes:
        """The message around a trap's PDU at the moment t."""


def session(agent: Agent, secrets: Secrets, credential: str) -> Session:
    """The agent as it is set up: it answers to one version only."""
    return SessionV3(agent, secrets) if credential == V3 else SessionV2c(agent, secrets)


class SessionV2c:
    def __init__(self, agent: Agent, secrets: Secrets) -> None:
        self.agent = agent
        self._head = ber.integer(1) + ber.octets(secrets.community)

    def answer(self, data: bytes, t: float) -> bytes | None:
        start, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
        at = start + len(self._head)
        if data[start:at] != self._head:
            return None
        pdu = self.agent.pdu(data, at, end, t)
        return pdu and ber.sequence(self._head, pdu)

    def notification(self, pdu: bytes, message_id: int, t: float) -> bytes:
        del message_id, t  # version 3 has use for them
        return ber.sequence(self._head, pdu)


class SessionV3:
    def __init__(self, agent: Agent, secrets: Secrets) -> None:
        self.agent = agent
        self._engine = usm.Engine(
            agent.engine_id,
            secrets.username,
            secrets.auth_passphrase,
            secrets.priv_passphrase,
        )
        self._scope = ber.octets(self._engine.id) + ber.octets(b"")
        self._stats: Counter[int] = Counter()

    def answer(self, data: bytes, t: float) -> bytes | None:
        start, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
        version, at = ber.read_integer(data, start, end)
        if version != 3:
            return None
        message = usm.parse(data, at, end)
        self._tick(t)
        problem = self._problem(message, data)
        if problem:
            return self._report(message, problem) if message.flags & usm.REPORTABLE else None
        scoped = self._engine.opened(message)
        try:
            start, end = ber.expect(ber.SEQUENCE, scoped, 0, len(scoped))
        except BerError:
            return self._report(message, usm.DECRYPTION_ERROR)
        if scoped[start : start + len(self._scope)] != self._scope:
            return None  # a context that we do not have
        room = min(ROOM, message.max_size - OVERHEAD)
        pdu = self.agent.pdu(scoped, start + len(self._scope), end, t, room)
        return pdu and self._engine.sealed(
            message.message_id,
            usm.AUTH | usm.PRIV,
            self._engine.user,
            ber.sequence(self._scope, pdu),
        )

    def notification(self, pdu: bytes, message_id: int, t: float) -> bytes:
        self._tick(t)
        scoped = ber.sequence(self._scope, pdu)
        return self._engine.sealed(message_id, usm.AUTH | usm.PRIV, self._engine.user, scoped)

    def _tick(self, t: float) -> None:
        device = self.agent.device
        self._engine.boots = device.boots
        self._engine.time = int(t - device.booted)

    def _problem(self, message: usm.Incoming, data: bytes) -> int:
        """Why a message is not believed, as the usmStats counter, 0 when it is (RFC 3414 §3.2)."""
        if message.engine != self._engine.id:
            return usm.UNKNOWN_ENGINE
        if message.user != self._engine.user:
            return usm.UNKNOWN_USER
        if message.flags & (usm.AUTH | usm.PRIV) != usm.AUTH | usm.PRIV:
            return usm.UNSUPPORTED_LEVEL
        if not self._engine.genuine(message, data):
            return usm.WRONG_DIGEST
        return 0 if self._engine.in_window(message) else usm.NOT_IN_WINDOW

    def _report(self, message: usm.Incoming, problem: int) -> bytes:
        """A Report; only one about the time window can be authenticated."""
        self._stats[problem] += 1
        binding = ber.sequence(
            ber.oid((*usm.STATS, problem, 0)), ber.integer(self._stats[problem], ber.COUNTER32)
        )
        pdu = ber.tlv(
            ber.REPORT,
            b"".join((_request_id(message), ber.integer(0), ber.integer(0), ber.sequence(binding))),
        )
        flags = usm.AUTH if problem == usm.NOT_IN_WINDOW else 0
        scoped = ber.sequence(self._scope, pdu)
        return self._engine.sealed(message.message_id, flags, message.user, scoped)


def _request_id(message: usm.Incoming) -> bytes:
    """The request-id to report about, 0 where it is encrypted (RFC 3412 §7.1 3c)."""
    if message.flags & usm.PRIV:
        return ber.integer(0)
    data = message.body
    at, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
    _, at = ber.read_octets(data, at, end)
    _, at = ber.read_octets(data, at, end)
    _, at, end = ber.peek(data, at, end)
    request_id, _ = ber.read_integer(data, at, end)
    return ber.integer(request_id)
