"""The physical inventory of a device (ENTITY-MIB::entPhysicalTable, RFC 6933)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.discovery import octets
from collector.discovery.reading import Reading

TABLE = "1.3.6.1.2.1.47.1.1.1.1"
COLUMNS = {
    "descr": f"{TABLE}.2",
    "within": f"{TABLE}.4",
    "kind": f"{TABLE}.5",
    "name": f"{TABLE}.7",
    "hardware": f"{TABLE}.8",
    "firmware": f"{TABLE}.9",
    "software": f"{TABLE}.10",
    "serial": f"{TABLE}.11",
    "model": f"{TABLE}.13",
}
CHASSIS, STACK = 3, 11  # PhysicalClass


@dataclass(frozen=True, slots=True)
class Part:
    """A physical part; `within` is the index of the part that holds it, 0 for none."""

    index: int
    within: int
    kind: int
    descr: str = ""
    name: str = ""
    hardware: str = ""
    firmware: str = ""
    software: str = ""
    serial: str = ""
    model: str = ""


async def parts(reading: Reading) -> dict[int, Part]:
    """dict[entPhysicalIndex, Part]."""
    table = await reading.table(COLUMNS)
    found = {}
    for index, row in table.items():
        if not index.isdigit():
            continue
        texts = {key: octets.text(row.get(key)) for key in COLUMNS if key not in ("within", "kind")}
        found[int(index)] = Part(
            int(index),
            octets.integer(row.get("within")) or 0,
            octets.integer(row.get("kind")) or 0,
            **texts,
        )
    return found


def of_chassis(parts: dict[int, Part], wanted: str) -> str:
    """What the chassis says of itself in the field `wanted`; where it says nothing, the parts that
    are in nothing else are asked."""
    chassis = [part for part in parts.values() if part.kind == CHASSIS]
    outermost = [part for part in parts.values() if part.within == 0]
    for part in (*chassis, *outermost):
        said: str = getattr(part, wanted)
        if said:
            return said
    return ""
