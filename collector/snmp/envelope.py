"""The head of a received SNMPv3 message, by which the next one is taken apart without parsing.

Between two answers of an engine, only the message id, time, MAC and salt differ. Nothing here
needs to be believed: what comes out is checked in the same way as what a parser finds.
"""

from __future__ import annotations

from collector.snmp.secured import Secured


class Envelope:
    """Made from a packet and its parts, with a message id of four octets."""

    __slots__ = ("_fixed", "_length", "_parts")

    def __init__(self, packet: bytes, parts: Secured) -> None:
        self._parts = parts
        self._length = len(packet)
        self._fixed = self._cut(packet)

    def open(self, packet: bytes) -> Secured | None:
        """The parts of a packet that differs in nothing else, None of any other."""
        p = self._parts
        if len(packet) != self._length or self._cut(packet) != self._fixed:
            return None
        if packet[p.time_at] > 0x7F:  # a negative time; the parser has words for it
            return None
        return p._replace(
            message_id=packet[p.id_at : p.id_at + 4],
            time=int.from_bytes(packet[p.time_at : p.time_end], "big"),
            mac=packet[p.mac_at : p.mac_at + len(p.mac)],
            salt=packet[p.salt_at : p.salt_at + len(p.salt)],
        )

    def _cut(self, packet: bytes) -> bytes:
        """What must be the same: all headers, and every part that does not vary."""
        p = self._parts
        return b"".join(
            (
                packet[: p.id_at],
                packet[p.id_at + 4 : p.time_at],
                packet[p.time_end : p.mac_at],
                packet[p.mac_at + len(p.mac) : p.salt_at],
                packet[p.salt_at + len(p.salt) : p.data_at],
            )
        )
