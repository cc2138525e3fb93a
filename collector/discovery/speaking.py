"""What a device says of its neighbours, row by row, for whoever puts the network together."""

from __future__ import annotations

from functools import partial
from sys import intern  # thousands of devices have ports of the same few names
from typing import TypeAlias

from collector.discovery import announcements, bridging, octets, routing
from collector.discovery.addresses import ANY_COLUMNS, IPV4_COLUMNS, addresses
from collector.discovery.hearing import Hearing
from collector.discovery.identity import SYS_NAME
from collector.discovery.ports import COLUMNS as PORT_COLUMNS
from collector.discovery.ports import ports
from collector.discovery.reading import Reading
from collector.portrait import Port
from collector.speaker import (
    Address,
    BridgePort,
    Interface,
    LldpNeighbour,
    LldpPort,
    Met,
    Speaker,
)

Announced: TypeAlias = tuple[str, tuple[LldpPort, ...], tuple[LldpNeighbour, ...]]
Bridge: TypeAlias = tuple[str, tuple[BridgePort, ...]]

HOST_BITS = {True: 128, False: 32}
SCALARS = (*(oid for pair in announcements.CHASSIS for oid in pair), bridging.ADDRESS)
COLUMNS = (
    *PORT_COLUMNS.values(), *ANY_COLUMNS.values(), *IPV4_COLUMNS.values(),
    *announcements.COLUMNS, *bridging.COLUMNS, *routing.COLUMNS,
)  # fmt: skip


async def speak(reading: Reading, node: str, at: float) -> Speaker:
    """All that `node` says of itself and its neighbours. Raises SnmpError when it does not, or dies
    while it does; a table that breaks the protocol costs no other."""
    name = octets.text(await reading.scalar(SYS_NAME))  # alone, for who is dead costs no more
    hearing = Hearing(reading)
    # All at once, or else piece by piece.
    await hearing.attempt(reading.want((*SCALARS, *routing.ROUTER_IDS, *COLUMNS)))
    no_ports: dict[int, Port] = {}
    found = await hearing.of("interfaces", ports, no_ports)
    no_parents: dict[int, str] = {}
    parents = await hearing.of("interfaces", partial(bridging.parents, ports=found), no_parents)
    own: tuple[Address, ...] = await hearing.of("addresses", _addresses, ())
    mine = {each.address for each in own}
    nothing_announced: Announced = ("", (), ())
    chassis, lldp_ports, lldp = await hearing.of("lldp", _lldp, nothing_announced)
    no_bridge: Bridge = ("", ())
    bridge, bridge_ports = await hearing.of("stp", _bridge, no_bridge)
    met: tuple[Met, ...] = await hearing.of("arp", routing.met, (), needs="addresses")
    return Speaker(
        node=node,
        heard_at=at,
        name=name,
        chassis=chassis,
        bridge=bridge,
        router_id=await hearing.of("router_id", routing.router_id, ""),
        interfaces=tuple(
            Interface(
                port.if_index, intern(port.name), intern(port.description), intern(port.alias),
                port.mac, parents.get(port.if_index, ""),
            )
            for port in found.values()
        ),
        addresses=own,
        lldp_ports=lldp_ports,
        lldp=lldp,
        cdp=await hearing.of("cdp", announcements.cdp, ()),
        ospf=await hearing.of("ospf", routing.ospf, ()),
        bgp=await hearing.of("bgp", routing.bgp, ()),
        bridge_ports=bridge_ports,
        members=await hearing.of(
            "members", partial(bridging.members, ports=found), (), needs="interfaces"
        ),
        arp=tuple(row for row in met if row.address not in mine),
        fdb=await hearing.of("fdb", bridging.learnt, ()),
        next_hops=await hearing.of("route", routing.next_hops, ()),
        unheard=tuple(hearing.unheard.values()),
    )  # fmt: skip


async def _addresses(reading: Reading) -> tuple[Address, ...]:
    return tuple(
        Address(each.address, each.prefix_length or _whole(each.address), each.if_index)
        for each in await addresses(reading)
        if each.if_index is not None
    )


async def _lldp(reading: Reading) -> Announced:
    return await announcements.chassis(reading), *await announcements.lldp(reading)


async def _bridge(reading: Reading) -> Bridge:
    return await bridging.bridge_address(reading), await bridging.bridge_ports(reading)


def _whole(address: str) -> int:
    """The length of a prefix that is one address."""
    return HOST_BITS[":" in address]
