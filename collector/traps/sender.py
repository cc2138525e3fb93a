"""Who an SNMPv3 message says it is from (RFC 3412 §6, RFC 3414 §2.4), and whether it is fresh."""

from __future__ import annotations

from typing import NamedTuple

from collector.snmp import ber

_SEQUENCE, _OCTETS = 0x30, 0x04
_WINDOW_S = 150


class Sender(NamedTuple):
    """What a message claims; `boots` and `time_s` are of the sender's own engine."""

    engine_id: bytes
    boots: int
    time_s: int
    user: bytes


def version(packet: bytes) -> int:
    """The version of an SNMP message: 0, 1 or 3. Raises MalformedError."""
    start, stop = ber.expect(packet, 0, len(packet), _SEQUENCE)
    return ber.read_integer(packet, start, stop)[0]


def sender(packet: bytes) -> Sender:
    """The claims of an SNMPv3 message. Raises MalformedError."""
    at, end = ber.expect(packet, 0, len(packet), _SEQUENCE)
    _, at = ber.read_integer(packet, at, end)
    _, at = ber.expect(packet, at, end, _SEQUENCE)
    start, stop = ber.expect(packet, at, end, _OCTETS)
    at, end = ber.expect(packet, start, stop, _SEQUENCE)
    start, stop = ber.expect(packet, at, end, _OCTETS)
    engine_id = packet[start:stop]
    boots, at = ber.read_integer(packet, stop, end)
    time_s, at = ber.read_integer(packet, at, end)
    start, stop = ber.expect(packet, at, end, _OCTETS)
    return Sender(engine_id, boots, time_s, packet[start:stop])


class Timeline:
    """The latest boots and time that were believed of a sender, at `heard_at` of our clock."""

    def __init__(self, said: Sender, heard_at: float) -> None:
        self._latest = said.boots, said.time_s
        self._heard_at = heard_at

    def is_stale(self, said: Sender, now: float) -> bool:
        """Whether a message is outside the time window, as one recorded and sent again is
        (RFC 3414 §3.2.7b). What is newer than all before never is, however slow a clock it is by.
        """
        if (said.boots, said.time_s) > self._latest:
            return False
        boots, time_s = self._latest
        return said.boots < boots or said.time_s < time_s + now - self._heard_at - _WINDOW_S

    def hear(self, said: Sender, now: float) -> None:
        """Learns from an authenticated message, never backwards."""
        if (said.boots, said.time_s) > self._latest:
            self._latest, self._heard_at = (said.boots, said.time_s), now
