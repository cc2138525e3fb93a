"""A device that answers what a list of values says, without a network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from collector.errors import SnmpGarbageError
from collector.snmp.ber import Value
from collector.snmp.engine import VarBind
from collector.snmp.target import Target
from configs.credentials import SnmpCredential

HERE = Target("device", "127.0.0.1", 161, SnmpCredential("public"))


class Recorded:
    """The part of an SNMP engine that discovery needs; counts what it is asked."""

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = dict(sorted(values.items(), key=lambda item: arcs(item[0])))
        self.asked: list[str] = []

    async def get(self, target: Target, oids: Sequence[str]) -> list[VarBind]:
        self.asked += oids
        return [
            VarBind(oid, "OctetString", self.values[oid])
            if oid in self.values
            else VarBind(oid, "noSuchInstance", None)
            for oid in oids
        ]

    async def columns(
        self, target: Target, roots: Sequence[str], most: int | None = None
    ) -> list[VarBind]:
        self.asked += roots
        found = []
        for root in roots:
            below = [
                (oid, value) for oid, value in self.values.items() if oid.startswith(f"{root}.")
            ]
            if most is not None and len(below) > most:
                raise SnmpGarbageError(target.node, "walk", f"more than {most} rows under {root}")
            found += [VarBind(oid, "OctetString", value) for oid, value in below]
        return found


def arcs(oid: str) -> list[int]:
    return [int(arc) for arc in oid.split(".")]


def recording(path: Path) -> Recorded:
    """The values of an snmprec file."""
    values: dict[str, Value] = {}
    for line in path.read_text("utf-8", errors="surrogateescape").splitlines():
        oid, kind, value = (*line.split("|", 2), "", "")[:3]
        if not kind or ":" in kind:
            continue
        if kind.endswith("x"):
            values[oid] = bytes.fromhex(value)
        elif kind == "4":
            values[oid] = value.encode("utf-8", errors="surrogateescape")
        elif kind in ("6", "64"):
            values[oid] = value
        elif value.lstrip("-").isdigit():
            values[oid] = int(value)
    return Recorded(values)


def walked(path: Path) -> Recorded:
    """The values of a text that `snmpwalk -On` wrote."""
    values: dict[str, Value] = {}
    for line in path.read_text("utf-8", errors="replace").splitlines():
        match = re.fullmatch(r"\.([\d.]+) = (?:([\w-]+): )?(.*)", line)
        if match is None:
            continue
        oid, kind, text = match.groups()
        text = text.strip().strip('"')
        if kind in ("Hex-STRING", "BITS"):
            values[oid] = bytes.fromhex(re.match(r"(?:[\dA-F]{2}(?: |$))*", text)[0])  # type: ignore[index]
        elif kind in ("STRING", None):
            values[oid] = text.encode()
        elif kind in ("OID", "IpAddress"):
            values[oid] = text.removeprefix(".")
        else:
            number = re.search(r"\d+", text)
            values[oid] = int(number[0]) if number else None
    return Recorded(values)
