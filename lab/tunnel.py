"""The fleet behind a TUN device: packets with latency, jitter and loss along their path."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket

from lab import packet
from lab.errors import PacketError
from lab.faults import Picture
from lab.fleet import Fleet
from lab.packet import Packet
from lab.paths import Paths, Route

MONITOR = "10.79.255.254"
NETWORK = "10.64.0.0/12"
MIRROR = "10.80.0.0/12"  # each node's address once more, 16 further in the second byte
MIRRORED = 16
BATCH = 64  # packets taken before other things get a turn
SNMP_PORT, SSH_PORT = 161, 22


def mirror(address: bytes) -> bytes:
    return bytes((address[0], address[1] + MIRRORED, address[2], address[3]))


def unmirror(address: bytes) -> bytes:
    return bytes((address[0], address[1] - MIRRORED, address[2], address[3]))


def caller(client: socket.socket) -> str:
    """The node that an SSH connection was meant for."""
    return socket.inet_ntoa(unmirror(socket.inet_aton(client.getpeername()[0])))


class Tunnel:
    """Answers ICMP and SNMP itself. SSH it hands to a listener in the namespace, on the
    monitor's own address at `ssh_port`, to which the callers seem to be the mirrored nodes."""

    def __init__(self, fleet: Fleet, descriptor: int, ssh_port: int, picture: Picture) -> None:
        self._fleet = fleet
        self._tun = descriptor
        self._ssh_port = ssh_port
        self._monitor = socket.inet_aton(MONITOR)
        nodes = fleet.nation.inventory.nodes
        self._address = {node.id: socket.inet_aton(node.address) for node in nodes.values()}
        self._node = {address: nodes[node] for node, address in self._address.items()}
        self._paths = Paths(fleet.nation)
        self._routes: dict[bytes, Route] = {}
        self._loop = asyncio.get_running_loop()
        self.apply(picture)
        self._loop.add_reader(descriptor, self._readable)

    def close(self) -> None:
        self._loop.remove_reader(self._tun)
        os.close(self._tun)

    def apply(self, picture: Picture) -> None:
        """Find the paths anew; nothing comes from where none leads."""
        routes = self._paths.routes(picture)
        self._routes = {self._address[node]: route for node, route in routes.items()}

    def send(self, address: bytes, data: bytes, peer: tuple[str, int]) -> None:
        """Send a datagram from a node; half a round trip later it is there."""
        route = self._routes.get(address)
        if route:
            target = socket.inet_aton(peer[0])
            raw = packet.udp(address, SNMP_PORT, target, peer[1], data, _ttl(route))
            self._carry(raw, route, 0.5)

    def _readable(self) -> None:
        for _ in range(BATCH):
            try:
                raw = os.read(self._tun, 65_535)
            except (BlockingIOError, InterruptedError):
                return
            with contextlib.suppress(PacketError):
                self._packet(packet.parse(raw))

    def _packet(self, got: Packet) -> None:
        route = self._routes.get(got.target)
        if route is None:
            if got.protocol == packet.TCP and got.source == self._monitor:
                self._from_ssh(got)
            return
        if got.ttl < len(route.hops):
            self._expired(got, route)
        elif got.protocol == packet.ICMP:
            reply = packet.echo_reply(got, _ttl(route))
            if reply:
                self._carry(reply, route)
        elif got.protocol == packet.UDP:
            self._udp(got, route)
        elif got.protocol == packet.TCP:
            self._tcp(got, route)

    def _expired(self, got: Packet, route: Route) -> None:
        """The router at which a packet's time to live ran out says so, as traceroute hopes."""
        hop = self._address[route.hops[max(got.ttl, 1) - 1]]
        near = self._routes.get(hop)
        if near:
            self._carry(packet.complaint(got, hop, packet.TIME_EXCEEDED, 0, _ttl(near)), near)

    def _udp(self, got: Packet, route: Route) -> None:
        sport, dport = packet.ports(got)
        node = self._node[got.target]
        if dport != SNMP_PORT or node.credential is None:
            self._refuse(got, route)
            return
        data = self._fleet.answer(got.target, got.body[8:], self._fleet.clock.now())
        if data:
            reply = packet.udp(got.target, dport, got.source, sport, data, _ttl(route))
            self._carry(reply, route)

    def _refuse(self, got: Packet, route: Route) -> None:
        kind, code = packet.UNREACHABLE, packet.PORT_UNREACHABLE
        self._carry(packet.complaint(got, got.target, kind, code, _ttl(route)), route)

    def _tcp(self, got: Packet, route: Route) -> None:
        sport, dport = packet.ports(got)
        if dport != SSH_PORT or self._node[got.target].ssh is None:
            self._refuse(got, route)
            return
        seen_as = mirror(got.target)
        raw = packet.readdressed(got, seen_as, sport, self._monitor, self._ssh_port)
        self._carry(raw, route, 0.5, in_order=True)

    def _from_ssh(self, got: Packet) -> None:
        """From the SSH listener, to be seen as from the node."""
        sport, dport = packet.ports(got)
        if sport != self._ssh_port or not 80 <= got.target[1] < 96:
            return
        node = unmirror(got.target)
        route = self._routes.get(node)
        if route:
            raw = packet.readdressed(got, node, SSH_PORT, got.source, dport, _ttl(route))
            self._carry(raw, route, 0.5, in_order=True)

    def _carry(self, raw: bytes, route: Route, share: float = 1.0, in_order: bool = False) -> None:
        """Deliver a packet after `share` of the round trip, unless the path loses it. TCP would
        take jitter for loss, so it is spared that."""
        if random.random() < route.loss_ratio * share:
            return
        delay_s = route.rtt_s * share
        if not in_order:
            delay_s = max(delay_s * 0.9, random.gauss(delay_s, route.jitter_s * share))
        self._loop.call_later(delay_s, self._write, raw)

    def _write(self, raw: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._tun, raw)


def _ttl(route: Route) -> int:
    """What is left of the time to live after the way back."""
    return packet.TTL - len(route.hops) + 1
