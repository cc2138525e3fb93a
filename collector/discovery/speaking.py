"""What a device says of its neighbours, row by row, for whoever puts the network together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from collector.discovery import octets
from collector.discovery.addresses import addresses
from collector.discovery.identity import SYS_NAME
from collector.discovery.neighbours import (
    LLDP,
    LOCAL,
    MAC_OF_CHASSIS,
    MAC_OF_PORT,
    REMOTE,
    identifier,
)
from collector.discovery.ports import ports
from collector.discovery.reading import Reading
from collector.snmp.ber import Value
from collector.speaker import Address, Interface, LldpNeighbour, LldpPort, Speaker

Table: TypeAlias = Mapping[str, Mapping[str, Value]]

CHASSIS_KIND, CHASSIS = f"{LLDP}.3.1.0", f"{LLDP}.3.2.0"
NETWORK_OF_CHASSIS, NETWORK_OF_PORT = 5, 4
HOST_BITS = {True: 128, False: 32}


async def speak(reading: Reading, node: str, at: float) -> Speaker:
    """All that `node` says of itself and its neighbours. Raises SnmpError when it does not."""
    await reading.want((SYS_NAME, CHASSIS_KIND, CHASSIS))
    kind = octets.integer(await reading.scalar(CHASSIS_KIND))
    found = await ports(reading)
    return Speaker(
        node=node,
        heard_at=at,
        name=octets.text(await reading.scalar(SYS_NAME)),
        chassis=identifier(await reading.scalar(CHASSIS), kind, MAC_OF_CHASSIS, NETWORK_OF_CHASSIS),
        interfaces=tuple(
            Interface(port.if_index, port.name, port.description, port.alias, port.mac)
            for port in found.values()
        ),
        addresses=tuple(
            Address(own.address, own.prefix_length or HOST_BITS[":" in own.address], own.if_index)
            for own in await addresses(reading)
            if own.if_index is not None
        ),
        lldp_ports=tuple(_lldp_ports(await reading.table(LOCAL))),
        lldp=tuple(_lldp(await reading.table(REMOTE))),
    )


def _lldp_ports(table: Table) -> Iterator[LldpPort]:
    for index, row in table.items():
        kind = octets.integer(row.get("kind")) or 0
        id_ = identifier(row.get("id"), kind, MAC_OF_PORT, NETWORK_OF_PORT)
        yield LldpPort(int(index), kind, id_, octets.text(row.get("descr")))


def _lldp(table: Table) -> Iterator[LldpNeighbour]:
    """The index is lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex."""
    for index, row in table.items():
        arcs = index.split(".")
        if len(arcs) != 3:
            continue
        kind = octets.integer(row.get("port_kind")) or 0
        chassis_kind = octets.integer(row.get("chassis_kind"))
        yield LldpNeighbour(
            int(arcs[1]),
            identifier(row.get("chassis"), chassis_kind, MAC_OF_CHASSIS, NETWORK_OF_CHASSIS),
            kind,
            identifier(row.get("port"), kind, MAC_OF_PORT, NETWORK_OF_PORT),
            octets.text(row.get("port_descr")),
            octets.text(row.get("name")),
        )
