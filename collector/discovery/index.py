"""The index of a row, of which nothing is certain but that it consists of numbers."""

from __future__ import annotations

from collector.discovery import octets

FAMILIES = {1: 4, 2: 16}  # INET-ADDRESS-MIB::InetAddressType: ipv4 and ipv6, and their octets


def arcs(index: str, length: int = 0) -> list[int]:
    """Its numbers: none where they are not `length` many (any number, for 0) or are no numbers."""
    if not index.isascii() or not index.replace(".", "").isdecimal():
        return []
    found = [int(arc) for arc in index.split(".") if arc]
    return found if len(found) == length or not length else []


def address(arcs: list[int]) -> str:
    """The IPv4 or IPv6 address that these numbers spell, "" for what is none."""
    return octets.address(bytes(arcs)) if all(arc < 256 for arc in arcs) else ""


def inet_address(arcs: list[int]) -> str:
    """The address that begins with its InetAddressType and its length, "" for what is none."""
    if len(arcs) < 2 or FAMILIES.get(arcs[0]) != arcs[1]:
        return ""
    return address(arcs[2 : 2 + arcs[1]])


def mac(arcs: list[int]) -> str:
    """The six octets of a MAC address, "" for what is none."""
    return octets.hexadecimal(bytes(arcs)) if len(arcs) == 6 and max(arcs) < 256 else ""
