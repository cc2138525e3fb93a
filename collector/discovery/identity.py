"""What a device is: system, vendor, hardware, version and serial number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from collector.discovery import entity, octets
from collector.discovery.reading import Reading
from collector.errors import SnmpGarbageError
from collector.portrait import Identity
from configs.devicerules import DeviceFile, Source, System, below

Rank: TypeAlias = tuple[bool, bool, bool, int]

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
SYS_LOCATION = "1.3.6.1.2.1.1.6.0"
GENERIC = "generic"
NO_MODEL = "Linux |FreeBSD |NetBSD |OpenBSD |Darwin |SunOS |Hardware:"  # what follows is no model
STANDARD = {  # where no rule tells: ENTITY-MIB, then what sysDescr calls a model, version or serial
    "hardware": (
        Source(entity="model"),
        Source(
            descr=True,
            match=rf"^(?!{NO_MODEL})\W?((?=[^,;\n]*\d)[^,;\r\n]{{3,80}}?)"
            r"(?=[,;\r\n]|\s+(?i:v\d|\(|(?:software|version|ver|s/?n|hw|fw|sw)\b)|$)",
        ),
    ),
    "version": (
        Source(entity="software"),
        Source(
            descr=True,
            match=r"(?i)\b(?:sw|fw|software|firmware)(?: version)?[:.]? ?(?:version:? ?)?v?"
            r"(\d+\.[\w.()-]*\w\)?)",
        ),
        Source(descr=True, match=r"(?i)\bver(?:sion|s)?\b[.:]? *v?([\w-]*\d[\w.()/-]*[\w)])"),
        Source(descr=True, match=r"(?i)\b(?:v|release |rel\.)(\d+\.\d[\w.()-]*)"),
        Source(descr=True, match=rf"^(?!{NO_MODEL}).*?(?:^|[ ,;(])(\d+\.\d+\.\d[\w.-]*)"),
    ),
    "serial": (
        Source(entity="serial"),
        Source(
            descr=True, match=r"(?:\bS/?N|\b[Ss]erial (?:[Nn]umber|[Nn]o\.?))[: ] *([A-Z0-9]{5,})"
        ),
    ),
}


async def identify(reading: Reading, files: Sequence[DeviceFile]) -> Identity:
    """Raises SnmpError when the device does not answer."""
    await reading.want((SYS_DESCR, SYS_OBJECT_ID, SYS_NAME, SYS_LOCATION))
    descr = octets.text(await reading.scalar(SYS_DESCR))
    object_id = octets.text(await reading.scalar(SYS_OBJECT_ID)).strip(".")
    system, vendor = await recognise(reading, files, descr, object_id)
    asked = {wanted: sources_of(files, system, wanted) for wanted in STANDARD}
    await reading.want(source.oid for sources in asked.values() for source in sources)
    said = {wanted: await first(reading, sources, descr) for wanted, sources in asked.items()}
    return Identity(
        os=system.os,
        vendor=vendor,
        sys_name=octets.text(await reading.scalar(SYS_NAME)),
        sys_descr=descr,
        sys_object_id=object_id,
        location=octets.text(await reading.scalar(SYS_LOCATION)),
        **said,
    )


async def recognise(
    reading: Reading, files: Sequence[DeviceFile], descr: str, object_id: str
) -> tuple[System, str]:
    """The system that fits best, and its vendor. A rule with a probe beats one with a pattern, a
    pattern beats none, a longer prefix a shorter one, and what stands earlier what stands later; a
    last resort is taken only when nothing else fits."""
    candidates = sorted(candidates_of(files, descr, object_id), key=lambda c: c[0], reverse=True)
    probes = [system.probe for _, system, _ in candidates]
    others = [system.instance for _, system, _ in candidates]
    await reading.instances([*others, *(oid for oid in probes if oid.endswith(".0"))])
    await reading.want(probes)
    for _, system, vendor in candidates:
        if system.probe or system.instance:
            if system.probe:
                said = await reading.text(system.probe)
            else:
                said = octets.text(await reading.instance(system.instance))
            if not said or not re.search(system.probe_match, said):
                continue
        return system, vendor
    return System(GENERIC), ""


def candidates_of(
    files: Sequence[DeviceFile], descr: str, object_id: str
) -> Iterator[tuple[Rank, System, str]]:
    """(rank, system, vendor) of every rule that fits, probes aside."""
    for file in files:
        for system in file.systems:
            depth = 0
            if system.object_ids:
                depths = [len(o) for o in system.object_ids if below(object_id, o)]
                if not depths:
                    continue
                depth = max(depths)
            if system.descr and not any(re.search(p, descr) for p in system.descr):
                continue
            probed = bool(system.probe or system.instance)
            rank = (not system.last_resort, probed, bool(system.descr), depth)
            yield rank, system, system.vendor or file.vendor


def sources_of(files: Sequence[DeviceFile], system: System, wanted: str) -> tuple[Source, ...]:
    """Where a system tells `wanted`: as its rule says, else as the first other rule of it says,
    else as the standard has it."""
    same = (other for file in files for other in file.systems if other.os == system.os)
    for rule in (system, *same):
        sources: tuple[Source, ...] | None = getattr(rule, wanted)
        if sources is not None:
            return sources
    return STANDARD[wanted]


async def first(reading: Reading, sources: Sequence[Source], descr: str) -> str:
    """The text of the first source that has any."""
    for source in sources:
        said = await read(reading, source, descr)
        if said:
            return said
    return ""


async def read(reading: Reading, source: Source, descr: str) -> str:
    """The text of a source, "" where there is none or its pattern is not found."""
    if source.descr:
        said = descr
    elif source.oid:
        said = await reading.text(source.oid)
    elif source.instance:
        said = octets.text(await reading.instance(source.instance))
    elif source.entity:
        try:
            said = entity.of_chassis(await entity.parts(reading), source.entity)
        except SnmpGarbageError:  # a table without end costs what stands in it, and no more
            return ""
    else:
        return source.text
    if not said:
        return ""
    if source.match:
        found = re.search(source.match, said)
        if found is None:
            return ""
        form = source.text or ("{1}" if found.re.groups else "{0}")
        said = form.format(found[0], *(group or "" for group in found.groups())).strip()
    elif source.text:
        said = source.text.format(said)
    return source.names.get(said, said)
