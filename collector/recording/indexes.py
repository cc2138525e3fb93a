"""Addresses and texts in the indexes of tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from collector.recording.addresses import is_special
from configs.redaction import Ids

OCTET = 0xFF
ADDRESS_OF = {4: 4, 8: 4, 16: 16, 20: 16}  # InetAddress: octets of an address in those with a zone
FAMILY_LENGTHS = {1: 4, 2: 16, 3: 8, 4: 20}  # InetAddressType
LLDP_MAC, DNS = 6, 16  # AddressFamilyNumbers all802; InetAddressType dns
TEXT_LEAST = 4
TEXT = frozenset(range(0x20, 0x7F))
LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
MIB_2, ENTERPRISES = (1, 3, 6, 1, 2, 1), (1, 3, 6, 1, 4, 1)
LARGE_OCTET = 50  # numbers of a MIB's own structure are small


class Segment(NamedTuple):
    """Sub-identifiers `start` to `stop` that are an `ip`, a `mac` or a `text`, the sub-identifier
    before it being a text's length."""

    kind: str
    start: int
    stop: int


class Indexes:
    """`layouts`: kinds of the parts of an index, by entry."""

    def __init__(self, layouts: dict[Ids, tuple[str, ...]]) -> None:
        self._layouts = layouts
        self._sizes = sorted({len(entry) for entry in layouts})

    def segments(self, ids: Ids) -> tuple[list[Segment], int]:
        """What is in an OID by its table's layout, or by its own look; and from where on nothing
        is known of it."""
        for size in self._sizes:
            layout = self._layouts.get(ids[:size])
            if layout is not None and len(ids) > size + 1:
                found, at = by_layout(ids, size + 1, layout)
                return found + list(by_look(ids, at)), at
        start = structure(ids)
        return list(by_look(ids, start)), start


def structure(ids: Ids) -> int:
    """How many sub-identifiers surely belong to the MIB."""
    if ids[:6] == ENTERPRISES:
        return 7
    return 8 if ids[:6] == MIB_2 else min(6, len(ids))


def by_layout(ids: Ids, at: int, layout: tuple[str, ...]) -> tuple[list[Segment], int]:
    """Ends where an index is not as it should be."""
    found: list[Segment] = []
    for kind in layout:
        if at >= len(ids):
            break
        size, skip = 1, 0
        if kind in ("ip", "ip6", "mac"):
            size = {"ip": 4, "ip6": 16, "mac": 6}[kind]
            found.append(Segment("ip" if kind == "ip6" else kind, at, at + size))
        elif kind in ("inet", "lldp") and at + 1 < len(ids):
            size, skip = ids[at + 1], 2
            if kind == "lldp" and ids[at] == LLDP_MAC:
                found.append(Segment("mac", at + 2, at + 2 + size))
            elif ids[at] == DNS:
                found.append(Segment("text", at + 2, at + 2 + size))
            elif size in ADDRESS_OF:
                found.append(Segment("ip", at + 2, at + 2 + ADDRESS_OF[size]))
        elif kind in ("phys", "text", "oid"):
            size, skip = ids[at], 1
            if kind == "phys" and size == 6:
                found.append(Segment("mac", at + 1, at + 7))
            elif kind == "text":
                found.append(Segment("text", at + 1, at + 1 + size))
        at += size + skip
    good = [part for part in found if part.stop <= len(ids) and is_octets(ids, part)]
    return good, min(at, len(ids))


def is_octets(ids: Ids, part: Segment) -> bool:
    return max(ids[part.start : part.stop], default=0) <= OCTET


def by_look(ids: Ids, at: int) -> Iterator[Segment]:
    """What tells itself: an InetAddress with type and length, a text with its length, or a text
    at the end."""
    end = len(ids)
    while at < end - 3:
        length = ids[at]
        size = FAMILY_LENGTHS.get(length)
        if size and ids[at + 1] == size and at + 2 + size <= end:
            part = Segment("ip", at + 2, at + 2 + (4 if size < 16 else 16))
            if is_octets(ids, part) and is_address(ids[part.start : part.stop]):
                yield part
                at += 2 + size
                continue
        if TEXT_LEAST <= length <= end - at - 1:
            content = ids[at + 1 : at + 1 + length]
            if is_word(content):
                yield Segment("text", at + 1, at + 1 + length)
                at += 1 + length
                continue
        if end - at > TEXT_LEAST and ids[at] in LETTERS and is_word(ids[at:]):
            yield Segment("text", at, end)
            return
        at += 1


def is_word(content: Ids) -> bool:
    return TEXT.issuperset(content) and 2 * sum(sub in LETTERS for sub in content) >= len(content)


def is_address(content: Ids) -> bool:
    """Whether four or sixteen numbers are more likely an address than a MIB's own."""
    octets = bytes(content)
    if is_special(octets):
        return False
    if len(content) == 16:
        return True
    private = content[0] == 10 or content[:2] in ((192, 168), (169, 254), (100, 64))
    return private or sum(sub >= LARGE_OCTET for sub in content) >= 2 or content[0] == 172
