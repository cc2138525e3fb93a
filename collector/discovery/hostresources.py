"""Memory and file systems as HOST-RESOURCES-MIB::hrStorageTable has them (RFC 2790)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.discovery import octets
from collector.discovery.loads import Space
from collector.discovery.reading import Reading

TABLE = "1.3.6.1.2.1.25.2.3.1"
COLUMNS = {
    "type": f"{TABLE}.2",
    "descr": f"{TABLE}.3",
    "unit": f"{TABLE}.4",
    "size": f"{TABLE}.5",
    "used": f"{TABLE}.6",
}
OTHER, RAM, VIRTUAL = "1", "2", "3"  # the last number of hrStorageTypes
MEMORY = (RAM, VIRTUAL)
MEMORY_IN_OTHER = re.compile(r"(?i)memory|buffer|cache|swap|\bram\b|descriptor")
RECLAIMABLE = re.compile(r"(?i)^(memory buffers|cached memory|ram \((buffers|cache)\))$")
SHARED = re.compile(r"(?i)^shared memory$")
PHYSICAL = re.compile(r"(?i)^(physical memory|ram|real memory)$")
NO_STORAGE = re.compile(
    r"^/dev(/(pts|mqueue|hugepages))?$|^/(proc|sys)(/|$)|^/run/(user|lock|netns)|\b(devfs|procfs|junosprocfs)\b"
    r"|/dev/md\d+[ ,.]|/\.mount/packages/"
)
WRAP = 2**32  # hrStorageSize is an Integer32; large disks come out negative


@dataclass(frozen=True, slots=True)
class Storage:
    """What the table has, taken apart."""

    memory: tuple[Space, ...]
    storage: tuple[Space, ...]


async def storage(reading: Reading) -> Storage:
    """Memory apart from file systems. Buffers and caches are no used memory, because they are
    given back as soon as somebody needs the room."""
    memory: list[Space] = []
    disks: list[Space] = []
    for row in (await reading.table(COLUMNS)).values():
        unit, size, used = (octets.integer(row.get(key)) for key in ("unit", "size", "used"))
        name = octets.text(row.get("descr"))
        if not unit or not size or used is None or NO_STORAGE.search(name):
            continue
        total, taken = float(size % WRAP * unit), float(used % WRAP * unit)
        space = Space(name, min(taken / total, 1.0), taken, total)
        kind = octets.text(row.get("type")).rpartition(".")[2]
        is_memory = kind in MEMORY or (kind == OTHER and MEMORY_IN_OTHER.search(name))
        (memory if is_memory else disks).append(space)
    return Storage(tuple(corrected(memory)), tuple(disks))


def corrected(memory: list[Space]) -> list[Space]:
    """Physical memory without what can be reclaimed; buffers, caches and shared memory as parts of
    the physical one, of which some agents tell no size of their own."""
    physical = next((space for space in memory if PHYSICAL.match(space.description)), None)
    if physical is None or not physical.total_bytes or physical.used_bytes is None:
        return memory
    total, used = physical.total_bytes, physical.used_bytes
    reclaimable = sum(s.used_bytes or 0 for s in memory if RECLAIMABLE.match(s.description))
    corrected = []
    for space in memory:
        name, taken = space.description, space.used_bytes or 0.0
        if space is physical and reclaimable <= used:
            space = Space(name, (used - reclaimable) / total, used - reclaimable, total)
        elif (RECLAIMABLE.match(name) or SHARED.match(name)) and taken <= total:
            space = Space(name, taken / total, taken, total)
        corrected.append(space)
    return corrected
