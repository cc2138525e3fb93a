"""What a device says of its neighbours, row by row, for whoever puts the network together."""

from __future__ import annotations

from sys import intern  # thousands of devices have ports of the same few names

from collector.discovery import announcements, bridging, octets, routing
from collector.discovery.addresses import ANY_COLUMNS, IPV4_COLUMNS, addresses
from collector.discovery.identity import SYS_NAME
from collector.discovery.ports import COLUMNS as PORT_COLUMNS
from collector.discovery.ports import ports
from collector.discovery.reading import Reading
from collector.speaker import Address, Interface, Speaker

HOST_BITS = {True: 128, False: 32}
SCALARS = (SYS_NAME, *(oid for pair in announcements.CHASSIS for oid in pair), bridging.ADDRESS)
COLUMNS = (
    *PORT_COLUMNS.values(), *ANY_COLUMNS.values(), *IPV4_COLUMNS.values(),
    *announcements.COLUMNS, *bridging.COLUMNS, *routing.COLUMNS,
)  # fmt: skip


async def speak(reading: Reading, node: str, at: float) -> Speaker:
    """All that `node` says of itself and its neighbours. Raises SnmpError when it does not."""
    await reading.want((*SCALARS, *routing.ROUTER_IDS, *COLUMNS))
    found = await ports(reading)
    parents = await bridging.parents(reading, found)
    lldp_ports, lldp = await announcements.lldp(reading)
    own = [each for each in await addresses(reading) if each.if_index is not None]
    mine = {each.address for each in own}
    return Speaker(
        node=node,
        heard_at=at,
        name=octets.text(await reading.scalar(SYS_NAME)),
        chassis=await announcements.chassis(reading),
        bridge=await bridging.bridge_address(reading),
        router_id=await routing.router_id(reading),
        interfaces=tuple(
            Interface(
                port.if_index, intern(port.name), intern(port.description), intern(port.alias),
                port.mac, parents.get(port.if_index, ""),
            )
            for port in found.values()
        ),
        addresses=tuple(
            Address(each.address, each.prefix_length or _whole(each.address), each.if_index or 0)
            for each in own
        ),
        lldp_ports=lldp_ports,
        lldp=lldp,
        cdp=await announcements.cdp(reading),
        ospf=await routing.ospf(reading),
        bgp=await routing.bgp(reading),
        bridge_ports=await bridging.bridge_ports(reading),
        members=await bridging.members(reading, found),
        arp=tuple(
            row for row in await routing.met(reading)
            if row.address not in mine
        ),
        fdb=await bridging.learnt(reading),
        next_hops=await routing.next_hops(reading),
    )  # fmt: skip


def _whole(address: str) -> int:
    """The length of a prefix that is one address."""
    return HOST_BITS[":" in address]
