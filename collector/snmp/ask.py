"""One request, independent of who is asked and in which version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from collector.snmp import message


@dataclass(frozen=True, eq=False)
class Ask:
    """`oids` as content octets. Of a GETBULK the first `non_repeaters` are asked once, the
    others `repetitions` times."""

    tag: int
    oids: tuple[bytes, ...]
    non_repeaters: int = 0
    repetitions: int = 1

    @property
    def expected(self) -> int:
        """How many variable bindings a full answer has."""
        if self.tag != message.GET_BULK:
            return len(self.oids)
        return self.non_repeaters + (len(self.oids) - self.non_repeaters) * self.repetitions

    @cached_property
    def pdu(self) -> tuple[bytes, bytes]:
        """The encoded PDU before and after its request-id."""
        if self.tag != message.GET_BULK:
            return message.encode_pdu(self.tag, self.oids)
        return message.encode_pdu(self.tag, self.oids, self.non_repeaters, self.repetitions)
