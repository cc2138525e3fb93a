"""Memory and file systems as HOST-RESOURCES-MIB::hrStorageTable has them (RFC 2790)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from collector.discovery import octets
from collector.discovery.reading import Reading
from collector.gauge import Filling, Gauge, Term
from collector.portrait import Space

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
    r"|/dev/md\d+\.|mounted on: /(packages|junos)(/|$)|/\.mount/packages/"
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
    for index, row in (await reading.table(COLUMNS)).items():
        unit, size, used = (octets.integer(row.get(key)) for key in ("unit", "size", "used"))
        name = octets.text(row.get("descr"))
        if unit is None or size is None or used is None or NO_STORAGE.search(name):
            continue
        total, taken = float(size % WRAP * unit), float(used % WRAP * unit)
        if total <= 0:
            continue
        room, use = (Term(f"{COLUMNS[k]}.{index}", unit, modulus=WRAP) for k in ("size", "used"))
        space = Space(name, min(taken / total, 1.0), taken, total, filling(Gauge((use,)), room))
        kind = octets.text(row.get("type")).rpartition(".")[2]
        is_memory = kind in MEMORY or (kind == OTHER and MEMORY_IN_OTHER.search(name))
        (memory if is_memory else disks).append(space)
    return Storage(tuple(corrected(memory)), tuple(disks))


def filling(used: Gauge, room: Term) -> Filling:
    """`used` of all that there is room for."""
    whole = Gauge((room,))
    return Filling(replace(used, per=whole), used, whole)


def corrected(memory: list[Space]) -> list[Space]:
    """Physical memory without what can be reclaimed; buffers, caches and shared memory as parts of
    the physical one, of which some agents tell no size of their own."""
    physical = next((space for space in memory if PHYSICAL.match(space.description)), None)
    if physical is None or not physical.total_bytes or physical.used_bytes is None:
        return memory
    total, used = physical.total_bytes, physical.used_bytes
    given_back = [space for space in memory if RECLAIMABLE.match(space.description)]
    reclaimable = sum(space.used_bytes or 0 for space in given_back)
    room = physical.filling.total.terms[0] if physical.filling and physical.filling.total else None
    corrected = []
    for space in memory:
        name, taken = space.description, space.used_bytes or 0.0
        if space is physical and reclaimable <= used:
            rest = used - reclaimable
            terms = (*terms_of(space), *(less(term) for s in given_back for term in terms_of(s)))
            space = Space(
                name, rest / total, rest, total, filling(Gauge(terms), room) if room else None
            )
        elif (RECLAIMABLE.match(name) or SHARED.match(name)) and taken <= total:
            share = filling(Gauge(terms_of(space)), room) if room else None
            space = Space(name, taken / total, taken, total, share)
        corrected.append(space)
    return corrected


def terms_of(space: Space) -> tuple[Term, ...]:
    """What its used bytes are made of."""
    return space.filling.used.terms if space.filling and space.filling.used else ()


def less(term: Term) -> Term:
    return replace(term, factor=-term.factor)
