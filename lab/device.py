"""One device of the lab: its ports, counters, sensors and identity, without any protocol."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from configs.inventory import Link, Node
from lab.models import Model, models
from lab.nation import Nation
from lab.traffic import SIZE, Floats, Row, basis, flow, shape, steady, sway

ETHERNET, LOOPBACK = 6, 24  # IANAifType
UPTIME, TEMPERATURE, VOLTAGE = 0, 1, 2  # rows of every device
COUNTERS = ("octets", "ucast", "multicast", "broadcast", "errors", "discards")
IN, OUT = 0, len(COUNTERS)  # offsets in a port's rows
PORT_ROWS = 2 * len(COUNTERS)


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a link, as LLDP tells it."""

    node: str
    address: str
    mac: bytes
    port: str
    short: str


@dataclass(slots=True)
class Port:
    """`row` is the first of the port's counter rows, None where nothing ever flows.

    `changed` is sysUpTime in hundredths when the port last changed its state.
    """

    index: int
    name: str
    short: str
    type: int
    speed_bps: int
    alias: str = ""
    link: Link | None = None
    peer: Peer | None = None
    row: int | None = None
    admin_up: bool = True
    up: bool = True
    neighbour: bool = True
    changed: int = 0


@dataclass(slots=True)
class Device:
    """`matrix @ basis(t)` gives every moving value at the moment t; `boots` and `booted` (t of
    the last start) change when it is switched on again after a failure."""

    node: Node
    model: Model
    site_name: str
    version: str
    serial: str
    mac: bytes
    ports: list[Port]
    matrix: Floats
    booted: float
    boots: int
    frozen: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)
    battery: bool = False  # its site has no mains

    def values(self, t: float) -> Floats:
        moving: Floats = self.matrix @ basis(t)
        return moving

    def mac_of(self, port: Port) -> bytes:
        return self.mac[:5] + bytes((port.index & 0xFF,))

    def uptime(self, t: float) -> int:
        """sysUpTime in hundredths of a second."""
        return int((t - self.booted) * 100)

    def set_port(self, port: Port, up: bool, carries: bool, t: float) -> bool:
        """Change a port; true when its state as the device itself shows it has changed. Its
        counters stand still while its link carries nothing."""
        if port.row is None:
            pass
        elif carries and port.index in self.frozen:
            self._thaw(port.index, port.row, t)
        elif not carries and port.index not in self.frozen:
            self._freeze(port.index, port.row, t)
        changed = port.up != up
        if changed:
            port.up, port.changed = up, self.uptime(t)
        port.neighbour = carries
        return changed

    def _freeze(self, index: int, row: int, t: float) -> None:
        rows = slice(row, row + PORT_ROWS)
        stood = self.matrix[rows] @ basis(t)
        self.frozen[index] = (self.matrix[rows].copy(), stood)
        self.matrix[rows] = 0.0
        self.matrix[rows, 0] = stood

    def _thaw(self, index: int, row: int, t: float) -> None:
        moving, stood = self.frozen.pop(index)
        moving[:, 0] += stood - moving @ basis(t)
        self.matrix[row : row + PORT_ROWS] = moving

    def reboot(self, t: float) -> None:
        """Start again from nothing at `t`: uptime and counters from zero."""
        self.booted = t
        self.boots += 1
        at = basis(t)
        moving = np.arange(len(self.matrix)) > VOLTAGE
        moving[UPTIME] = True
        self.matrix[moving, 0] -= self.matrix[moving] @ at
        for _, stood in self.frozen.values():
            stood[:] = 0.0
        for port in self.ports:
            port.changed = 0


class Wiring:
    """Which links end at each node, in the order in which its ports were taken."""

    def __init__(self, nation: Nation) -> None:
        self.nation = nation
        self._links: dict[str, list[str]] = {node: [] for node in nation.inventory.nodes}
        for link in nation.inventory.links.values():
            self._links[link.a].append(link.id)
            self._links[link.b].append(link.id)

    def links(self, node: str) -> list[Link]:
        links = self.nation.inventory.links
        return [links[link] for link in self._links[node]]

    def peer(self, link: Link, node: str) -> Peer:
        """The other end of a link, seen from `node`."""
        other = self.nation.inventory.nodes[link.b if link.a == node else link.a]
        model = models()[self.nation.models[other.id]]
        place = self._links[other.id].index(link.id)
        return Peer(
            other.id,
            other.address,
            _chassis_mac(model, other.address),
            model.port(place),
            model.short(place),
        )


def _chassis_mac(model: Model, address: str) -> bytes:
    """The maker's prefix and the distinguishing part of the address; its last byte is 0, the
    ports' count from there."""
    _, second, third, fourth = map(int, address.split("."))
    return bytes.fromhex(model.oui.replace(":", "")) + bytes(
        (second << 7 & 0xFF | third, fourth, 0)
    )


def device(wiring: Wiring, node: Node) -> Device:
    """The device at a node, as it was switched on long ago."""
    nation = wiring.nation
    rng = random.Random(f"{nation.seed} {node.id}")
    model = models()[nation.models[node.id]]
    age_s = rng.uniform(3, 300) * 86_400  # at midnight, when t is 0
    rows: list[Row] = [
        steady(age_s * 100, 100),
        sway(rng.uniform(330, 470), rng.uniform(10, 40), 0),
        sway(rng.uniform(11_850, 12_150), rng.uniform(5, 25), 3),
    ]
    ports = _ports(wiring, node, model)
    inside = np.zeros((PORT_ROWS, SIZE))
    for port in ports:
        if port.link:
            port.row = len(rows)
            outside = _counters(nation, port.link, port.link.a == node.id, age_s)
            rows.extend(outside)
            inside += np.array(outside[OUT:] + outside[:OUT])
    for port in ports:
        if not port.link and port.up and port.type != LOOPBACK:
            port.row = len(rows)
            rows.extend(map(tuple, inside))
    return Device(
        node,
        model,
        nation.inventory.sites[node.site].name,
        rng.choice(model.versions),
        f"{model.serial}{rng.randrange(16**8):08X}",
        _chassis_mac(model, node.address),
        ports,
        np.array(rows),
        -age_s,
        rng.randrange(1, 40),
    )


def _ports(wiring: Wiring, node: Node, model: Model) -> list[Port]:
    links = wiring.links(node.id)
    ports: list[Port] = []
    for place in range(max(len(links), model.ports.fitted)):
        port = Port(place + 1, model.port(place), model.short(place), ETHERNET, 1_000_000_000)
        if place < len(links):
            port.link = links[place]
            port.peer = wiring.peer(port.link, node.id)
            port.speed_bps = port.link.capacity_bps
            port.alias = f"{port.link.id} {port.link.carrier}".rstrip()
        else:
            port.admin_up = port.up = False
        ports.append(port)
    for fixed in model.fixed:
        ports.append(Port(len(ports) + 1, fixed.long, fixed.short, fixed.type, 1_000_000_000))
    return ports


def _counters(nation: Nation, link: Link, at_a: bool, age_s: float) -> list[Row]:
    """Counter rows of one end of a link: what leaves one end is what enters the other."""
    line = nation.lines[link.id]
    rows: list[Row] = []
    for into_a in (at_a, not at_a):
        bps = line.load_ba_bps if into_a else line.load_ab_bps
        rng = random.Random(f"{nation.seed} {link.id} {into_a}")
        weights, packet = shape(rng), rng.uniform(450, 900)
        packets = bps / 8 / packet
        lost = packets * line.loss_ratio * 0.2
        speeds = (bps / 8, packets, 0.11, 0.02, lost, lost * 0.5)
        rows += [flow(per_s * age_s, per_s, weights) for per_s in speeds]
    return rows
