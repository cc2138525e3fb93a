"""BER as SNMP uses it (RFC 3417 §8, X.690): definite lengths, one-octet tags, few types.

Reading is strict about structure (truncation, indefinite lengths, broken OIDs) and lenient about
what real agents get wrong without harm: long-form lengths where short ones would do, unsigned
numbers without their leading zero octet, empty integers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address
from typing import TypeAlias

from collector.errors import MalformedError

Oid: TypeAlias = tuple[int, ...]
Value: TypeAlias = int | float | bytes | str | None

INTEGER, OCTET_STRING, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS = 0x40, 0x41, 0x42, 0x43
OPAQUE, NSAP_ADDRESS, COUNTER64, UINTEGER32 = 0x44, 0x45, 0x46, 0x47
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
OPAQUE_FLOAT, OPAQUE_DOUBLE = b"\x9f\x78\x04", b"\x9f\x79\x08"  # net-snmp's, inside an Opaque

UNSIGNED = frozenset((COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UINTEGER32))
ABSENT = frozenset((NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW))

TYPE_NAMES = {
    INTEGER: "Integer32",
    OCTET_STRING: "OctetString",
    NULL: "Null",
    OBJECT_ID: "ObjectIdentifier",
    IP_ADDRESS: "IpAddress",
    COUNTER32: "Counter32",
    GAUGE32: "Gauge32",
    TIME_TICKS: "TimeTicks",
    OPAQUE: "Opaque",
    NSAP_ADDRESS: "NsapAddress",
    COUNTER64: "Counter64",
    UINTEGER32: "UInteger32",
    NO_SUCH_OBJECT: "noSuchObject",
    NO_SUCH_INSTANCE: "noSuchInstance",
    END_OF_MIB_VIEW: "endOfMibView",
}

OCTETS = tuple(bytes((octet,)) for octet in range(256))
MAX_SUBIDS = 128  # RFC 2578 §3.5
MAX_SUBID = 2**32 - 1


def long_length(data: bytes, at: int, first: int) -> tuple[int, int]:
    """(length, position after it) where `first` is a length octet over 0x7F just before `at`."""
    count = first & 0x7F
    if not 0 < count <= 4:
        raise MalformedError("indefinite length" if first == 0x80 else f"length of {count} octets")
    if at + count > len(data):
        raise MalformedError("truncated length")
    return int.from_bytes(data[at : at + count], "big"), at + count


def read_header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """(tag, start, stop) of the TLV at `at`, which must lie wholly before `end`."""
    if at + 2 > end:
        raise MalformedError("truncated")
    tag, length = data[at], data[at + 1]
    at += 2
    if length > 0x7F:
        length, at = long_length(data, at, length)
    if at + length > end:
        raise MalformedError("length runs past the end")
    return tag, at, at + length


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """(start, stop) of the content of the TLV at `at`, which must have this tag."""
    found, start, stop = read_header(data, at, end)
    if found != tag:
        raise MalformedError(f"tag 0x{found:02x} where 0x{tag:02x} belongs")
    return start, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """(value, position after it) of the INTEGER at `at`."""
    start, stop = expect(data, at, end, INTEGER)
    return decode_integer(data[start:stop]), stop


def decode_integer(content: bytes) -> int:
    if len(content) > 8:
        raise MalformedError(f"INTEGER of {len(content)} octets")
    return int.from_bytes(content, "big", signed=True)


def decode_unsigned(content: bytes) -> int:
    if len(content) > 8 and (len(content) > 9 or content[0]):
        raise MalformedError(f"unsigned number of {len(content)} octets")
    return int.from_bytes(content, "big")


def decode_oid(content: bytes) -> Oid:
    """The sub-identifiers of an OID's content octets."""
    if not content:
        raise MalformedError("empty OID")
    subids = decode_subids(content)
    if len(subids) >= MAX_SUBIDS:
        raise MalformedError("OID of more than 128 sub-identifiers")
    first = subids[0]
    if first >= 80:
        return (2, first - 80, *subids[1:])
    return (*divmod(first, 40), *subids[1:])


def decode_subids(content: bytes) -> Oid:
    """Sub-identifiers in base 128 (X.690 §8.19.2), without the pairing of the first two."""
    if content.isascii():  # every sub-identifier below 128, as in most OIDs
        return tuple(content)
    subids = []
    value = 0
    fresh = True
    for octet in content:
        if fresh and octet == 0x80:
            raise MalformedError("sub-identifier with a leading zero")
        value = value << 7 | octet & 0x7F
        if value > MAX_SUBID + 80:  # the first one carries 80 more
            raise MalformedError("sub-identifier over 32 bits")
        fresh = octet < 0x80
        if fresh:
            subids.append(value)
            value = 0
    if not fresh:
        raise MalformedError("truncated sub-identifier")
    if max(subids[1:], default=0) > MAX_SUBID:
        raise MalformedError("sub-identifier over 32 bits")
    return tuple(subids)


def encode_subids(subids: Iterable[int]) -> bytes:
    out = bytearray()
    for subid in subids:
        if subid < 0x80:
            out.append(subid)
            continue
        for shift in range((subid.bit_length() - 1) // 7 * 7, 0, -7):
            out.append(0x80 | subid >> shift & 0x7F)
        out.append(subid & 0x7F)
    return bytes(out)


@lru_cache(maxsize=4096)
def encode_oid(oid: Oid) -> bytes:
    """Content octets of an OID of two or more sub-identifiers; ValueError if it is none."""
    if not 2 <= len(oid) <= MAX_SUBIDS or oid[0] > 2 or (oid[0] < 2 and oid[1] > 39):
        raise ValueError(f"not an OID: {format_oid(oid)}")
    if min(oid) < 0 or max(oid) > MAX_SUBID:
        raise ValueError(f"a sub-identifier of {format_oid(oid)} is not a 32-bit number")
    return encode_subids((oid[0] * 40 + oid[1], *oid[2:]))


@lru_cache(maxsize=4096)
def parse_oid(text: str) -> Oid:
    """An OID from dotted decimals, with or without a leading dot; ValueError if it is none."""
    try:
        oid = tuple(int(part) for part in text.strip().removeprefix(".").split("."))
    except ValueError:
        raise ValueError(f"not an OID in dotted decimals: {text!r}") from None
    encode_oid(oid)
    return oid


def subtree(text: str) -> bytes:
    """Content octets of a walk's root; the empty ones for a walk of everything (`1` or `.`)."""
    return b"" if text.strip(". ") in ("", "1") else encode_oid(parse_oid(text))


def is_instance_zero(oid: bytes) -> bool:
    """Whether the last sub-identifier is 0, as a scalar's instance is."""
    return oid[-1] == 0 and len(oid) > 1 and oid[-2] < 0x80


def parent(oid: bytes) -> bytes:
    """An OID's octets without its last sub-identifier."""
    end = len(oid) - 1
    while end > 0 and oid[end - 1] > 0x7F:
        end -= 1
    return oid[:end]


def format_oid(oid: Iterable[int]) -> str:
    return ".".join(map(str, oid))


def decode_value(tag: int, content: bytes) -> Value:
    """The value of a variable binding: numbers as int or float, strings as bytes, OIDs and
    addresses as text, and None for the exceptions of RFC 3416 §3."""
    if tag in UNSIGNED:
        return decode_unsigned(content)
    if tag == INTEGER:
        return decode_integer(content)
    if tag in (OCTET_STRING, NSAP_ADDRESS):
        return content
    if tag == OBJECT_ID:
        return format_oid(decode_oid(content)) if content else "0.0"
    if tag == IP_ADDRESS:  # agents have been seen to answer with empty ones
        return str(IPv4Address(content)) if len(content) == 4 else content
    if tag in ABSENT:
        return None
    if tag == OPAQUE:
        return decode_opaque(content)
    raise MalformedError(f"no SNMP type has tag 0x{tag:02x}")


def decode_opaque(content: bytes) -> float | bytes:
    """The float or double that net-snmp wraps in an Opaque, else its octets."""
    if content[:3] == OPAQUE_FLOAT and len(content) == 7:
        return float(struct.unpack(">f", content[3:])[0])
    if content[:3] == OPAQUE_DOUBLE and len(content) == 11:
        return float(struct.unpack(">d", content[3:])[0])
    return content


def encode_length(length: int) -> bytes:
    if length < 0x80:
        return OCTETS[length]
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return OCTETS[0x80 | len(octets)] + octets


def encode(tag: int, content: bytes) -> bytes:
    """A whole TLV."""
    return OCTETS[tag] + encode_length(len(content)) + content


def encode_integer(value: int, tag: int = INTEGER) -> bytes:
    """A TLV in the fewest octets of two's complement; also right for unsigned types."""
    return encode(
        tag, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True)
    )
