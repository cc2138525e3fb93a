"""Links that nobody tells of, but that bridge tables, routes, ARP and traces give away.

None of these says who is at the other end of a cable; all say who is somewhere behind a port. So
a hint is given only where one device can be meant: the network has no third party, no other device
lies between, and the port is not known to lead elsewhere. A shared segment gives none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from collector.speaker import Interface, Speaker
from topology.directory import Directory, physical, plain_mac

Port = tuple[str, str]  # node, name of the physical port; "" for one that nobody told
Taken = Callable[[Port], bool]
STRANGER = ""  # stands for every device that is not known


@dataclass(frozen=True, slots=True)
class Hint:
    """Two ports that seem to be joined, and when that was told."""

    near: Port
    far: Port
    heard_at: float


def learnt(directory: Directory, taken: Taken) -> list[Hint]:
    """What bridges have learnt. Two bridges are joined where each has learnt the other and nothing
    that is known lies between them; any other device, where it is alone behind a port."""
    behind = {
        port: nodes for port, nodes in _behind(directory).items() if nodes and not taken(port)
    }
    found = list(_trunks(directory, behind))
    trunks = {port for hint in found for port in (hint.near, hint.far)}
    for (bridge, name), nodes in behind.items():
        known = nodes - {STRANGER}
        if (bridge, name) in trunks or len(known) != 1:
            continue
        (node,) = known
        speaker = directory.speakers[node]
        if STRANGER in nodes and not (speaker.bridge or speaker.bridge_ports):
            continue
        at = directory.speakers[bridge].told_at("fdb")
        if not taken(end := (node, directory.port_of(node, _macs_behind(directory, bridge, name)))):
            found.append(Hint((bridge, name), end, at))
    return _undisputed(found, at_ports=True)


def routed(directory: Directory, taken: Taken) -> list[Hint]:
    """Who is the only router that a port sends through."""
    return _beside(directory, taken, _next_hops, "route")


def met(directory: Directory, taken: Taken) -> list[Hint]:
    """Who is the only one that a port has met."""
    return _beside(directory, taken, _neighbours, "arp")


def traced(directory: Directory, taken: Taken) -> list[Hint]:
    """Routers that answered one after the other on the way from a node to somewhere."""
    found = []
    for speaker in directory.speakers.values():
        for trace in speaker.traces:
            steps = [(speaker.node, "")]
            steps += [directory.interface_at(hop) or (STRANGER, "") for hop in trace.hops]
            for (near, _), far in pairwise(steps):
                if STRANGER not in (near, far[0]) and near != far[0] and not taken(far):
                    found.append(Hint((near, ""), far, speaker.heard_at))
    return _undisputed(found)


def _behind(directory: Directory) -> dict[Port, set[str]]:
    """Who was learnt behind each port of a bridge."""
    found: dict[Port, set[str]] = {}
    for speaker in directory.speakers.values():
        ports = _bridge_ports(directory, speaker)
        for row in speaker.fdb:
            if (name := ports.get(row.port)) is not None:
                who = directory.find(row.mac) or STRANGER
                if who != speaker.node:
                    found.setdefault((speaker.node, name), set()).add(who)
    return found


def _bridge_ports(directory: Directory, speaker: Speaker) -> dict[int, str]:
    rows = (
        (row.number, directory.port(speaker.node, row.if_index)) for row in speaker.bridge_ports
    )
    return {number: physical(port) for number, port in rows if port is not None}


def _macs_behind(directory: Directory, bridge: str, name: str) -> set[str]:
    speaker = directory.speakers[bridge]
    ports = _bridge_ports(directory, speaker)
    return {plain_mac(row.mac) for row in speaker.fdb if ports.get(row.port) == name}


def _trunks(directory: Directory, behind: Mapping[Port, Set[str]]) -> Iterator[Hint]:
    """Ports of two bridges with nothing known between them."""
    ports: dict[str, list[Port]] = {}
    for port in behind:
        ports.setdefault(port[0], []).append(port)
    for (one, name), nodes in behind.items():
        for other in sorted(nodes - {STRANGER}):
            back = [port for port in ports.get(other, ()) if one in behind[port]]
            if one < other and len(back) == 1 and not (nodes & behind[back[0]]) - {STRANGER}:
                said = (directory.speakers[node].told_at("fdb") for node in (one, other))
                yield Hint((one, name), back[0], max(said))


def _beside(
    directory: Directory,
    taken: Taken,
    tell: Callable[[Directory, Speaker], Iterator[tuple[Interface | None, str, str]]],
    table: str,
) -> list[Hint]:
    """A hint for each port that has but one neighbour, by whatever it tells."""
    company: dict[Port, dict[str, str]] = {}  # per port its neighbours and the far ports
    for speaker in directory.speakers.values():
        for also in (_next_hops, _neighbours):
            for interface, who, port in also(directory, speaker):
                near = speaker.node, physical(interface)
                company.setdefault(near, {}).setdefault(who, port)
    found = []
    for speaker in directory.speakers.values():
        for interface, who, port in tell(directory, speaker):
            near, far = (speaker.node, physical(interface)), (who, port)
            alone = company[near].keys() == {who} and who not in (STRANGER, speaker.node)
            third = company.get(far, {}).keys() - {speaker.node} if port else ()
            if alone and not third and near[1] and not taken(near) and not taken(far):
                found.append(Hint(near, far, speaker.told_at(table)))
    return _undisputed(found)


def _next_hops(
    directory: Directory, speaker: Speaker
) -> Iterator[tuple[Interface | None, str, str]]:
    """(interface, node, port) of each router that a device sends through."""
    for row in speaker.next_hops:
        if row.address and not _unspecified(row.address):
            interface = directory.port(speaker.node, row.if_index)
            yield interface, *(directory.interface_at(row.address) or (STRANGER, ""))


def _neighbours(
    directory: Directory, speaker: Speaker
) -> Iterator[tuple[Interface | None, str, str]]:
    """(interface, node, port) of each device that one has met. The MAC address tells better than
    the other who it is: a router may answer for others."""
    for row in speaker.arp:
        interface = directory.port(speaker.node, row.if_index)
        node, port = directory.interface_at(row.address) or (STRANGER, "")
        owner = directory.find(row.mac) if plain_mac(row.mac) else None
        if owner is not None and owner != node:
            node, port = owner, directory.port_of(owner, {plain_mac(row.mac)})
        yield interface, node, port


def _unspecified(address: str) -> bool:
    return set(address) <= set("0.:")


def _undisputed(hints: Sequence[Hint], at_ports: bool = False) -> list[Hint]:
    """Those whose ports lead to one node only, or, `at_ports`, to one port; what leads to several
    is a segment that they share."""
    leads: dict[Port, set[object]] = {}
    for hint in hints:
        for near, far in ((hint.near, hint.far), (hint.far, hint.near)):
            if near[1] or at_ports:
                leads.setdefault(near, set()).add(far if at_ports else far[0])
    return [
        hint for hint in hints
        if len(leads.get(hint.near, ())) <= 1 and len(leads.get(hint.far, ())) <= 1
    ]  # fmt: skip
