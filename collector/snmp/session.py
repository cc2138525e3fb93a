"""What is known of one target between its requests: the seam between versions and the engine."""

from __future__ import annotations

from collections.abc import Container
from typing import Protocol, TypeAlias

from collector.snmp.message import Pdu
from collector.snmp.room import Room
from collector.snmp.target import Target

Halves: TypeAlias = tuple[bytes, bytes]
"""Octets before and after a request-id of four octets."""


class Session(Protocol):
    """Wraps requests to one target and unwraps what claims to be its answers."""

    target: Target
    room: Room
    bulk: bool  # whether the version has GETBULK

    def prepare(self, pdu: Halves) -> Halves:
        """What `seal` takes: everything that can be done once per request."""

    def seal(self, prepared: Halves, request_id: bytes, now: float) -> bytes:
        """The packet to send."""

    def lost(self) -> None:
        """No answer came in time: what was only supposed is given up."""

    def suspicion(self) -> str | None:
        """What may be wrong with the credential if this request goes unanswered, None if nothing
        points to it."""

    def open(self, packet: bytes, ids: Container[bytes], now: float) -> bytes | None:
        """The payload of a packet that may be believed; None if the packet taught the session
        something and the request must be sent again. Raises RefusedError and MalformedError."""

    def read(self, payload: bytes) -> Pdu:
        """The PDU at its place in a payload. Raises RefusedError and MalformedError."""
