"""The whole fleet: every device and its agent, made when first asked, following the faults."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from configs.inventory import Node
from lab.agent import Agent
from lab.device import Device, Port, Wiring, device
from lab.errors import BerError
from lab.faults import Picture
from lab.message import Secrets, Session, session
from lab.mib import engine_id, objects
from lab.nation import Nation
from lab.recording import Recording
from lab.replay import Replay
from lab.traffic import Clock

WARM_PAUSE_S = 0.0002


@dataclass(frozen=True, slots=True)
class Changes:
    """What living devices noticed of a fault or its mending: those that were switched on, ports
    that went down or came up, and whose UPS lost its mains or has them again."""

    started: list[Device | Replay]
    ports: list[tuple[Device, Port]]
    mains: list[Device]


class Fleet:
    """All agents by address. An agent is made when it is first asked. `recordings` are those of
    the nodes that are recorded devices."""

    def __init__(
        self, nation: Nation, secrets: Secrets, recordings: Mapping[str, Recording] | None = None
    ) -> None:
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
        t = self.clock.now()
        self._replays = {
            node: Replay(nation.inventory.nodes[node], recording, t)
            for node, recording in (recordings or {}).items()
        }
        self._silent: set[bytes] = set()
        self._before: Picture | None = None

    def device(self, node: str) -> Device:
        """The device at a node, with its ports as the present faults have them."""
        made = self._devices.get(node)
        if made is None:
            made = device(self._wiring, self.nation.inventory.nodes[node])
            self._devices[node] = made
            if self._before:
                self._set_ports(made, self._before)
                made.battery = made.node.site in self._before.battery
        return made

    def answer(self, address: bytes, data: bytes, t: float) -> bytes | None:
        """The reply of the agent at an address, None where it keeps silent."""
        asked = self._sessions.get(address)
        if asked is None:
            node = self._by_address.get(address)
            asked = self.session(node) if node else None
            if asked is None:
                return None
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

    def session(self, node: Node) -> Session | None:
        """The node's agent behind its message layer, None where it has no SNMP."""
        address = socket.inet_aton(node.address)
        if address not in self._sessions and node.credential:
            agent = self._agent(node)
            self._sessions[address] = session(agent, self.secrets, node.credential)
        return self._sessions.get(address)

    def _agent(self, node: Node) -> Agent:
        replay = self._replays.get(node.id)
        if replay:
            return Agent(replay, replay.engine_id, replay.objects)
        made = self.device(node.id)
        return Agent(made, engine_id(made), partial(objects, made))

    async def warm(self) -> None:
        """Make all agents before they are asked, a few at a time, so that the first to ask for
        everything at once need not wait for it."""
        for node in self.nation.inventory.nodes.values():
            made = self.session(node)
            if made:
                made.agent.prepare()
            await asyncio.sleep(WARM_PAUSE_S)

    def is_silent(self, node: Node) -> bool:
        return bool(self._before and node.id not in self._before.reached)

    def apply(self, picture: Picture) -> Changes:
        """Make the devices follow the faults."""
        t, before, links = self.clock.now(), self._before, self.nation.inventory.links
        was_dark = before.dark if before else frozenset()
        touched = {
            node for link in was_dark ^ picture.dark for node in (links[link].a, links[link].b)
        }
        woken = (before.dead if before else frozenset()) - picture.dead
        replays = [self._replays[node] for node in sorted(woken & self._replays.keys())]
        devices = [  # as they still are
            self.device(node) for node in sorted((touched | woken) - self._replays.keys())
        ]
        self._before = picture
        self._silent = {
            address for address, node in self._by_address.items() if node.id not in picture.reached
        }
        for replay in replays:
            replay.reboot(t)
        changes = Changes([*replays], [], self._switch_mains(before, picture))
        for made in devices:
            node = made.node.id
            if node in woken:
                made.reboot(t)
                changes.started.append(made)
            changed = self._set_ports(made, picture)
            if node not in picture.dead:
                changes.ports.extend((made, port) for port in changed)
            asked = self._sessions.get(socket.inet_aton(made.node.address))
            if asked:
                asked.agent.stale = True
        return changes

    def _switch_mains(self, before: Picture | None, picture: Picture) -> list[Device]:
        """The living devices that tell of a UPS at the sites whose mains went or came."""
        sites = (before.battery if before else frozenset()) ^ picture.battery
        switched = []
        for node in self.nation.inventory.nodes.values():
            if node.site not in sites or node.id in self._replays:
                continue
            made = self.device(node.id)
            made.battery = node.site in picture.battery
            if made.model.ups and node.id not in picture.dead:
                switched.append(made)
            if asked := self._sessions.get(socket.inet_aton(node.address)):
                asked.agent.stale = True
        return switched

    def _set_ports(self, made: Device, picture: Picture) -> list[Port]:
        """The ports whose shown state changed."""
        t = self.clock.now()
        changed = []
        for port in made.ports:
            if port.link:
                carries = port.link.id not in picture.dark
                up = carries or not port.link.oper_follows
                if made.set_port(port, up, carries, t):
                    changed.append(port)
        return changed
