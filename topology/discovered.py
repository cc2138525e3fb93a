"""What the nodes say of their neighbours, kept: the newest word of each, and what follows from all
of them together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from collector.speaker import Address, Speaker
from configs.inventory import Inventory, Link, Node
from topology.carryover import all_told_since, carried
from topology.directory import physical
from topology.drift import Drift, compare, found_links
from topology.fusion import Discovered, Edge, End, Source, fuse
from topology.outages import Clock

AGED_AFTER = 3  # intervals without a word, after which an edge is told of the past
FUSED_PER_INTERVAL = 10
FUSED_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `seen`: the edge of each link, declared or found. `drifts` are all there are,
    decided upon or not; `found` the links that the graph gains, `refused` the ids of others that
    are not believed. `whole`: whether everybody was heard. `clock`: when that was, None before the
    first time."""

    clock: Clock | None = None
    edges: tuple[Edge, ...] = ()
    seen: Mapping[str, Edge] = field(default_factory=dict)
    drifts: tuple[Drift, ...] = ()
    found: tuple[Link, ...] = ()
    refused: frozenset[str] = frozenset()
    whole: bool = False

    def seen_at(self, edge: Edge) -> datetime | None:
        """When somebody last told of an edge."""
        return self.clock.date(edge.seen_at) if self.clock else None

    @property
    def sources(self) -> dict[Source, int]:
        """How many edges each source told of."""
        told = Counter(source for edge in self.edges for source in edge.sources)
        return {source: told[source] for source in Source}


class Discovery:
    """Not for several threads; the work that it hands out may be done in any."""

    def __init__(self, inventory: Inventory, interval_s: float) -> None:
        """`interval_s`: how often a node is asked."""
        self._inventory = inventory
        self._interval_s = interval_s
        self._speakers: dict[str, Speaker] = {}
        self._began: float | None = None
        self._news = False
        self._next = -math.inf

    def hear(self, speaker: Speaker) -> None:
        """Takes what a node says now in place of what it said before, but for the tables that it
        could not be heard of."""
        node = self._inventory.nodes.get(speaker.node)
        if node is None:
            return
        before = self._speakers.get(speaker.node)
        fresh_after = speaker.heard_at - AGED_AFTER * self._interval_s
        speaker = carried(speaker, before or _quiet(node), fresh_after)
        same = before and replace(before, heard_at=speaker.heard_at)
        self._news = self._news or same != speaker
        self._speakers[speaker.node] = same if same == speaker else speaker
        if self._began is None:
            self._began = speaker.heard_at

    def replace(self, inventory: Inventory) -> None:
        """Goes on with another inventory; who is no longer in it is forgotten."""
        self._inventory = inventory
        self._speakers = {n: s for n, s in self._speakers.items() if n in inventory.nodes}
        self.stir()

    def stir(self) -> None:
        """Has everything worked out again at once: something else than the words has changed."""
        self._news, self._next = True, -math.inf

    def due(self, now: float) -> bool:
        """Whether it is time to work out what follows: after news, but not at each of them, and
        once an interval without any, for edges age."""
        if now < self._next or self._began is None:
            return False
        return self._news or now >= self._next + self._interval_s

    def work(
        self, clock: Clock, broken: frozenset[str], rejected: frozenset[str]
    ) -> Callable[[], Findings]:
        """The work to be done now. `broken`: links that are down; `rejected`: keys of drift that
        an operator does not believe."""
        now = clock.now
        self._news = False
        self._next = now + min(FUSED_EVERY_S, self._interval_s / FUSED_PER_INTERVAL)
        inventory, speakers = self._inventory, dict(self._speakers)
        fresh_after = now - AGED_AFTER * self._interval_s
        asked = {node.id for node in inventory.nodes.values() if node.credential}
        round_ended = self._began is not None and now - self._began >= self._interval_s
        heard = {node for node, said in speakers.items() if all_told_since(said, fresh_after)}
        whole = round_ended or asked <= heard
        return partial(_work, inventory, speakers, clock, fresh_after, whole, broken, rejected)


def _work(
    inventory: Inventory,
    speakers: Mapping[str, Speaker],
    clock: Clock,
    fresh_after: float,
    whole: bool,
    broken: frozenset[str],
    rejected: frozenset[str],
) -> Findings:
    quiet = [_quiet(node) for node in inventory.nodes.values() if node.id not in speakers]
    discovered = fuse([*speakers.values(), *quiet])
    speaking = frozenset(
        node
        for node, said in speakers.items()
        if all_told_since(said, fresh_after) and _speaks(said)
    )
    called = _as_called(inventory, speakers)
    found = compare(called, _told(discovered, whole), speaking, broken, _wholes(speakers))
    joined, refused = {}, set()
    for link, edge, one in found_links(found.drifts):
        if one.key in rejected or edge.seen_at < fresh_after:
            refused.add(link.id)
        else:
            joined[link.id] = link, edge
    return Findings(
        clock,
        discovered.edges,
        {**found.seen, **{id_: edge for id_, (_, edge) in joined.items()}},
        found.drifts,
        tuple(link for link, _ in joined.values()),
        frozenset(refused),
        whole,
    )


def _as_called(inventory: Inventory, speakers: Mapping[str, Speaker]) -> Inventory:
    """The inventory with ports named as edges name them, whichever of a port's names it is that
    was declared."""
    names: dict[str, dict[str, str]] = {}
    for node, said in speakers.items():
        known = names[node] = {}
        for way in ("alias", "description", "name"):  # the best name last, so that it wins
            known |= {getattr(port, way): physical(port) for port in said.interfaces}
        known[""] = ""
    links = {}
    for link in inventory.links.values():
        a_port = names.get(link.a, {}).get(link.a_port, link.a_port)
        b_port = names.get(link.b, {}).get(link.b_port, link.b_port)
        same = (a_port, b_port) == (link.a_port, link.b_port)
        links[link.id] = link if same else replace(link, a_port=a_port, b_port=b_port)
    return replace(inventory, links=links)


def _wholes(speakers: Mapping[str, Speaker]) -> dict[End, str]:
    """The aggregate that each of these ports is a part of."""
    found = {}
    for node, said in speakers.items():
        names = {port.index: physical(port) for port in said.interfaces} if said.members else {}
        for row in said.members:
            if {row.if_index, row.aggregate} <= names.keys():
                found[End(node, names[row.if_index])] = names[row.aggregate]
    return found


def _quiet(node: Node) -> Speaker:
    """A node that nothing was heard of: others may know it by its id or its address."""
    whole = 128 if ":" in node.address else 32
    return Speaker(node.id, -math.inf, node.id, addresses=(Address(node.address, whole, 0),))


def _told(discovered: Discovered, whole: bool) -> Discovered:
    """Before everybody was heard, a stranger may well be somebody."""
    return discovered if whole else Discovered(discovered.edges, ())


def _speaks(said: Speaker) -> bool:
    """Whether a node takes part in a protocol of neighbours at all."""
    return bool(said.lldp or said.lldp_ports or said.chassis or said.cdp)
