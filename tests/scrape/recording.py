"""Recordings of devices (snmprec) as the values that an agent would give, and as text."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from collector.snmp import ber
from configs.module import Module

NUMBERS = {"2", "65", "66", "67", "70"}
LINE = re.compile(r"([a-zA-Z_:][\w:]*)({.*})? (\S+)")


def values_of(path: Path) -> dict[ber.Oid, ber.Value]:
    """What the recording holds, in the order of an agent. Like the recorder of the golden texts
    it leaves NULL out and cuts blanks off the ends of texts."""
    values: dict[ber.Oid, ber.Value] = {}
    for line in path.read_bytes().split(b"\n"):
        parts = line.strip(b"\r").split(b"|", 2)
        if len(parts) == 3 and parts[1] != b"5":
            oid = tuple(int(part) for part in parts[0].strip(b". ").split(b"."))
            try:
                values.setdefault(oid, value_of(parts[1].decode(), parts[2].rstrip()))
            except ValueError:
                continue
    return dict(sorted(values.items()))


def value_of(tag: str, octets: bytes) -> ber.Value:
    kind = tag.rstrip("xe")
    if tag.endswith("x"):
        octets = bytes.fromhex(octets.decode())
        return ".".join(map(str, octets)) if kind == "64" else octets
    if kind in NUMBERS:
        number = int(octets)
        bits = 64 if kind == "70" else 32
        return number if kind == "2" else number % 2**bits
    if kind in ("6", "64"):
        return octets.decode().strip(".") or "0.0"
    return octets


def asked_by(module: Module, values: dict[ber.Oid, ber.Value]) -> dict[bytes, ber.Value]:
    """Of these values what a module gets and walks."""
    gets = set(map(ber.parse_oid, module.get))
    walks = tuple(map(ber.parse_oid, module.walk))
    return {
        ber.encode_oid(oid): value
        for oid, value in values.items()
        if oid in gets or any(oid[: len(walk)] == walk for walk in walks)
    }


def series(text: str) -> dict[str, float]:
    """Values by name and labels, without the scrape's own."""
    found = (LINE.fullmatch(line) for line in text.split("\n") if not line.startswith("#"))
    return {
        f"{line[1]}{line[2] or ''}": float(line[3])
        for line in found
        if line and not line[1].startswith("snmp_scrape_")
    }


def heads(text: str) -> set[str]:
    """The lines of HELP and TYPE."""
    return {
        line for line in text.split("\n") if line.startswith("# ") and " snmp_scrape_" not in line
    }


def golden(path: Path) -> str:
    """A golden text, packed or not."""
    octets = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return octets.decode()


def names_of(paths: Iterable[Path]) -> list[str]:
    return sorted(path.name for path in paths)
