"""Who is at the other end of a device's links, as LLDP and its kin tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.discovery import octets
from collector.discovery.identity import SYS_OBJECT_ID
from collector.discovery.reading import Reading
from collector.portrait import Neighbour, Port
from collector.snmp.ber import Value
from configs.devicerules import below

LLDP = "1.0.8802.1.1.2.1"  # IEEE 802.1AB-2005
REMOTE = {
    "chassis_kind": f"{LLDP}.4.1.1.4",
    "chassis": f"{LLDP}.4.1.1.5",
    "port_kind": f"{LLDP}.4.1.1.6",
    "port": f"{LLDP}.4.1.1.7",
    "port_descr": f"{LLDP}.4.1.1.8",
    "name": f"{LLDP}.4.1.1.9",
    "descr": f"{LLDP}.4.1.1.10",
}
LOCAL = {
    "kind": f"{LLDP}.3.7.1.2",
    "id": f"{LLDP}.3.7.1.3",
    "descr": f"{LLDP}.3.7.1.4",
}
LLDP_V2 = "1.3.111.2.802.1.1.13.1.4.1.1"  # IEEE 802.1AB-2009
REMOTE_V2 = {
    "chassis_kind": f"{LLDP_V2}.5",
    "chassis": f"{LLDP_V2}.6",
    "port_kind": f"{LLDP_V2}.7",
    "port": f"{LLDP_V2}.8",
    "port_descr": f"{LLDP_V2}.9",
    "name": f"{LLDP_V2}.10",
    "descr": f"{LLDP_V2}.11",
}
CDP_TABLE = "1.3.6.1.4.1.9.9.23.1.2.1.1"  # CISCO-CDP-MIB::cdpCacheTable
CDP = {
    "address": f"{CDP_TABLE}.4",
    "descr": f"{CDP_TABLE}.5",
    "name": f"{CDP_TABLE}.6",
    "port": f"{CDP_TABLE}.7",
    "platform": f"{CDP_TABLE}.8",
}
NOKIA, FOUNDRY, MIKROTIK = (f"1.3.6.1.4.1.{maker}" for maker in (6527, 1991, 14988))
TIMETRA_TABLE = f"{NOKIA}.3.1.2.59.4.1.1"  # TIMETRA-LLDP-MIB::tmnxLldpRemTable, by ifIndex
REMOTE_TIMETRA = {
    key: f"{TIMETRA_TABLE}.{column.rpartition('.')[2]}" for key, column in REMOTE.items()
}
FDP_TABLE = f"{FOUNDRY}.1.1.3.20.1.2.1.1"  # FOUNDRY-SN-SWITCH-GROUP-MIB::snFdpCacheTable
FDP = {key: f"{FDP_TABLE}.{n}" for key, n in (("name", 3), ("descr", 6), ("port", 7))}
MNDP_TABLE = f"{MIKROTIK}.1.1.11.1.1"  # MIKROTIK-MIB::mtxrNeighborTable
MNDP = {key: f"{MNDP_TABLE}.{n}" for key, n in (("platform", 5), ("name", 6), ("local", 8))}
BRIDGE_PORTS = "1.3.6.1.2.1.17.1.4.1.2"  # BRIDGE-MIB::dot1dBasePortIfIndex
OWN: dict[str, dict[str, str]] = {NOKIA: REMOTE_TIMETRA, FOUNDRY: FDP, MIKROTIK: MNDP}
MAC_OF_CHASSIS, MAC_OF_PORT = 4, 3  # LldpChassisIdSubtype, LldpPortIdSubtype
IPV4, IPV6 = 1, 2  # IANA address families, the first octet of a network address


async def neighbours(reading: Reading, ports: Mapping[int, Port]) -> tuple[Neighbour, ...]:
    """All that is announced, by LLDP, by CDP, and by what the maker has of its own."""
    maker = octets.text(await reading.scalar(SYS_OBJECT_ID)).strip(".")
    own = next((table for root, table in OWN.items() if below(maker, root)), {})
    await reading.want((*REMOTE.values(), *REMOTE_V2.values(), *CDP.values(), *own.values()))
    found = [*await _lldp(reading, ports), *await _lldp_v2(reading, ports, REMOTE_V2)]
    found += await _table(reading, ports, "cdp", CDP)
    if own is REMOTE_TIMETRA:
        found += await _lldp_v2(reading, ports, own)
    elif own:
        heard = {(each.local_if_index, each.remote_name) for each in found}
        more = await _table(reading, ports, "fdp" if own is FDP else "mndp", own)
        found += [each for each in more if (each.local_if_index, each.remote_name) not in heard]
    return tuple(found)


async def _table(
    reading: Reading, ports: Mapping[int, Port], protocol: str, columns: Mapping[str, str]
) -> list[Neighbour]:
    """The rows of a table that is like that of CDP: its index begins with the ifIndex of the port
    at which it was heard, unless the row has that in `local`."""
    found = []
    for index, row in (await reading.table(columns)).items():
        number = octets.integer(row.get("local", int(index.split(".")[0])))
        local = ports.get(number) if number is not None else None
        found.append(
            Neighbour(
                protocol,
                local.if_index if local else None,
                local.name if local else "",
                octets.text(row.get("name")),
                octets.text(row.get("port")),
                "",
                "",
                octets.text(row.get("descr")),
                octets.text(row.get("platform")),
            )
        )
    return found


async def _lldp(reading: Reading, ports: Mapping[int, Port]) -> Iterator[Neighbour]:
    remote = await reading.table(REMOTE)
    if not remote:
        return iter(())
    local = await reading.table(LOCAL)
    bridge = await reading.column(BRIDGE_PORTS)
    found = []
    for index, row in remote.items():
        place = index.split(".")
        if len(place) < 3:
            continue
        port, name = local_port(place[1], local.get(place[1], {}), bridge, ports)
        found.append(announced("lldp", port, name, row))
    return iter(found)


async def _lldp_v2(
    reading: Reading, ports: Mapping[int, Port], columns: Mapping[str, str]
) -> Iterator[Neighbour]:
    """Of a table that has the ifIndex of the port behind the time mark in its index."""
    found = []
    for index, row in (await reading.table(columns)).items():
        place = index.split(".")
        if len(place) < 3:
            continue
        port = ports.get(int(place[1]))
        found.append(announced("lldp", port, port.name if port else place[1], row))
    return iter(found)


def local_port(
    number: str, row: Mapping[str, Value], bridge: Mapping[str, Value], ports: Mapping[int, Port]
) -> tuple[Port | None, str]:
    """The port that LLDP has under `number`, and a name for it.

    The standard leaves open what the number is. What the agent itself says of the port counts
    first, then the bridge's numbering, then ifIndex.
    """
    said = [octets.text(row.get("id")), octets.text(row.get("descr"))]
    for text in said:
        for port in ports.values():
            if text and text in (port.name, port.description):
                return port, port.name
    for text in said:
        for port in ports.values():
            if text and text in (port.alias, port.mac):
                return port, port.name
    if said[0].isdecimal() and int(said[0]) in ports:
        return ports[int(said[0])], ports[int(said[0])].name
    index = octets.integer(bridge.get(number))
    found = ports.get(index if index is not None else int(number)) or ports.get(int(number))
    return found, found.name if found else said[0] or number


def announced(protocol: str, port: Port | None, name: str, row: Mapping[str, Value]) -> Neighbour:
    """A row of an LLDP table of neighbours. One that announces no name is known by its
    description."""
    descr = octets.text(row.get("descr"))
    return Neighbour(
        protocol,
        port.if_index if port else None,
        name,
        octets.text(row.get("name")) or descr,
        identifier(row.get("port"), octets.integer(row.get("port_kind")), MAC_OF_PORT, 4),
        octets.text(row.get("port_descr")),
        identifier(row.get("chassis"), octets.integer(row.get("chassis_kind")), MAC_OF_CHASSIS, 5),
        descr,
    )


def identifier(value: Value, kind: int | None, mac: int, network: int) -> str:
    """A chassis or port id as people write it; `mac` and `network` are the subtypes that are
    octets and no text."""
    if isinstance(value, bytes):
        if kind == mac:
            return octets.hexadecimal(value)
        if kind == network and value[:1] in (bytes((IPV4,)), bytes((IPV6,))):
            return octets.address(value[1:])
    return octets.text(value)
