"""Octets that agents send as texts, addresses and numbers, as people write them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from ipaddress import ip_address
from math import isfinite

from collector.snmp.ber import Value

LONGEST = 512  # characters of a text; no DisplayString has more than 255 (RFC 2579)
# Of a number, wrong types included; in texts there are larger ones.
LEAST, MOST = -(2**63), 2**64 - 1
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def text(value: Value) -> str:
    """A value as text, "" for none; octets that are no text as `aa:bb:cc`. Many devices say the
    same, which is then held once. What is longer than LONGEST is cut: rules are looked for in it.
    """
    return sys.intern(_text(value)[:LONGEST])


def _text(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, bytes):
        return str(value)
    content = value.rstrip(b"\0")
    try:
        decoded = content.decode()
    except UnicodeDecodeError:
        decoded = content.decode("latin-1")
        if any(not (character.isprintable() or character in "\r\n\t") for character in decoded):
            return hexadecimal(value)
        return decoded.strip()
    if any(ord(character) < 32 and character not in "\r\n\t" for character in decoded):
        return hexadecimal(value)
    return decoded.strip()


def hexadecimal(octets: bytes) -> str:
    """`aa:bb:cc`."""
    return octets.hex(":")


def number(value: Value, pattern: str = "") -> float | None:
    """The number that a value is, that its text is, or that `pattern` finds in its text."""
    if isinstance(value, int | float):
        return value if isfinite(value) else None
    content = text(value)
    if pattern:
        found = re.search(pattern, content)
        if found is None:
            return None
        content = (found[1] if found.re.groups else found[0]) or ""
    content = content.strip()
    if not NUMBER.fullmatch(content):
        return None
    told = float(content)
    return told if isfinite(told) else None


def worded(value: Value, words: Iterable[tuple[str, float]]) -> float | None:
    """The number that the words of a device stand for, in capitals or not; None for others."""
    content = text(value).casefold()
    return next((number for word, number in words if word.casefold() == content), None)


def integer(value: Value) -> int | None:
    """The whole number that a value is, None if it is none, or of more bits than SNMP has."""
    found = number(value)
    return int(found) if found is not None and LEAST <= found <= MOST else None


def address(octets: bytes) -> str:
    """An IPv4 or IPv6 address of 4 or 16 octets, "" for anything else."""
    return str(ip_address(octets)) if len(octets) in (4, 16) else ""
