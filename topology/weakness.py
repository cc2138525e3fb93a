"""Weak points of the whole country, ranked: single points of failure, groups, and risky pairs.

Nodes and links are made alike by putting each link between two nodes as a vertex of its own; then a
single point of failure of a node is one of its dominators, and one of a site a common dominator of
all its nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import networkx as nx

from configs.inventory import Role
from topology.graph import Wan

ROOT = -1  # the monitor itself
Vertex = int  # a node's position, or that of a link counted from the number of nodes


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """`members` (`node:ID`, `link:ID`) that cut off `sites` by failing together: how many. One
    member for a single point of failure, two for a pair; `group` names a risk group. `cut_off`: the
    monitor itself would see nobody then; `sites` is what one at the core routers left would miss.
    """

    members: tuple[str, ...]
    sites: int
    group: str = ""
    cut_off: bool = False


class _Tree:
    """Immediate dominators of all that the monitors reach around what is dead. `parent` of a
    vertex is the last one that none of its paths can avoid."""

    def __init__(
        self,
        wan: Wan,
        dead: Collection[Vertex] = (),
        among: Collection[int] | None = None,
    ) -> None:
        count = len(wan.nodes)
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_node(ROOT)
        graph.add_edges_from((ROOT, m) for m in wan.monitors if m not in dead)
        for k, (a, b) in enumerate(wan.ends):
            link = count + k
            if {a, b, link}.isdisjoint(dead) and (among is None or (a in among and b in among)):
                graph.add_edges_from(((a, link), (link, b), (b, link), (link, a)))
        found = nx.immediate_dominators(graph, ROOT)
        self.parent = {v: d for v, d in found.items() if v != ROOT and d is not None}
        self.depth: dict[Vertex, int] = {ROOT: 0}
        for vertex in self.parent:
            path = []
            while vertex not in self.depth:
                path.append(vertex)
                vertex = self.parent[vertex]
            for step in reversed(path):
                self.depth[step] = self.depth[self.parent[step]] + 1

    def common(self, vertices: Iterable[Vertex]) -> Vertex | None:
        """The last vertex that none of these can do without; None where none is reached."""
        reached = [v for v in vertices if v in self.depth]
        if not reached:
            return None
        one = reached[0]
        for other in reached[1:]:
            while one != other:
                if self.depth[one] < self.depth[other]:
                    one, other = other, one
                one = self.parent[one]
        return one

    def cut_by(self, places: Mapping[tuple[Vertex, ...], int]) -> dict[Vertex, int]:
        """How many of the things at these places each vertex cuts off by failing; each thing is
        lost with the last of its vertices."""
        total: dict[Vertex, int] = {}
        for vertices, count in places.items():
            common = self.common(vertices)
            if common is not None:
                total[common] = total.get(common, 0) + count
        for vertex in sorted(self.parent, key=self.depth.__getitem__, reverse=True):
            if vertex in total:
                parent = self.parent[vertex]
                total[parent] = total.get(parent, 0) + total[vertex]
        total.pop(ROOT, None)
        return total


def threads(
    wan: Wan, dead_nodes: Collection[int] = (), dead_links: Collection[int] = ()
) -> dict[str, str]:
    """Per site that is reached its nearest single point of failure, "" where it has none. What
    stands at the site itself does not count, nor does what the monitor is attached to."""
    tree = _Tree(wan, {*dead_nodes, *(len(wan.nodes) + k for k in dead_links)})
    found = {}
    for site, nodes in wan.at_site.items():
        common = tree.common(nodes)
        if common is None:
            continue
        while common in nodes or common in wan.attached:
            common = tree.parent[common]
        found[site] = "" if common == ROOT else _name(wan, common)
    return found


def weak_points(wan: Wan) -> tuple[WeakPoint, ...]:
    """Nodes and links that cut off other sites by failing alone, the worst first: nodes that cut
    off one or more besides their own, links that cut off two or more."""
    tree = _Tree(wan)
    by_site = wan.at_site
    own = {last for nodes in by_site.values() if (last := tree.common(nodes)) in nodes}
    found = []
    for vertex, count in tree.cut_by(dict.fromkeys(by_site.values(), 1)).items():
        others = count - (vertex in own or vertex >= len(wan.nodes))
        if others > 0 and vertex not in wan.attached:
            sites = others if vertex < len(wan.nodes) else count
            found.append(WeakPoint((_name(wan, vertex),), sites))
    return tuple(sorted(found, key=lambda point: (-point.sites, point.members)))


def weak_groups(wan: Wan) -> tuple[WeakPoint, ...]:
    """Declared risk groups that cut off sites, the worst first."""
    by_site = wan.at_site
    cores = {n for n, node in enumerate(wan.inventory.nodes.values()) if node.role is Role.CORE}
    whole = wan.live()
    found = []
    for group in wan.inventory.groups.values():
        nodes, links = wan.members[group.id]
        lost = wan.lost(nodes, links)
        cut_off = nodes.issuperset(wan.attached)
        if cut_off:  # whom a monitor elsewhere would still see is not cut off from the country
            seen = wan.live(nodes, links, cores - nodes)
            lost = {n for n, was in enumerate(whole) if was and not seen[n]}
        hurt = Counter(wan.site_of[n] for n in lost)
        count = sum(cut == len(by_site[site]) for site, cut in hurt.items())
        if count or cut_off:
            found.append(WeakPoint(group.members, count, group.id, cut_off))
    return tuple(sorted(found, key=lambda point: (not point.cut_off, -point.sites, point.group)))


def risky_pairs(wan: Wan, most: int = 50) -> tuple[WeakPoint, ...]:
    """Pairs of nodes or links that cut off sites which neither cuts off alone: how many, the worst
    first. Access lines and what hangs on the country by one line are left out."""
    stands_for, several = _skeleton(wan)
    among = set(stands_for)
    places = Counter(
        tuple(sorted({stands_for[n] for n in nodes if n in among}))
        for nodes in wan.at_site.values()
    )
    kept = {n for n in stands_for.values() if n not in several}
    vertices = [n for n in kept if n not in wan.monitors]
    vertices += [len(wan.nodes) + k for k, (a, b) in enumerate(wan.ends) if a in kept and b in kept]
    solid = set(stands_for.values())
    whole = _Tree(wan, among=solid)
    alone = whole.cut_by(places)
    candidates = set(vertices)
    found: dict[tuple[str, ...], int] = {}
    for first in sorted(candidates):
        tree = _Tree(wan, {first}, solid)
        counts = tree.cut_by(places)
        for second in counts.keys() & candidates:
            if (
                second == first
                or _dominates(whole, first, second)
                or _dominates(whole, second, first)
            ):
                continue
            more = counts[second] - alone.get(second, 0)
            if more > 0:
                pair = tuple(sorted((_name(wan, first), _name(wan, second))))
                found[pair] = max(found.get(pair, 0), more)
    ranked = sorted(found, key=lambda pair: (-found[pair], pair))
    return tuple(WeakPoint(pair, found[pair]) for pair in ranked[:most])


def _dominates(tree: _Tree, upper: Vertex, lower: Vertex) -> bool:
    """Whether the lower one can't do without the upper one, or is it."""
    depth = tree.depth.get(upper)
    if depth is None or lower not in tree.depth:
        return False
    while tree.depth[lower] > depth:
        lower = tree.parent[lower]
    return lower == upper


def _skeleton(wan: Wan) -> tuple[dict[int, int], set[int]]:
    """(the node that stands for each, those that stand for several) in a smaller network of the
    same weak pairs: what hangs by one line is drawn together with what it hangs on, and three nodes
    or more that hang on the same two are drawn together."""
    near = [Counter(far for far, _ in edges) for edges in wan.edges]  # by how many lines
    into = {n: n for n in range(len(wan.nodes))}
    leaves = [n for n in into if len(near[n]) == 1 and n not in wan.monitors]
    for n in leaves:  # grows while it is walked
        if not near[n]:
            continue
        (hub,) = near[n]
        into[n] = hub
        near[n].clear()
        del near[hub][n]
        if (
            near[hub].total() == 1 and hub not in wan.monitors
        ):  # of two lines to it the pair is weak
            leaves.append(hub)
    twins: dict[frozenset[int], list[int]] = {}
    for n in range(len(wan.nodes)):
        if into[n] == n and len(near[n]) == 2 == near[n].total() and n not in wan.monitors:
            twins.setdefault(frozenset(near[n]), []).append(n)
    several: set[int] = set()
    for first, *others in twins.values():
        if len(others) > 1:  # of three or more no pair cuts off anything but itself
            into |= dict.fromkeys(others, first)
            several.add(first)
    stands_for = {}
    for n in range(len(wan.nodes)):
        at = n
        while into[at] != at:
            at = into[at]
        stands_for[n] = at
    return stands_for, several


def _name(wan: Wan, vertex: Vertex) -> str:
    if vertex < len(wan.nodes):
        return f"node:{wan.nodes[vertex]}"
    return f"link:{wan.links[vertex - len(wan.nodes)]}"
