"""SNMPv1 and v2c towards one target: a community in plain text (RFC 1157, RFC 1901)."""

from __future__ import annotations

from collections.abc import Container

from collector.errors import RefusedError
from collector.refusal import Refusal
from collector.snmp import ber, message
from collector.snmp.message import Pdu
from collector.snmp.room import Room
from collector.snmp.session import Halves
from collector.snmp.target import Target
from configs.credentials import Version


class CommunitySession:
    """A `Session`; the packet itself is the payload, its community is checked in `read`."""

    __slots__ = ("_community", "_version", "bulk", "room", "target")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.room = Room()
        self.bulk = target.credential.version is Version.V2C
        self._version = int(self.bulk)
        self._community = target.credential.community.encode()

    def prepare(self, pdu: Halves) -> Halves:
        head = ber.encode_integer(self._version) + ber.encode(ber.OCTET_STRING, self._community)
        length = len(head) + len(pdu[0]) + 4 + len(pdu[1])
        return bytes((ber.SEQUENCE,)) + ber.encode_length(length) + head + pdu[0], pdu[1]

    def seal(self, prepared: Halves, request_id: bytes, now: float) -> bytes:
        return prepared[0] + request_id + prepared[1]

    def lost(self) -> None:
        """Nothing was supposed."""

    def suspicion(self) -> str | None:
        return None  # a wrong community is silence, like a dead node

    def open(self, packet: bytes, ids: Container[bytes], now: float) -> bytes:
        return packet

    def read(self, payload: bytes) -> Pdu:
        version, community, start, stop = message.read_community(payload)
        if version != self._version:
            raise RefusedError(Refusal.VERSION, "answered in another SNMP version")
        if community != self._community:
            raise RefusedError(Refusal.COMMUNITY, "answered with another community")
        return message.read_pdu(payload, start, stop)
