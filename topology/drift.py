"""Drift: where the declared network and the one that was seen disagree."""

from __future__ import annotations

from dataclasses import dataclass

from configs.inventory import Inventory, Link
from topology.fusion import Discovered, Edge, End, Stranger

SURE = 0.5  # weaker edges than that are not held against the inventory


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A declared link whose two nodes are joined, but by other ports."""

    link: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class Drift:
    """`unseen`: ids of declared links that both ends would have told of and neither did;
    `undeclared`: edges between known nodes that no link declares; `strangers` as seen."""

    unseen: tuple[str, ...] = ()
    undeclared: tuple[Edge, ...] = ()
    disagreeing: tuple[Disagreement, ...] = ()
    strangers: tuple[Stranger, ...] = ()


def drift(
    inventory: Inventory,
    discovered: Discovered,
    heard: frozenset[str],
    accepted: frozenset[str] = frozenset(),
) -> Drift:
    """The drift. `heard`: nodes that were asked for their neighbours and answered; of a link
    between others nothing is known. `accepted`: what an operator has said is right, as
    `key(edge)` or the id of a link."""
    edges = [e for e in discovered.edges if e.confidence >= SURE and key(e) not in accepted]
    left = set(range(len(edges)))
    matched: dict[str, int] = {}
    for exactly in (True, False):
        for link in inventory.links.values():
            if link.id in matched:
                continue
            for i in sorted(left):
                if _same(link, edges[i], exactly):
                    matched[link.id] = i
                    left.discard(i)
                    break
    unseen, disagreeing = [], []
    for link in inventory.links.values():
        if link.id in accepted:
            continue
        if link.id not in matched:
            if link.a in heard and link.b in heard:
                unseen.append(link.id)
        elif not _same(link, edges[matched[link.id]], True):
            disagreeing.append(Disagreement(link.id, edges[matched[link.id]]))
    undeclared = tuple(
        edges[i]
        for i in sorted(left)
        if edges[i].a.node in inventory.nodes and edges[i].b.node in inventory.nodes
    )
    return Drift(tuple(unseen), undeclared, tuple(disagreeing), discovered.strangers)


def key(edge: Edge) -> str:
    """A name for an edge that stays the same from one discovery to the next."""
    return f"{edge.a.node}[{edge.a.port}]--{edge.b.node}[{edge.b.port}]"


def _same(link: Link, edge: Edge, exactly: bool) -> bool:
    """Whether an edge is between the nodes of a link, and, exactly, at its ports as far as both
    are known."""
    for a, b in ((edge.a, edge.b), (edge.b, edge.a)):
        if (link.a, link.b) == (a.node, b.node):
            at_ports = _at(link.a_port, a) and _at(link.b_port, b)
            if at_ports or not exactly:
                return True
    return False


def _at(port: str, end: End) -> bool:
    return not port or not end.port or port == end.port
