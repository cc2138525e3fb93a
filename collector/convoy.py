"""The convoy: a regular poll goes right behind the next look at its node.

A poll of a dead node would hold up the looks at it until its last retry, so a look goes first; and
as each node is looked at every few seconds anyway, none is made for the poll alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from collector.schedule import Errand, Kind
from configs.inventory import Node, Reachability

KINDS = frozenset((Kind.COUNTERS, Kind.VITALS))


def has_a_scout(node: Node) -> bool:
    """Whether looks go the way of its polls. A node that is pinged may answer its polls alone."""
    return node.reachability is Reachability.SNMP


class Convoy:
    """Errands that wait for a look. Those that an event asks for `hurry`: they wait for none; nor
    do those that come oftener than looks."""

    def __init__(self, intervals_s: Mapping[Kind, float]) -> None:
        looks_s = intervals_s[Kind.REACHABILITY]
        self._kinds = frozenset(kind for kind in KINDS if intervals_s[kind] >= looks_s)
        self._waiting: dict[str, list[Errand]] = {}
        self._hurried: set[Errand] = set()

    def hurry(self, errand: Errand) -> None:
        """The next time it comes it does not have to wait."""
        if errand.kind in KINDS:
            self._hurried.add(errand)

    def takes(self, errand: Errand, node: Node) -> bool:
        """Whether a poll that comes now has to wait for a look; hurry is over with that."""
        hurried = errand in self._hurried
        self._hurried.discard(errand)
        return not hurried and errand.kind in self._kinds and has_a_scout(node)

    def wait(self, errand: Errand) -> None:
        self._waiting.setdefault(errand.node, []).append(errand)

    def behind(self, node: str) -> list[Errand]:
        """Takes out what waited for a look at this node."""
        return self._waiting.pop(node, [])

    def keep(self, nodes: Mapping[Kind, Collection[str]]) -> list[Errand]:
        """Takes out what waits for nodes that are not among those of its kind any more."""
        known = {kind: frozenset(nodes[kind]) for kind in KINDS}
        self._hurried = {errand for errand in self._hurried if errand.node in known[errand.kind]}
        gone = [
            errand
            for waiting in self._waiting.values()
            for errand in waiting
            if errand.node not in known[errand.kind]
        ]
        for errand in gone:
            self._waiting.pop(errand.node, None)
        return gone
