"""Bridges: ports, spanning tree, learnt addresses, and what interfaces are parts of."""

from __future__ import annotations

from collections.abc import Mapping

from collector.discovery import index, octets
from collector.discovery.neighbours import BRIDGE_PORTS
from collector.discovery.reading import Reading
from collector.portrait import Port
from collector.speaker import BridgePort, Learnt, Member

ADDRESS = "1.3.6.1.2.1.17.1.1.0"  # BRIDGE-MIB::dot1dBaseBridgeAddress
STP = "1.3.6.1.2.1.17.2.15.1"  # dot1dStpPortTable
TREE = {"state": f"{STP}.3", "bridge": f"{STP}.8", "port": f"{STP}.9"}
OFF = {1, 6}  # dot1dStpPortState disabled and broken: what they heard is of the past
STACK = "1.3.6.1.2.1.31.1.2.1.3"  # IF-MIB::ifStackStatus, by the higher and the lower interface
ATTACHED = "1.2.840.10006.300.43.1.2.1.1.13"  # IEEE8023-LAG-MIB::dot3adAggPortAttachedAggID
AGGREGATE, VLAN = 161, 135  # ifType ieee8023adLag and l2vlan
COLUMNS = (BRIDGE_PORTS, *TREE.values(), STACK, ATTACHED)

MOST_LEARNT = 8000  # a bridge that knows more is no end of anything
FDB = {"port": "1.3.6.1.2.1.17.4.3.1.2", "status": "1.3.6.1.2.1.17.4.3.1.3"}  # dot1dTpFdbTable
VLAN_FDB = {  # Q-BRIDGE-MIB::dot1qTpFdbTable
    "port": "1.3.6.1.2.1.17.7.1.2.2.1.2",
    "status": "1.3.6.1.2.1.17.7.1.2.2.1.3",
}
LEARNED = 3


async def bridge_address(reading: Reading) -> str:
    """The MAC address of the bridge, "" where there is none."""
    value = await reading.scalar(ADDRESS)
    is_address = isinstance(value, bytes) and len(value) == 6 and any(value)
    return octets.hexadecimal(value) if isinstance(value, bytes) and is_address else ""


async def bridge_ports(reading: Reading) -> tuple[BridgePort, ...]:
    """Its ports with what the spanning tree hears on them."""
    tree = await reading.table(TREE)
    found = []
    for number, interface in (await reading.column(BRIDGE_PORTS)).items():
        arcs, if_index = index.arcs(number, 1), octets.integer(interface)
        if not arcs or if_index is None:
            continue
        row = tree.get(number, {})
        bridge, port = row.get("bridge"), row.get("port")
        if (
            not isinstance(bridge, bytes)
            or len(bridge) != 8
            or octets.integer(row.get("state")) in OFF
        ):
            found.append(BridgePort(arcs[0], if_index))
            continue
        designated = int.from_bytes(port[:2], "big") if isinstance(port, bytes) else 0
        mac = octets.hexadecimal(bridge[2:])  # behind two octets of priority
        found.append(BridgePort(arcs[0], if_index, mac, designated))
    return tuple(found)


async def learnt(reading: Reading) -> tuple[Learnt, ...]:
    """The addresses that it has learnt, none where they are too many."""
    found = set()
    for columns in (FDB, VLAN_FDB):
        for place, row in (await reading.short_table(columns, MOST_LEARNT) or {}).items():
            port, mac = octets.integer(row.get("port")), index.mac(index.arcs(place)[-6:])
            if port and mac and octets.integer(row.get("status")) == LEARNED:
                found.add(Learnt(port, mac))
    return tuple(sorted(found, key=lambda row: (row.port, row.mac)))


async def members(reading: Reading, ports: Mapping[int, Port]) -> tuple[Member, ...]:
    """Interfaces that are parts of aggregates."""
    found = {
        lower: aggregate
        for aggregate, lower in await _stacked(reading)
        if aggregate in ports and ports[aggregate].type == AGGREGATE and lower in ports
    }
    for number, value in (await reading.column(ATTACHED)).items():
        arcs, joined = index.arcs(number, 1), octets.integer(value)
        if arcs and joined and joined != arcs[0] and {joined, arcs[0]} <= ports.keys():
            found[arcs[0]] = joined
    return tuple(Member(port, aggregate) for port, aggregate in sorted(found.items()))


async def parents(reading: Reading, ports: Mapping[int, Port]) -> dict[int, str]:
    """The names of the ports that tagged units run on, by the index of the unit."""
    below: dict[int, set[int]] = {}
    for unit, lower in await _stacked(reading):
        if unit in ports and ports[unit].type == VLAN and lower in ports:
            below.setdefault(unit, set()).add(lower)
    return {unit: ports[min(on)].name for unit, on in below.items() if len(on) == 1}


async def _stacked(reading: Reading) -> list[tuple[int, int]]:
    """(higher, lower) interfaces."""
    pairs = (index.arcs(place, 2) for place in await reading.column(STACK))
    return [(pair[0], pair[1]) for pair in pairs if pair and 0 not in pair]
