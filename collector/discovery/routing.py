"""Whom a device routes with: OSPF, BGP, the routers that it sends through, and whom it met."""

from __future__ import annotations

from collector.discovery import index, octets
from collector.discovery.addresses import BGP_COLUMNS, BGP_STATES, OSPF_COLUMNS, OSPF_STATES
from collector.discovery.reading import Reading, Table
from collector.speaker import Met, NextHop, RoutingPeer

ROUTER_IDS = ("1.3.6.1.2.1.14.1.1.0", "1.3.6.1.2.1.15.4.0")  # ospfRouterId, bgpIdentifier
NOBODY = "0.0.0.0"  # noqa: S104 - a router id that was never set
OSPF_HEARD = {"twoWay", "full"}  # between them, an adjacency is only being made
BGP_HEARD = {"established"}
COLUMNS = (*OSPF_COLUMNS.values(), *BGP_COLUMNS.values())

MOST_ROUTES = 4000  # of a full table of the internet nothing is read
MOST_MET = 8000
ANY_ROUTES = {"if_index": "1.3.6.1.2.1.4.24.7.1.7", "kind": "1.3.6.1.2.1.4.24.7.1.8"}
CIDR_ROUTES = {"if_index": "1.3.6.1.2.1.4.24.4.1.5", "kind": "1.3.6.1.2.1.4.24.4.1.6"}
OLD_ROUTES = {
    "if_index": "1.3.6.1.2.1.4.21.1.2",
    "next": "1.3.6.1.2.1.4.21.1.7",
    "kind": "1.3.6.1.2.1.4.21.1.8",
}
REMOTE = 4  # inetCidrRouteType and ipCidrRouteType: remote; ipRouteType: indirect
MET = {"mac": "1.3.6.1.2.1.4.22.1.2", "kind": "1.3.6.1.2.1.4.22.1.4"}  # ipNetToMediaTable
ANY_MET = {"mac": "1.3.6.1.2.1.4.35.1.4", "kind": "1.3.6.1.2.1.4.35.1.6"}  # ipNetToPhysicalTable
INVALID, LOCAL = 2, 5


async def router_id(reading: Reading) -> str:
    """What the device calls itself in OSPF, else in BGP, "" in neither."""
    for oid in ROUTER_IDS:
        found = octets.text(await reading.scalar(oid))
        if found not in ("", NOBODY) and index.address(index.arcs(found)):
            return found
    return ""


async def ospf(reading: Reading) -> tuple[RoutingPeer, ...]:
    """Its neighbours that hear it too. The index is an address and, where the link has none of
    its own, the interface (RFC 4750)."""
    found = []
    for place, row in (await reading.table(OSPF_COLUMNS)).items():
        arcs = index.arcs(place, 5)
        heard = OSPF_STATES.get(octets.integer(row.get("state")) or 0) in OSPF_HEARD
        if heard and (address := index.address(arcs[:4])):
            found.append(RoutingPeer(address, octets.text(row.get("id")), arcs[4]))
    return tuple(found)


async def bgp(reading: Reading) -> tuple[RoutingPeer, ...]:
    """Its peers with an established session."""
    found = []
    for place, row in (await reading.table(BGP_COLUMNS)).items():
        heard = BGP_STATES.get(octets.integer(row.get("state")) or 0) in BGP_HEARD
        if heard and (address := index.address(index.arcs(place, 4))):
            found.append(RoutingPeer(address, octets.text(row.get("id"))))
    return tuple(found)


async def next_hops(reading: Reading) -> tuple[NextHop, ...]:
    """The routers of its routes, of the newest table that it has and that is not too long."""
    for columns in (ANY_ROUTES, CIDR_ROUTES, OLD_ROUTES):
        table = await reading.short_table(columns, MOST_ROUTES)
        if table is None:
            return ()
        if table:
            return _next_hops(table)
    return ()


def _next_hops(table: Table) -> tuple[NextHop, ...]:
    found = set()
    for place, row in table.items():
        if octets.integer(row.get("kind")) != REMOTE:
            continue
        arcs = index.arcs(place)
        if "next" in row:
            address = index.address(index.arcs(octets.text(row["next"]), 4))
        elif len(arcs) == 13:  # destination, mask, type of service, next hop
            address = index.address(arcs[-4:])
        else:
            address = index.inet_address(_behind_route(arcs))
        interface = octets.integer(row.get("if_index"))
        if interface and address:
            found.add(NextHop(interface, address))
    return tuple(sorted(found, key=lambda hop: (hop.if_index, hop.address)))


def _behind_route(arcs: list[int]) -> list[int]:
    """What follows the destination, its length and the policy in an index of
    inetCidrRouteTable: the next hop."""
    rest = arcs[2 + arcs[1] + 1 :] if len(arcs) > 1 else []
    return rest[1 + rest[0] :] if rest else []


async def met(reading: Reading) -> tuple[Met, ...]:
    """Who has which address beside it (ARP and neighbour discovery)."""
    found: dict[str, Met] = {}
    for columns in (MET, ANY_MET):
        for place, row in (await reading.short_table(columns, MOST_MET) or {}).items():
            arcs, value = index.arcs(place), row.get("mac")
            own = columns is ANY_MET and octets.integer(row.get("kind")) == LOCAL
            if len(arcs) < 5 or octets.integer(row.get("kind")) == INVALID or own:
                continue
            address = index.address(arcs[1:]) if columns is MET else index.inet_address(arcs[1:])
            if address and isinstance(value, bytes) and len(value) == 6:
                found.setdefault(address, Met(arcs[0], address, octets.hexadecimal(value)))
    return tuple(found.values())
