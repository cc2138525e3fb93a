"""Discovered links: what many devices say in several protocols, fused into one list of edges.

Every statement names one end for sure (the port of the device that made it) and the other end as
well as it can. Statements on the same two ports are one edge; each source that agrees, and each end
that speaks, makes it surer.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.speaker import Interface, Speaker
from topology.directory import NAME, Directory, physical
from topology.hints import Hint, Taken, learnt, met, routed, traced


class Source(StrEnum):
    LLDP = "lldp"
    CDP = "cdp"
    STP = "stp"
    OSPF = "ospf"
    BGP = "bgp"
    SUBNET = "subnet"
    FDB = "fdb"
    ROUTE = "route"
    ARP = "arp"
    TRACE = "trace"


DOUBT = {  # that a link is not there though one end says so
    Source.LLDP: 0.05,
    Source.CDP: 0.05,
    Source.STP: 0.2,
    Source.OSPF: 0.1,
    Source.BGP: 0.4,
    Source.SUBNET: 0.3,
    Source.FDB: 0.4,
    Source.ROUTE: 0.5,
    Source.ARP: 0.6,
    Source.TRACE: 0.7,
}
PHYSICAL = frozenset({Source.LLDP, Source.CDP, Source.STP, Source.FDB})  # tell of cables
HINTS: tuple[tuple[Source, Callable[[Directory, Taken], list[Hint]]], ...] = (
    (Source.FDB, learnt),
    (Source.ROUTE, routed),
    (Source.ARP, met),
    (Source.TRACE, traced),
)


@dataclass(frozen=True, slots=True)
class End:
    """`port` is "" where nobody told it."""

    node: str
    port: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A link as it was seen, its ends in order. `logical`: the units that run over it, as (unit of
    a, unit of b). `seen_at`: when the last of its statements was made."""

    a: End
    b: End
    sources: tuple[Source, ...]
    confidence: float
    seen_at: float
    logical: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stranger:
    """A neighbour that is none of the known nodes."""

    seen_by: End
    source: Source
    name: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """All that was found, in the order of its ends."""

    edges: tuple[Edge, ...]
    strangers: tuple[Stranger, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    source: Source
    near: End
    far: End
    heard_at: float
    units: tuple[str, str] = ("", "")


def fuse(speakers: Iterable[Speaker]) -> Discovered:
    """The edges that these devices tell of. Their order does not matter."""
    directory = Directory(speakers)
    statements: list[_Statement] = []
    strangers: set[Stranger] = set()
    for speaker in directory.speakers.values():
        for tell in (_lldp, _cdp, _stp, _ospf, _bgp):
            for said in tell(directory, speaker):
                if isinstance(said, Stranger):
                    strangers.add(said)
                elif said.far.node != said.near.node:
                    statements.append(said)
    statements += _subnets(directory)
    aggregates = _aggregates(directory)
    joined = _bundled(_joined(statements), aggregates)
    for source, hints in HINTS:
        known = _Known(joined, aggregates, PHYSICAL if source in PHYSICAL else frozenset(Source))
        told = [
            _Statement(source, End(*hint.near), End(*hint.far), hint.heard_at)
            for hint in hints(directory, known.taken)
        ]
        for ends, same in _joined(said for said in told if known.new(said)).items():
            joined.setdefault(ends, []).extend(same)
    edges = tuple(_edge(ends, same) for ends, same in sorted(joined.items(), key=_order))
    order = sorted(strangers, key=lambda s: (s.seen_by.node, s.seen_by.port, s.source, s.name))
    return Discovered(edges, tuple(order))


def _statement(
    source: Source, speaker: Speaker, near: Interface | None, far: str, port: Interface | None
) -> _Statement:
    ends = End(speaker.node, physical(near)), End(far, physical(port))
    units = near.name if near else "", port.name if port else ""
    told_at = speaker.told_at("addresses" if source is Source.SUBNET else source)
    return _Statement(source, *ends, told_at, units)


def _lldp(directory: Directory, speaker: Speaker) -> Iterator[_Statement | Stranger]:
    for row in speaker.lldp:
        near = directory.local_port(speaker.node, row.local_port)
        far = directory.find(row.chassis, row.name, *row.addresses)
        if far is None:
            end = End(speaker.node, physical(near))
            yield Stranger(end, Source.LLDP, row.name or row.chassis)
            continue
        port = directory.lldp_port(far, row.port_kind, row.port, row.port_description)
        yield _statement(Source.LLDP, speaker, near, far, port)


def _cdp(directory: Directory, speaker: Speaker) -> Iterator[_Statement | Stranger]:
    for row in speaker.cdp:
        near = directory.port(speaker.node, row.if_index)
        far = directory.find(row.device, row.address)
        if far is None:
            yield Stranger(End(speaker.node, physical(near)), Source.CDP, row.device)
            continue
        yield _statement(Source.CDP, speaker, near, far, directory.lldp_port(far, NAME, row.port))


def _stp(directory: Directory, speaker: Speaker) -> Iterator[_Statement | Stranger]:
    own = directory.find(speaker.bridge)
    for row in speaker.bridge_ports:
        far = directory.find(row.designated_bridge) if row.designated_bridge else None
        if far is None or far == own or far == speaker.node:
            continue
        number = row.designated_port & 0x0FFF  # IEEE 802.1t: four bits of priority, twelve of port
        ports = {p.number: p.if_index for p in directory.speakers[far].bridge_ports}
        port = directory.port(far, ports.get(number, -1))
        yield _statement(Source.STP, speaker, directory.port(speaker.node, row.if_index), far, port)


def _ospf(directory: Directory, speaker: Speaker) -> Iterator[_Statement | Stranger]:
    yield from _routed(directory, speaker, Source.OSPF)


def _bgp(directory: Directory, speaker: Speaker) -> Iterator[_Statement | Stranger]:
    yield from _routed(directory, speaker, Source.BGP)


def _routed(
    directory: Directory, speaker: Speaker, source: Source
) -> Iterator[_Statement | Stranger]:
    """Peers on a network of ours. A peer further away (a loopback) is no neighbour; on a segment
    that several share, who is joined with whom through which switch is not told."""
    for peer in speaker.ospf if source is Source.OSPF else speaker.bgp:
        if peer.if_index and (far := directory.find(peer.router_id)):
            near = directory.port(speaker.node, peer.if_index)
            yield _statement(source, speaker, near, far, None)
            continue
        for own in sorted(speaker.addresses, key=lambda own: -own.prefix):  # as routers choose
            network = ipaddress.ip_network(f"{own.address}/{own.prefix}", strict=False)
            alone = network.prefixlen == network.max_prefixlen
            if alone or ipaddress.ip_address(peer.address) not in network:
                continue
            near = directory.port(speaker.node, own.if_index)
            far = directory.find(peer.address) or directory.find(peer.router_id)
            if far is None:
                yield Stranger(End(speaker.node, physical(near)), source, peer.address)
                break
            theirs = {a.address: a.if_index for a in directory.speakers[far].addresses}
            port = directory.port(far, theirs.get(peer.address, -1))
            yield _statement(source, speaker, near, far, port)
            break


def _subnets(directory: Directory) -> Iterator[_Statement]:
    """Two interfaces that share a network for two hosts."""
    ends: dict[str, list[tuple[Speaker, Interface | None]]] = {}
    for speaker in directory.speakers.values():
        for own in speaker.addresses:
            network = ipaddress.ip_network(f"{own.address}/{own.prefix}", strict=False)
            if network.max_prefixlen - network.prefixlen in (1, 2):
                where = directory.port(speaker.node, own.if_index)
                ends.setdefault(str(network), []).append((speaker, where))
    for found in ends.values():
        if len(found) == 2 and found[0][0].node != found[1][0].node:
            (one, port), (other, far) = found
            yield _statement(Source.SUBNET, one, port, other.node, far)


Ends = tuple[End, End]
Joined = dict[Ends, list[_Statement]]


def _joined(statements: Iterable[_Statement]) -> dict[Ends, list[_Statement]]:
    """Statements by the two ends that they mean. One that does not know the far port joins the one
    edge between these nodes that its own port is an end of."""
    edges: dict[Ends, list[_Statement]] = {}
    vague = []
    for said in statements:
        if said.near.port and said.far.port:
            edges.setdefault(_ends(said), []).append(said)
        else:
            vague.append(said)
    between: dict[tuple[str, str], dict[Ends, None]] = {}
    for ends in edges:
        between.setdefault((ends[0].node, ends[1].node), {})[ends] = None
    for said in sorted(vague, key=str):
        known = [end for end in (said.near, said.far) if end.port]
        ends = _ends(said)
        rivals = between.setdefault((ends[0].node, ends[1].node), {})
        fits = [rival for rival in rivals if all(end in rival for end in known)]
        ends = fits[0] if len(fits) == 1 else ends
        rivals[ends] = None
        edges.setdefault(ends, []).append(said)
    return _paired(edges)


def _paired(edges: dict[Ends, list[_Statement]]) -> dict[Ends, list[_Statement]]:
    """Joins the two halves of a link of which each end knows only its own port."""
    halves: dict[tuple[str, str], list[Ends]] = {}
    for ends in edges:
        if sum(bool(end.port) for end in ends) == 1:
            halves.setdefault((ends[0].node, ends[1].node), []).append(ends)
    for pair in halves.values():
        if len(pair) == 2 and {bool(pair[0][0].port), bool(pair[1][0].port)} == {True, False}:
            whole = (
                next(ends[0] for ends in pair if ends[0].port),
                next(ends[1] for ends in pair if ends[1].port),
            )
            if whole not in edges:
                edges[whole] = edges.pop(pair[0]) + edges.pop(pair[1])
    return edges


def _aggregates(directory: Directory) -> dict[End, frozenset[End]]:
    """The member ports of each aggregate."""
    found: dict[End, set[End]] = {}
    for speaker in directory.speakers.values():
        for row in speaker.members:
            whole = directory.port(speaker.node, row.aggregate)
            part = directory.port(speaker.node, row.if_index)
            if whole and part and whole is not part:
                ends = End(speaker.node, physical(whole)), End(speaker.node, physical(part))
                found.setdefault(ends[0], set()).add(ends[1])
    return {whole: frozenset(parts) for whole, parts in found.items()}


def _bundled(joined: Joined, aggregates: Mapping[End, frozenset[End]]) -> Joined:
    """Puts what is said of an aggregate on those of its members that are known to be joined with
    the same node; where none is, the aggregate stands for them."""
    found = dict(joined)
    for ends in joined:
        parts = [aggregates.get(end, frozenset((end,))) for end in ends]
        if not any(end in aggregates for end in ends):
            continue
        members = [
            other for other in joined
            if other != ends and not aggregates.keys() & set(other)
            and all(end.node == mine.node and (end in part or not mine.port)
                    for end, part, mine in zip(other, parts, ends, strict=True))
        ]  # fmt: skip
        if members:
            same = found.pop(ends)
            for other in members:
                found[other] = found[other] + same
    return found


class _Known:
    """What is known of some layers already, so that nothing weaker is asked of it."""

    def __init__(
        self,
        joined: Joined,
        aggregates: Mapping[End, frozenset[End]],
        layers: frozenset[Source],
    ) -> None:
        self._ports: set[tuple[str, str]] = set()
        self._beside: dict[str, set[str]] = {}
        whole_of = {part: whole for whole, parts in aggregates.items() for part in parts}
        for ends, same in joined.items():
            if not layers.intersection(said.source for said in same):
                continue
            for near, far in (ends, ends[::-1]):
                self._beside.setdefault(near.node, set()).add(far.node)
                bundle = {near, whole_of.get(near, near), *aggregates.get(near, ())}
                self._ports.update((end.node, end.port) for end in bundle if end.port)

    def taken(self, port: tuple[str, str]) -> bool:
        """Whether a port is known to lead somewhere."""
        return port in self._ports

    def new(self, said: _Statement) -> bool:
        """Whether two nodes are not joined yet, nor, as far as is known, by way of a third."""
        near = self._beside.get(said.near.node, set())
        if said.far.node in near:
            return False
        vague = not (said.near.port and said.far.port)
        return not (vague and near & self._beside.get(said.far.node, set()))


def _ends(said: _Statement) -> Ends:
    one, other = said.near, said.far
    return (one, other) if (one.node, one.port) <= (other.node, other.port) else (other, one)


def _order(item: tuple[Ends, list[_Statement]]) -> tuple[str, ...]:
    a, b = item[0]
    return a.node, a.port, b.node, b.port


def _edge(ends: Ends, same: list[_Statement]) -> Edge:
    said = {(statement.source, statement.near.node) for statement in same}
    logical = set()
    for statement in same:
        one, other = statement.units if statement.near == ends[0] else statement.units[::-1]
        if one and other and (one, other) != (ends[0].port, ends[1].port):
            logical.add((one, other))
    return Edge(
        ends[0],
        ends[1],
        tuple(sorted({source for source, _ in said})),
        round(1.0 - math.prod(DOUBT[source] for source, _ in said), 4),
        max(statement.heard_at for statement in same),
        tuple(sorted(logical)),
    )
