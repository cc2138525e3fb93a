"""Echoes: recognising the answer to a question for one number without parsing it.

A look comes back some hundred times a second per thousand nodes, the same octet for octet but for
the request-id and the number at its end: that is stricter to compare than to parse, and cheaper.
"""

from __future__ import annotations

from collector.snmp import ber
from collector.snmp.message import Pdu


class Echo:
    """Made from one reply, `pdu` at its place in `payload`. `id_at`: where the request-id of four
    octets stands."""

    __slots__ = ("_before", "_between", "_number_at", "_size", "id_at")

    def __init__(self, payload: bytes, pdu: Pdu) -> None:
        self.id_at = pdu.id_at
        self._size = len(payload)
        self._number_at = pdu.binds[0][2]
        self._before = payload[: self.id_at]
        self._between = payload[self.id_at + 4 : self._number_at]

    @staticmethod
    def fits(payload: bytes, pdu: Pdu) -> bool:
        """Whether it is the answer to such a question: a request-id of ours, no error, and one
        number at the very end."""
        if len(pdu.request_id) != 4 or pdu.error_status or len(pdu.binds) != 1:
            return False
        _, tag, _, stop = pdu.binds[0]
        return stop == len(payload) and (tag in ber.UNSIGNED or tag == ber.INTEGER)

    def matches(self, payload: bytes) -> bool:
        """Whether a reply has this shape; its request-id and its number are not looked at."""
        at = self.id_at
        return (
            len(payload) == self._size
            and payload[:at] == self._before
            and payload[at + 4 : self._number_at] == self._between
        )
