"""The WAN as declared: provinces, sites, nodes, links and the risks that they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class SiteKind(StrEnum):
    DATA_CENTRE = "data_centre"
    AGENCY = "agency"
    COMMITTEE = "committee"
    HUB = "hub"
    COMMUNE = "commune"


class Role(StrEnum):
    """What a node does in the WAN; becomes the `role` label."""

    CORE = "core"
    HUB = "hub"
    CPE = "cpe"
    SWITCH = "switch"
    FIREWALL = "firewall"
    SERVER = "server"
    OTHER = "other"


class Reachability(StrEnum):
    """How we learn whether a node is there."""

    ICMP = "icmp"
    SNMP = "snmp"
    SSH = "ssh"


class GroupKind(StrEnum):
    POWER = "power"
    DUCT = "duct"
    CARRIER = "carrier"
    OTHER = "other"


class CliStyle(StrEnum):
    """EXEC hosts run one command per channel; PROMPT hosts want a dialogue at a prompt."""

    EXEC = "exec"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Province:
    id: str
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A point of the WAN: what the promise of 100 % coverage counts."""

    id: str
    name: str
    kind: SiteKind
    province: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class SshAccess:
    """How to log in; `platform` is netmiko's device_type and ntc-templates' platform."""

    credential: str
    style: CliStyle
    platform: str
    port: int = 22


@dataclass(frozen=True, slots=True)
class Node:
    """`credential` names an SNMP credential; a node without one is not polled over SNMP."""

    id: str
    site: str
    address: str
    role: Role = Role.OTHER
    name: str = ""
    credential: str | None = None
    port: int = 161
    reachability: Reachability = Reachability.ICMP
    ssh: SshAccess | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An undirected link. `oper_follows` is false where the near port stays up whatever happens
    beyond it (a carrier's Ethernet service)."""

    id: str
    a: str
    b: str
    a_port: str = ""
    b_port: str = ""
    carrier: str = ""
    capacity_bps: int = 0
    oper_follows: bool = True


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Things that fail together. Members are written `node:ID` and `link:ID`."""

    id: str
    kind: GroupKind
    members: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything declared, by id, in file order. Every reference in it is known to resolve.

    `monitors`: ids of the nodes where this monitor is attached to the WAN.
    """

    provinces: dict[str, Province] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    groups: dict[str, RiskGroup] = field(default_factory=dict)
    monitors: tuple[str, ...] = ()

    def province_of(self, node: str) -> str:
        """Province id of a node."""
        return self.sites[self.nodes[node].site].province
