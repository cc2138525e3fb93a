"""What a device turned out to be and to have: the facts, and how to read those again that move."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.gauge import Filling, Gauge
from collector.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Identity:
    """`os` is `generic` where no rule fits; what a device does not tell is ""."""

    os: str
    vendor: str
    hardware: str
    version: str
    serial: str
    sys_name: str
    sys_descr: str
    sys_object_id: str
    location: str


@dataclass(frozen=True, slots=True)
class Port:
    """A row of ifTable; `speed_bps` is None where the device does not tell."""

    if_index: int
    name: str
    description: str
    alias: str
    type: int
    mac: str
    speed_bps: int | None
    admin_status: str
    oper_status: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`local_port` is named as `Port.name`; texts that were not announced are ""."""

    protocol: str
    local_if_index: int | None
    local_port: str
    remote_name: str
    remote_port: str
    remote_port_description: str
    remote_chassis: str
    remote_description: str
    remote_platform: str = ""


@dataclass(frozen=True, slots=True)
class Processor:
    """`usage_ratio` is within 0..1; `gauge`: how to read it again."""

    description: str
    usage_ratio: float
    gauge: Gauge | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Space:
    """Memory or storage; bytes are None where only the ratio is told. `filling`: how to read it
    again."""

    description: str
    used_ratio: float
    used_bytes: float | None
    total_bytes: float | None
    filling: Filling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """`prefix_length` is None where the device does not tell."""

    address: str
    prefix_length: int | None
    if_index: int | None


@dataclass(frozen=True, slots=True)
class Peer:
    """A routing neighbour; `as_number` is of BGP, `enabled` None where nothing is told."""

    protocol: str
    address: str
    router_id: str
    state: str
    as_number: int | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Portrait:
    """`missing` tells what could not be read, because the device stopped answering at it;
    `modules` are those of which it has the objects, so that the daemon asks it for them."""

    identity: Identity
    ports: tuple[Port, ...]
    neighbours: tuple[Neighbour, ...]
    processors: tuple[Processor, ...]
    memory: tuple[Space, ...]
    storage: tuple[Space, ...]
    sensors: tuple[Sensor, ...]
    addresses: tuple[Address, ...]
    peers: tuple[Peer, ...]
    missing: tuple[str, ...]
    modules: tuple[str, ...] = ()
