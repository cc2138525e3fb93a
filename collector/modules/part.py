"""Parts of an index as text, in snmp_exporter's types (RFC 2578 §7.7 with its liberties).

An agent may leave out zeros at the end of an index, so that whatever is missing counts as zeros.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from collector.snmp.ber import MAX_SUBIDS, Oid

NOT_UNICODE = re.compile("[\udc80-\udcff]+")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Types led by a number that says what really follows (RFC 4001, LLDP-MIB).
COMBINED: dict[str, dict[int, str]] = {
    "InetAddress": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "InetAddressMissingSize": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "LldpPortId": {
        1: "DisplayString",
        2: "DisplayString",
        3: "PhysAddress48",
        5: "DisplayString",
        7: "DisplayString",
    },
}


class Part(NamedTuple):
    """`used` are the sub-identifiers that it was made of, `rest` those behind it."""

    text: str
    used: Oid
    rest: Oid


Reader: TypeAlias = Callable[[Oid], Part]


def split(subids: Oid, count: int) -> tuple[Oid, Oid]:
    """The first `count` sub-identifiers, filled up with zeros, and those behind them. No index
    has more than MAX_SUBIDS, whatever an agent says of its length."""
    head = subids[:count]
    missing = min(count, MAX_SUBIDS) - len(head)
    return head + (0,) * missing, subids[count:]


def octets_of(subids: Oid) -> bytes:
    return bytes(subid & 0xFF for subid in subids)


def unicode(octets: bytes) -> str:
    """Text of UTF-8; octets in a row that are none become one replacement character."""
    text = octets.decode("utf-8", "surrogateescape")
    return text if octets.isascii() else NOT_UNICODE.sub(REPLACEMENT, text)


def hexadecimal(octets: bytes) -> str:
    return f"0x{octets.hex().upper()}" if octets else ""


def physical(octets: Oid) -> str:
    return ":".join(f"{octet:02X}" for octet in octets)


def ipv4(octets: Oid) -> str:
    return ".".join(map(str, octets))


def ipv6(octets: Oid) -> str:
    text = "".join(f"{octet:02X}" for octet in octets)
    return ":".join(text[at : at + 4] for at in range(0, 32, 4))


# How long it is, and what it looks like.
FIXED: dict[str, tuple[int, Callable[[Oid], str]]] = {
    "PhysAddress48": (6, physical),
    "InetAddressIPv4": (4, ipv4),
    "IpAddr": (4, ipv4),
    "InetAddressIPv6": (16, ipv6),
}
NUMBERS = frozenset(("gauge", "counter", "EnumAsInfo", "EnumAsStateSet", "Float", "Double"))


def reader(
    type_: str, fixed_size: int = 0, *, implied: bool = False, enum: Mapping[int, str] | None = None
) -> Reader:
    """What reads one part of an index of this type."""
    if type_ in COMBINED:
        return _combined(type_)
    if type_ in FIXED:
        size, looks = FIXED[type_]
        return lambda subids: _fixed(subids, size, looks)
    if type_ in NUMBERS:
        names = (enum or {}) if type_ == "EnumAsInfo" else {}
        return lambda subids: _number(subids, names)
    looks_of_octets = unicode if type_ == "DisplayString" else hexadecimal
    return lambda subids: _octets(subids, fixed_size, implied, looks_of_octets)


def _number(subids: Oid, names: Mapping[int, str]) -> Part:
    used, rest = split(subids, 1)
    return Part(names.get(used[0]) or str(used[0]), used, rest)


def _fixed(subids: Oid, size: int, looks: Callable[[Oid], str]) -> Part:
    used, rest = split(subids, size)
    return Part(looks(used), used, rest)


def _octets(subids: Oid, fixed_size: int, implied: bool, looks: Callable[[bytes], str]) -> Part:
    led: Oid = ()
    size = len(subids) if implied else fixed_size
    if not size:
        led, subids = split(subids, 1)
        size = led[0]
    used, rest = split(subids, size)
    return Part(looks(octets_of(used)), led + used, rest)


def _combined(type_: str) -> Reader:
    readers = {number: reader(real) for number, real in COMBINED[type_].items()}
    sized = type_ != "InetAddressMissingSize"

    def read(subids: Oid) -> Part:
        led, behind = split(subids, 2 if sized else 1)
        real = readers.get(led[0])
        if real is not None:
            part = real(behind)
            return part._replace(used=led + part.used)
        size = led[1] + 2 if sized else len(subids)
        return _octets(subids, size, False, hexadecimal)

    return read
