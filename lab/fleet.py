"""The whole fleet of agents behind one UDP socket on the loopback device."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import Counter

from configs.inventory import Node
from lab.agent import Agent
from lab.device import Device, Wiring, device
from lab.errors import BerError
from lab.faults import Picture
from lab.message import Secrets, Session, session
from lab.nation import Nation
from lab.traffic import Clock

IP_PKTINFO = 8  # linux/in.h; not in Python's socket module
SO_RCVBUFFORCE = 33
RECEIVE_BUFFER = 16 * 1024 * 1024  # a sweep of the country arrives at once
REQUEST_SIZE = 16_384
BATCH = 200  # requests answered before other things get a turn
SLOW_S = 0.3  # links slower than this are felt on loopback too
Peer = tuple[str, int]


class Fleet:
    """All agents by address. An agent is made when it is first asked."""

    def __init__(self, nation: Nation, secrets: Secrets) -> None:
        self.nation = nation
        self.secrets = secrets
        self.clock = Clock()
        self.counts: Counter[str] = Counter()
        self._wiring = Wiring(nation)
        self._by_address = {
            socket.inet_aton(node.address): node for node in nation.inventory.nodes.values()
        }
        self._sessions: dict[bytes, Session] = {}
        self._devices: dict[str, Device] = {}
        self._silent: set[bytes] = set()
        self._delays = _delays(nation)
        self._before: Picture | None = None

    def device(self, node: str) -> Device:
        """The device at a node, with its ports as the present faults have them."""
        made = self._devices.get(node)
        if made is None:
            made = device(self._wiring, self.nation.inventory.nodes[node])
            self._devices[node] = made
            if self._before:
                self._set_ports(made, self._before)
        return made

    def answer(self, address: bytes, data: bytes, t: float) -> bytes | None:
        """The reply of the agent at an address, None where it keeps silent."""
        asked = self._sessions.get(address)
        if asked is None:
            node = self._by_address.get(address)
            if node is None or node.credential is None:
                return None
            asked = session(Agent(self.device(node.id)), self.secrets, node.credential)
            self._sessions[address] = asked
        if address in self._silent:
            self.counts["silent"] += 1
            return None
        try:
            reply = asked.answer(data, t)
        except BerError:
            self.counts["malformed"] += 1
            return None
        self.counts["answered" if reply else "refused"] += 1
        return reply

    def is_silent(self, node: Node) -> bool:
        return bool(self._before and node.id not in self._before.reached)

    def delay_s(self, address: bytes) -> float:
        """What a slow link on the way adds to a reply."""
        return self._delays.get(address, 0.0)

    def apply(self, picture: Picture) -> list[tuple[Device, int, bool]]:
        """Make the devices follow the faults; the ports that changed, as (device, place in its
        ports, up), of devices that are alive."""
        before, self._before = self._before, picture
        t = self.clock.now()
        self._silent = {
            address for address, node in self._by_address.items() if node.id not in picture.reached
        }
        was_dark = before.dark if before else frozenset()
        links = self.nation.inventory.links
        touched = {
            node for link in was_dark ^ picture.dark for node in (links[link].a, links[link].b)
        }
        woken = (before.dead if before else frozenset()) - picture.dead
        changes: list[tuple[Device, int, bool]] = []
        for node in sorted(touched | woken):
            made = self.device(node)
            if node in woken:
                made.reboot(t)
            changed = self._set_ports(made, picture)
            if node not in picture.dead:
                changes += [(made, place, made.ports[place].up) for place in changed]
            asked = self._sessions.get(socket.inet_aton(made.node.address))
            if asked:
                asked.agent.stale = True
        return changes

    def _set_ports(self, made: Device, picture: Picture) -> list[int]:
        """Places of the ports whose shown state changed."""
        t = self.clock.now()
        changed = []
        for place, port in enumerate(made.ports):
            if port.link:
                carries = port.link.id not in picture.dark
                up = carries or not port.link.oper_follows
                if made.set_port(port, up, carries, t):
                    changed.append(place)
        return changed


def _delays(nation: Nation) -> dict[bytes, float]:
    """Seconds that a node's slow links add to its replies, by address."""
    delays: dict[bytes, float] = {}
    for link in nation.inventory.links.values():
        rtt_s = nation.lines[link.id].rtt_s
        if rtt_s >= SLOW_S:
            delays[socket.inet_aton(nation.inventory.nodes[link.b].address)] = rtt_s
    return delays


def loopback_socket(port: int, kind: socket.SocketKind) -> socket.socket:
    """A socket on every address of the loopback device and on no other device. Raises OSError."""
    sock = socket.socket(socket.AF_INET, kind)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        sock.bind(("0.0.0.0", port))  # noqa: S104  the device keeps it from outside
    except OSError:
        sock.close()
        raise
    return sock


class Loopback:
    """Serves a fleet on 127.0.0.0/8: one socket that sees which address was asked."""

    def __init__(self, fleet: Fleet, sock: socket.socket) -> None:
        self._fleet = fleet
        self._sock = sock
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        try:
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except PermissionError:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._readable)

    def close(self) -> None:
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _readable(self) -> None:
        receive, answer, t = self._sock.recvmsg, self._fleet.answer, self._fleet.clock.now()
        for _ in range(BATCH):
            try:
                data, extra, _, peer = receive(REQUEST_SIZE, 64)
            except (BlockingIOError, InterruptedError):
                return
            address = extra[0][2][8:12]  # struct in_pktinfo: ipi_addr
            reply = answer(address, data, t)
            if reply is None:
                continue
            delay_s = self._fleet.delay_s(address)
            if delay_s:
                self._loop.call_later(delay_s, self.send, address, reply, peer)
            else:
                self.send(address, reply, peer)

    def send(self, address: bytes, data: bytes, peer: Peer) -> None:
        """Send from one of the fleet's addresses; a full buffer loses it, as a network would."""
        source = [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("=i4s4s", 0, address, bytes(4)))]
        with contextlib.suppress(OSError):
            self._sock.sendmsg([data], source, 0, peer)
