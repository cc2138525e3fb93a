"""What a device says of itself and of whom it is joined with: the raw material of discovery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "interfaces": ("interfaces",),
        "addresses": ("addresses",),
        "router_id": ("router_id",),
        "lldp": ("chassis", "lldp_ports", "lldp"),
        "cdp": ("cdp",),
        "stp": ("bridge", "bridge_ports"),
        "ospf": ("ospf",),
        "bgp": ("bgp",),
        "members": ("members",),
        "fdb": ("fdb",),
        "route": ("next_hops",),
        "arp": ("arp",),
    }
)
"""The fields of a `Speaker` by what is read, or not, as one."""


@dataclass(frozen=True, slots=True)
class Interface:
    """`mac` in any notation; `parent` is the name of the interface that this one is a unit of, ""
    where the name itself tells (`xe-1/0/0.0`) or there is none."""

    index: int
    name: str
    description: str = ""
    alias: str = ""
    mac: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an interface, with its prefix length."""

    address: str
    prefix: int
    if_index: int


@dataclass(frozen=True, slots=True)
class LldpPort:
    """A row of LLDP-MIB::lldpLocPortTable; `kind` is its subtype."""

    number: int
    kind: int
    id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class LldpNeighbour:
    """A row of LLDP-MIB::lldpRemTable. `chassis` and `port` are as sent; octets as hex."""

    local_port: int
    chassis: str
    port_kind: int
    port: str
    port_description: str = ""
    name: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CdpNeighbour:
    """A row of CISCO-CDP-MIB::cdpCacheTable."""

    if_index: int
    device: str
    port: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class RoutingPeer:
    """An OSPF neighbour (OSPF-MIB::ospfNbrTable) or a BGP peer (BGP4-MIB::bgpPeerTable).
    `if_index` is set where an OSPF link has no address of its own (unnumbered)."""

    address: str
    router_id: str = ""
    if_index: int = 0


@dataclass(frozen=True, slots=True)
class BridgePort:
    """A port of BRIDGE-MIB: its number, its interface, and the bridge and port that its spanning
    tree hears as designated ("" and 0 where there is none)."""

    number: int
    if_index: int
    designated_bridge: str = ""
    designated_port: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """An interface that is part of an aggregate, both by index
    (IEEE8023-LAG-MIB::dot3adAggPortAttachedAggID, or IF-MIB::ifStackTable)."""

    if_index: int
    aggregate: int


@dataclass(frozen=True, slots=True)
class Met:
    """Who has an address on the network of an interface (IP-MIB::ipNetToMediaTable,
    ipNetToPhysicalTable). Rows of the device's own addresses and invalid ones are left out."""

    if_index: int
    address: str
    mac: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """A MAC address that a bridge has learnt behind one of its ports, by the number of
    BRIDGE-MIB (dot1dTpFdbTable, Q-BRIDGE-MIB::dot1qTpFdbTable); only rows of status `learned`."""

    port: int
    mac: str


@dataclass(frozen=True, slots=True)
class NextHop:
    """A router that this one sends through (IP-FORWARD-MIB::inetCidrRouteTable,
    ipCidrRouteTable, RFC1213-MIB::ipRouteTable); once for all its routes. `address` is "0.0.0.0"
    or "" on an unnumbered link."""

    if_index: int
    address: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Who answered on the way from a node to `target`, hop by hop, the nearest first; "" for a hop
    that did not answer."""

    target: str
    hops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unheard:
    """One of TABLES that was not heard, or not to its end, and why. `heard_at`: when what stands in
    its place was heard, None for now; `whole`: whether it was heard to its end then."""

    table: str
    reason: str
    heard_at: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """All that one node said. `heard_at`: when, in seconds of any one clock. That a table in
    `unheard` does not tell something means nothing."""

    node: str
    heard_at: float
    name: str = ""
    chassis: str = ""
    bridge: str = ""
    router_id: str = ""
    interfaces: tuple[Interface, ...] = ()
    addresses: tuple[Address, ...] = ()
    lldp_ports: tuple[LldpPort, ...] = ()
    lldp: tuple[LldpNeighbour, ...] = ()
    cdp: tuple[CdpNeighbour, ...] = ()
    ospf: tuple[RoutingPeer, ...] = ()
    bgp: tuple[RoutingPeer, ...] = ()
    bridge_ports: tuple[BridgePort, ...] = ()
    members: tuple[Member, ...] = ()
    arp: tuple[Met, ...] = ()
    fdb: tuple[Learnt, ...] = ()
    next_hops: tuple[NextHop, ...] = ()
    traces: tuple[Trace, ...] = ()
    unheard: tuple[Unheard, ...] = ()

    def told_at(self, table: str) -> float:
        """When what stands in a table was heard."""
        at = next((lack.heard_at for lack in self.unheard if lack.table == table), None)
        return self.heard_at if at is None else at
