"""The addresses of a device and its routing neighbours."""

from __future__ import annotations

from ipaddress import ip_network

from collector.discovery import index, octets
from collector.discovery.reading import Reading
from collector.portrait import Address, Peer

IPV4 = "1.3.6.1.2.1.4.20.1"  # IP-MIB::ipAddrTable, RFC 4293
IPV4_COLUMNS = {"if_index": f"{IPV4}.2", "mask": f"{IPV4}.3"}
ANY = "1.3.6.1.2.1.4.34.1"  # IP-MIB::ipAddressTable
ANY_COLUMNS = {"if_index": f"{ANY}.3", "prefix": f"{ANY}.5"}
BGP = "1.3.6.1.2.1.15.3.1"  # BGP4-MIB::bgpPeerTable, RFC 4273
BGP_COLUMNS = {
    "id": f"{BGP}.1",
    "state": f"{BGP}.2",
    "admin": f"{BGP}.3",
    "as_number": f"{BGP}.9",
}
BGP_STATES = dict(
    enumerate(("idle", "connect", "active", "openSent", "openConfirm", "established"), 1)
)
BGP_STARTED = 2  # bgpPeerAdminStatus
OSPF = "1.3.6.1.2.1.14.10.1"  # OSPF-MIB::ospfNbrTable, RFC 4750
OSPF_COLUMNS = {"id": f"{OSPF}.3", "state": f"{OSPF}.6"}
OSPF_STATES = dict(
    enumerate(
        ("down", "attempt", "init", "twoWay", "exchangeStart", "exchange", "loading", "full"), 1
    )
)


async def addresses(reading: Reading) -> tuple[Address, ...]:
    """IPv4 and IPv6, of the table for both and of the older one for IPv4."""
    await reading.want((*ANY_COLUMNS.values(), *IPV4_COLUMNS.values()))
    found: dict[str, Address] = {}
    for place, row in (await reading.table(IPV4_COLUMNS)).items():
        if address := index.address(index.arcs(place, 4)):
            length = prefix_of(octets.text(row.get("mask")))
            found[address] = Address(address, length, octets.integer(row.get("if_index")))
    for place, row in (await reading.table(ANY_COLUMNS)).items():
        arcs = index.arcs(place)
        if address := index.address(arcs[2:]):  # behind type and length
            prefix = index.arcs(octets.text(row.get("prefix")))[-1:]  # the row of a prefix table
            length = prefix[0] if prefix and 0 < prefix[0] <= 8 * (len(arcs) - 2) else None
            known = Address(address, length, octets.integer(row.get("if_index")))
            found.setdefault(address, known)
    return tuple(found.values())


async def peers(reading: Reading) -> tuple[Peer, ...]:
    """The neighbours in BGP and OSPF, with the names of their states in those MIBs."""
    await reading.want((*BGP_COLUMNS.values(), *OSPF_COLUMNS.values()))
    found = []
    for place, row in (await reading.table(BGP_COLUMNS)).items():
        admin = octets.integer(row.get("admin"))
        found.append(
            Peer(
                "bgp",
                place,
                octets.text(row.get("id")),
                BGP_STATES.get(octets.integer(row.get("state")) or 0, ""),
                octets.integer(row.get("as_number")),
                None if admin is None else admin == BGP_STARTED,
            )
        )
    for place, row in (await reading.table(OSPF_COLUMNS)).items():
        state = OSPF_STATES.get(octets.integer(row.get("state")) or 0, "")
        address = place.rpartition(".")[0]  # before ospfNbrAddressLessIndex
        found.append(Peer("ospf", address, octets.text(row.get("id")), state))
    return tuple(found)


def prefix_of(mask: str) -> int | None:
    """The length of a netmask, None for what is none."""
    try:
        return ip_network(f"0.0.0.0/{mask}").prefixlen
    except ValueError:
        return None
