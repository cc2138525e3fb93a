"""The WAN as declared: provinces, sites, nodes, links and the risks that they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

# What the loader demands of a file; in the program these are plain str and int.
STRICT = ConfigDict(extra="forbid")


def host_address(text: str) -> str:
    """`text` as an IP address in its canonical form, fit for one host."""
    try:
        address = ip_address(text)
    except ValueError:
        raise PydanticCustomError("ip_address", "not an IP address") from None
    zoned = isinstance(address, IPv6Address) and address.scope_id is not None
    if address.is_multicast or address.is_unspecified or zoned:
        raise PydanticCustomError("host_address", "not the address of a host")
    return str(address)


ID_PATTERN = r"^\w[\w.:@+-]*$"
TEXT_PATTERN = r"^\P{Cc}*$"

Id: TypeAlias = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
Text: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=TEXT_PATTERN, max_length=200)
]
Name: TypeAlias = Annotated[Text, Field(min_length=1)]
Address: TypeAlias = Annotated[str, AfterValidator(host_address)]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]


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
    __pydantic_config__ = STRICT

    id: Id
    name: Name
    code: Text = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A point of the WAN: what the promise of 100 % coverage counts."""

    __pydantic_config__ = STRICT

    id: Id
    name: Name
    kind: SiteKind
    province: str
    code: Text = ""


@dataclass(frozen=True, slots=True)
class SshAccess:
    """How to log in; `platform` is netmiko's device_type and ntc-templates' platform."""

    __pydantic_config__ = STRICT

    credential: str
    style: CliStyle
    platform: Name
    port: Port = 22


@dataclass(frozen=True, slots=True)
class Node:
    """`credential` names an SNMP credential; a node without one is not polled over SNMP."""

    __pydantic_config__ = STRICT

    id: Id
    site: str
    address: Address
    role: Role = Role.OTHER
    name: Text = ""
    credential: str | None = None
    port: Port = 161
    reachability: Reachability = Reachability.ICMP
    ssh: SshAccess | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An undirected link. `oper_follows` is false where the near port stays up whatever happens
    beyond it (a carrier's Ethernet service)."""

    __pydantic_config__ = STRICT

    id: Id
    a: str
    b: str
    a_port: Text = ""
    b_port: Text = ""
    carrier: Text = ""
    capacity_bps: Annotated[int, Field(ge=0)] = 0
    oper_follows: bool = True


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Things that fail together. Members are written `node:ID` and `link:ID`."""

    __pydantic_config__ = STRICT

    id: Id
    kind: GroupKind
    members: Annotated[tuple[str, ...], Field(min_length=1)]
    name: Text = ""


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
