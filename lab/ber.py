"""BER as SNMP uses it (X.690, RFC 3417 §8): definite lengths, low tag numbers."""

from __future__ import annotations

from functools import lru_cache

from lab.errors import BerError

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB = b"\x80\x00", b"\x81\x00", b"\x82\x00"
GET, GET_NEXT, RESPONSE, SET, GET_BULK, TRAP2, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5, 0xA7, 0xA8


def header(tag: int, size: int) -> bytes:
    """Tag and shortest definite length of a value of `size` bytes."""
    if size < 0x80:
        return bytes((tag, size))
    if size < 0x100:
        return bytes((tag, 0x81, size))
    if size < 0x10000:
        return bytes((tag, 0x82, size >> 8, size & 0xFF))
    return bytes((tag, 0x83)) + size.to_bytes(3, "big")


def tlv(tag: int, body: bytes) -> bytes:
    return header(tag, len(body)) + body


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, b"".join(parts))


def width(value: int) -> int:
    """Bytes of the shortest two's-complement form of `value`."""
    return (value if value >= 0 else ~value).bit_length() // 8 + 1


def integer(value: int, tag: int = INTEGER) -> bytes:
    size = width(value)
    return bytes((tag, size)) + value.to_bytes(size, "big", signed=True)


def octets(value: bytes | str) -> bytes:
    return tlv(OCTETS, value.encode() if isinstance(value, str) else value)


@lru_cache(100_000)
def oid(ids: tuple[int, ...]) -> bytes:
    """An object identifier with its header; cached, since the same few thousand recur."""
    body = bytearray()
    for sub in (ids[0] * 40 + ids[1], *ids[2:]):
        if sub < 0x80:
            body.append(sub)
            continue
        groups = [sub & 0x7F]
        while sub := sub >> 7:
            groups.append(sub & 0x7F | 0x80)
        body.extend(reversed(groups))
    return tlv(OID, bytes(body))


def dotted(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def peek(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """(tag, start, end) of the value at `at`. Raises BerError where it does not fit in `end`."""
    if at + 2 > end:
        raise BerError("a value ends before its length")
    tag, size = data[at], data[at + 1]
    start = at + 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or start + count > end:
            raise BerError("an indefinite, overlong or cut length")
        size = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + size > end:
        raise BerError("a value is longer than what holds it")
    return tag, start, start + size


def parts(data: bytes, at: int, end: int, tags: bytes) -> list[tuple[int, int]]:
    """(start, end) of the values that follow each other from `at`, which must have these tags;
    what comes after them is left alone. Raises BerError."""
    found = []
    for tag in tags:
        if at + 1 < end and data[at] == tag and (size := data[at + 1]) < 0x80:
            start, at = at + 2, at + 2 + size
            if at > end:
                raise BerError("a value is longer than what holds it")
        else:
            start, at = expect(tag, data, at, end)
        found.append((start, at))
    return found


def number(data: bytes, place: tuple[int, int]) -> int:
    """The INTEGER whose content is at a place that `parts` found. Raises BerError."""
    start, stop = place
    if not 1 <= stop - start <= 8:
        raise BerError("an INTEGER of no or too many bytes")
    return int.from_bytes(data[start:stop], "big", signed=True)


def expect(tag: int, data: bytes, at: int, end: int) -> tuple[int, int]:
    """(start, end) of the value at `at`. Raises BerError unless its tag is `tag`."""
    found, start, stop = peek(data, at, end)
    if found != tag:
        raise BerError(f"tag {found:#x} where {tag:#x} must be")
    return start, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An INTEGER's value, and where it ends. Raises BerError."""
    place = expect(INTEGER, data, at, end)
    return number(data, place), place[1]


def read_octets(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """An OCTET STRING's value, and where it ends. Raises BerError."""
    start, stop = expect(OCTETS, data, at, end)
    return data[start:stop], stop


def read_oid(data: bytes, at: int, end: int) -> tuple[tuple[int, ...], int]:
    """An object identifier, and where it ends. Raises BerError."""
    start, stop = expect(OID, data, at, end)
    if start == stop or data[stop - 1] & 0x80:
        raise BerError("an empty or cut object identifier")
    ids: list[int] = []
    value = 0
    for byte in data[start:stop]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            if value > 0xFFFFFFFF:
                raise BerError("a sub-identifier over 32 bits")
            ids.append(value)
            value = 0
    first = min(ids[0] // 40, 2)
    return (first, ids[0] - first * 40, *ids[1:]), stop
