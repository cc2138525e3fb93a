"""Drift: where the declared network and the one that was seen disagree."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from configs.inventory import Inventory, Link
from topology.fusion import Discovered, Edge, End, Source, Stranger
from topology.graph import FOUND

SURE = 0.5  # weaker edges than that are not held against the inventory
CERTAIN = 0.9  # ... and only such as these are added to the graph
HEARD_DIRECTLY = {Source.LLDP, Source.CDP, Source.STP}  # by the port itself, not across others


class DriftKind(StrEnum):
    """`unseen`: a declared link that both ends would have told of and neither did; `undeclared`:
    an edge between known nodes; `disagreeing`: a declared link that is plugged into other ports;
    `stranger`: a neighbour that is none of the known nodes."""

    UNSEEN = "unseen"
    UNDECLARED = "undeclared"
    DISAGREEING = "disagreeing"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Drift:
    """One disagreement. `link`: id of the declared link, "" without one. `edge` or `stranger`:
    what was seen, None where nothing was."""

    kind: DriftKind
    link: str = ""
    edge: Edge | None = None
    stranger: Stranger | None = None

    @property
    def key(self) -> str:
        """A short name that stays the same from one discovery to the next."""
        seen = key(self.edge) if self.edge else ""
        who = self.stranger
        told = f"{who.seen_by.node}[{who.seen_by.port}] {who.name}" if who else ""
        text = "\n".join((self.kind, self.link, seen, told))
        return hashlib.blake2s(text.encode(), digest_size=5).hexdigest()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`seen`: the edge of each declared link that was seen."""

    seen: Mapping[str, Edge]
    drifts: tuple[Drift, ...]


def compare(
    inventory: Inventory,
    discovered: Discovered,
    speaking: frozenset[str],
    failed: frozenset[str] = frozenset(),
    wholes: Mapping[End, str] = MappingProxyType({}),
) -> Comparison:
    """The inventory beside what was found. `speaking`: nodes that were asked and do tell of their
    neighbours; of a link between others nothing is known. `failed`: links that are known to be
    down, which is no drift. `wholes`: the aggregate of each port that is part of one; it and its
    parts may be declared one for the other."""
    edges = [edge for edge in discovered.edges if edge.confidence >= SURE]
    matched, left = _matched(inventory, edges, wholes)
    seen = {_bundle(edge.a, edge.b, wholes) for edge in edges}
    declared = {_bundle(*_ends(link), wholes) for link in inventory.links.values()}
    found = []
    for link in inventory.links.values():
        edge = matched.get(link.id)
        if edge is not None:
            if not _same(link, edge, wholes):
                found.append(Drift(DriftKind.DISAGREEING, link.id, edge))
        # Beyond a port that does not follow there is a carrier, who passes no announcements on.
        elif (
            {link.a, link.b} <= speaking
            and link.oper_follows
            and link.id not in failed
            and _bundle(*_ends(link), wholes) not in seen
        ):
            found.append(Drift(DriftKind.UNSEEN, link.id))
    known = inventory.nodes
    crossed = _Crossed(inventory, edges)
    found += [
        Drift(DriftKind.UNDECLARED, edge=edge)
        for edge in left
        if edge.a.node in known
        and edge.b.node in known
        and not crossed.explains(edge)
        and not (_bundle(edge.a, edge.b, wholes) in declared and {edge.a, edge.b} & wholes.keys())
    ]
    strangers = (who for who in discovered.strangers if who.seen_by.node in known)
    found += [Drift(DriftKind.STRANGER, stranger=who) for who in strangers]
    return Comparison(matched, tuple(found))


def found_links(drifts: Iterable[Drift]) -> Iterator[tuple[Link, Edge, Drift]]:
    """The undeclared edges that are sure enough to be links of the graph: heard directly, for two
    routers may well meet across a switch. Their ports prove nothing of their far ends."""
    for one in drifts:
        edge = one.edge
        if one.kind is not DriftKind.UNDECLARED or edge is None or edge.confidence < CERTAIN:
            continue
        if HEARD_DIRECTLY.intersection(edge.sources):
            a, b = edge.a, edge.b
            id_ = FOUND + re.sub(r"[^\w.:@+-]", "-", f"{a.node}.{a.port}--{b.node}.{b.port}")
            yield Link(id_, a.node, b.node, a.port, b.port, oper_follows=False), edge, one


def key(edge: Edge) -> str:
    """A name for an edge that stays the same from one discovery to the next."""
    return f"{edge.a.node}[{edge.a.port}]--{edge.b.node}[{edge.b.port}]"


def _matched(
    inventory: Inventory, edges: list[Edge], wholes: Mapping[End, str]
) -> tuple[dict[str, Edge], list[Edge]]:
    """(the edge of each link that was seen, edges that are left): first those at the declared
    ports, then any other between the same nodes."""
    between: dict[frozenset[str], list[Edge]] = {}
    for edge in edges:
        between.setdefault(frozenset((edge.a.node, edge.b.node)), []).append(edge)
    matched: dict[str, Edge] = {}
    for exactly in (True, False):
        for link in inventory.links.values():
            rest = between.get(frozenset((link.a, link.b)), [])
            fits = [] if link.id in matched else rest
            if exactly:
                fits = [edge for edge in fits if _same(link, edge, wholes)]
            if fits:
                matched[link.id] = fits[0]
                rest.remove(fits[0])
    return matched, [edge for rest in between.values() for edge in rest]


class _Crossed:
    """What tells that two routers meet over links that are known: they are neighbours, they have
    one in common, or a port of theirs is known to lead elsewhere."""

    def __init__(self, inventory: Inventory, edges: list[Edge]) -> None:
        self._beside: dict[str, set[str]] = {}
        self._leads: dict[End, set[str]] = {}
        joined = [_ends(link) for link in inventory.links.values()]
        joined += [(e.a, e.b) for e in edges if HEARD_DIRECTLY.intersection(e.sources)]
        for one, other in joined:
            for near, far in ((one, other), (other, one)):
                self._beside.setdefault(near.node, set()).add(far.node)
                if near.port:
                    self._leads.setdefault(near, set()).add(far.node)

    def explains(self, edge: Edge) -> bool:
        """Whether an edge is no cable of its own."""
        if HEARD_DIRECTLY.intersection(edge.sources):
            return False
        a, b = edge.a, edge.b
        elsewhere = self._leads.get(a, set()) - {b.node} or self._leads.get(b, set()) - {a.node}
        near = self._beside.get(a.node, set())
        return bool(elsewhere or b.node in near or near & self._beside.get(b.node, set()))


def _ends(link: Link) -> tuple[End, End]:
    return End(link.a, link.a_port), End(link.b, link.b_port)


def _bundle(a: End, b: End, wholes: Mapping[End, str]) -> frozenset[End]:
    """Two ends, of aggregates where they are parts of such."""
    return frozenset(End(end.node, wholes.get(end, end.port)) for end in (a, b))


def _same(link: Link, edge: Edge, wholes: Mapping[End, str]) -> bool:
    """Whether an edge between the nodes of a link is at its ports, as far as both are known."""
    a, b = _ends(link)
    return any(
        _at(a, one, wholes) and _at(b, other, wholes)
        for one, other in ((edge.a, edge.b), (edge.b, edge.a))
    )


def _at(declared: End, seen: End, wholes: Mapping[End, str]) -> bool:
    if declared.node != seen.node:
        return False
    known = {wholes.get(end, end.port) for end in (declared, seen)}
    return not declared.port or not seen.port or len(known) == 1 or declared.port == seen.port
