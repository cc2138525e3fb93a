"""SNMP messages as an agent sees them: v2c (RFC 1901) and v3 (RFC 3412, RFC 3414)."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab import ber
from lab.agent import Agent
from lab.nation import V2C


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


class Session:
    """One agent behind its message layer; it answers only to the version it is set up for."""

    def __init__(self, agent: Agent, secrets: Secrets, credential: str) -> None:
        self.agent = agent
        self._v2c = credential == V2C
        self._head = ber.integer(1) + ber.octets(secrets.community)

    def answer(self, data: bytes, t: float) -> bytes | None:
        """The whole reply message, None where none is due. Raises BerError."""
        start, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
        if not self._v2c or data[start : start + len(self._head)] != self._head:
            return None
        pdu = self.agent.pdu(data, start + len(self._head), end, t)
        return pdu and ber.sequence(self._head, pdu)
