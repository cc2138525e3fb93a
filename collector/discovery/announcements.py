"""What a device hears announced on its ports: LLDP in either of its MIBs, and CDP."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern

from collector.discovery import index, octets
from collector.discovery.neighbours import (
    CDP,
    LLDP,
    LOCAL,
    MAC_OF_CHASSIS,
    MAC_OF_PORT,
    REMOTE,
    REMOTE_V2,
    identifier,
)
from collector.discovery.reading import Reading, Table
from collector.speaker import CdpNeighbour, LldpNeighbour, LldpPort

LLDP_V2_LOCAL = "1.3.111.2.802.1.1.13.1.3"
CHASSIS = (  # subtype and id
    (f"{LLDP}.3.1.0", f"{LLDP}.3.2.0"),
    (f"{LLDP_V2_LOCAL}.1.0", f"{LLDP_V2_LOCAL}.2.0"),
)
LOCAL_V2_TABLE = f"{LLDP_V2_LOCAL}.7.1"  # LLDP-V2-MIB::lldpV2LocPortTable
LOCAL_V2 = {
    "kind": f"{LOCAL_V2_TABLE}.2",
    "id": f"{LOCAL_V2_TABLE}.3",
    "descr": f"{LOCAL_V2_TABLE}.4",
}
MANAGED = {"kind": f"{LLDP}.4.2.1.3"}  # lldpRemManAddrIfSubtype, the first that may be read
MANAGED_V2 = {"kind": "1.3.111.2.802.1.1.13.1.4.2.1.3"}
NETWORK_OF_CHASSIS, NETWORK_OF_PORT = 5, 4
COLUMNS = (
    *REMOTE.values(), *LOCAL.values(), *MANAGED.values(),
    *REMOTE_V2.values(), *LOCAL_V2.values(), *MANAGED_V2.values(), *CDP.values(),
)  # fmt: skip


async def chassis(reading: Reading) -> str:
    """What the device calls its chassis in LLDP, "" where it has none."""
    for kind, id_ in CHASSIS:
        number = octets.integer(await reading.scalar(kind))
        found = identifier(await reading.scalar(id_), number, MAC_OF_CHASSIS, NETWORK_OF_CHASSIS)
        if found:
            return found
    return ""


async def lldp(reading: Reading) -> tuple[tuple[LldpPort, ...], tuple[LldpNeighbour, ...]]:
    """(its own ports, the neighbours that it hears), of the older MIB where that tells anything."""
    ports, heard = await reading.table(LOCAL), await reading.table(REMOTE)
    managed, arcs = await reading.table(MANAGED), 3
    if not heard and (newer := await reading.table(REMOTE_V2)):
        ports, heard = await reading.table(LOCAL_V2), newer
        managed, arcs = await reading.table(MANAGED_V2), 4
    return tuple(_ports(ports)), tuple(_neighbours(heard, _addresses(managed, arcs), arcs))


def _ports(table: Table) -> Iterator[LldpPort]:
    for place, row in table.items():
        if arcs := index.arcs(place, 1):
            kind = octets.integer(row.get("kind")) or 0
            id_ = identifier(row.get("id"), kind, MAC_OF_PORT, NETWORK_OF_PORT)
            yield LldpPort(arcs[0], kind, intern(id_), intern(octets.text(row.get("descr"))))


def _neighbours(
    table: Table, addresses: dict[tuple[int, ...], tuple[str, ...]], length: int
) -> Iterator[LldpNeighbour]:
    """The index is a time mark, the local port, in the newer MIB a destination, and a number."""
    for place, row in table.items():
        arcs = index.arcs(place, length)
        if not arcs:
            continue
        kind = octets.integer(row.get("port_kind")) or 0
        chassis_kind = octets.integer(row.get("chassis_kind"))
        neighbour = LldpNeighbour(
            arcs[1],
            identifier(row.get("chassis"), chassis_kind, MAC_OF_CHASSIS, NETWORK_OF_CHASSIS),
            kind,
            intern(identifier(row.get("port"), kind, MAC_OF_PORT, NETWORK_OF_PORT)),
            intern(octets.text(row.get("port_descr"))),
            intern(octets.text(row.get("name"))),
            addresses.get(tuple(arcs), ()),
        )
        # A row that appears or goes while the table is read may have come without its name.
        if neighbour.chassis or neighbour.name or neighbour.addresses:
            yield neighbour


def _addresses(table: Table, length: int) -> dict[tuple[int, ...], tuple[str, ...]]:
    """Management addresses by the index of their neighbour; behind it come their family, their
    length and themselves."""
    found: dict[tuple[int, ...], tuple[str, ...]] = {}
    for place in table:
        arcs = index.arcs(place)
        if address := index.inet_address(arcs[length:]):
            key = tuple(arcs[:length])
            found[key] = (*found.get(key, ()), address)
    return found


async def cdp(reading: Reading) -> tuple[CdpNeighbour, ...]:
    """The neighbours that it hears by CDP."""
    found = []
    for place, row in (await reading.table(CDP)).items():
        if arcs := index.arcs(place, 2):
            value = row.get("address")
            address = octets.address(value) if isinstance(value, bytes) else ""
            device, port = octets.text(row.get("name")), octets.text(row.get("port"))
            found.append(CdpNeighbour(arcs[0], device, port, address))
    return tuple(found)
