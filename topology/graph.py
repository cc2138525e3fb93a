"""The WAN as a graph: who hangs behind whom, and what fails together."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import networkx as nx

from configs.inventory import GroupKind, Inventory, Link, Node, RiskGroup, Role

Edge = tuple[int, int]  # (node, link), by position
SITE = "site:"  # prefix of the ids of implicit groups: all nodes of one site
FOUND = "found:"  # prefix of the ids of links that were found and are not declared


class Wan:
    """The graph of an inventory, built once. Nodes and links are held by position in `nodes` and
    `links`; `edges[n]` lists the links of node n and their far ends.

    `groups` are the declared risk groups and one implicit group `site:ID` per site of several
    nodes, for what is at one site loses power, or burns, together.

    `found` are links that nobody declared. They are in `inventory` too; `declared` is the graph
    without them, with the same nodes at the same positions.

    `attached` is where the monitor is, `monitors` also where it is taken to reach each part of the
    network that no link joins to it (`entries`, worked out unless given): silence there would have
    no cause otherwise, and nobody would be told.
    """

    def __init__(
        self,
        inventory: Inventory,
        found: Iterable[Link] = (),
        entries: Collection[str] | None = None,
    ) -> None:
        self.found = {link.id: link for link in found}
        self.declared = Wan(inventory) if self.found else self
        self.inventory = inventory = with_links(inventory, self.found)
        self.nodes = tuple(inventory.nodes)
        self.links = tuple(inventory.links)
        self.node_at = {node: n for n, node in enumerate(self.nodes)}
        self.link_at = {link: k for k, link in enumerate(self.links)}
        self.ends: list[Edge] = []
        self.follows = bytearray(len(self.links))
        self.edges: list[list[Edge]] = [[] for _ in self.nodes]
        for k, link in enumerate(inventory.links.values()):
            a, b = self.node_at[link.a], self.node_at[link.b]
            self.ends.append((a, b))
            self.follows[k] = link.oper_follows
            if a != b:
                self.edges[a].append((b, k))
                self.edges[b].append((a, k))
        self.monitors = self.attached = tuple(self.node_at[m] for m in _monitors(inventory))
        self.monitors += tuple(
            self._entries() if entries is None else (self.node_at[n] for n in entries)
        )
        self.groups = dict(inventory.groups) | {g.id: g for g in _site_groups(inventory)}
        self.members = {g.id: self.positions(g.members) for g in self.groups.values()}

    def _entries(self) -> list[int]:
        """The node that each part without a monitor is reached at, by the rule for a network of
        which no monitor is declared."""
        ids = self.nodes
        nodes = self.inventory.nodes
        return [
            min(part, key=lambda n: (*_remoteness(nodes[ids[n]], len(self.edges[n])), ids[n]))
            for part, _ in self.regions(self.live())
        ]

    def positions(self, members: Iterable[str]) -> tuple[frozenset[int], frozenset[int]]:
        """(nodes, links) named by `node:ID` and `link:ID`. Other words are passed over."""
        nodes, links = set(), set()
        for member in members:
            kind, _, name = member.partition(":")
            if kind == "node" and name in self.node_at:
                nodes.add(self.node_at[name])
            elif kind == "link" and name in self.link_at:
                links.add(self.link_at[name])
        return frozenset(nodes), frozenset(links)

    @cached_property
    def graph(self) -> nx.MultiGraph[str]:
        """The same as a NetworkX graph, its edges keyed by link id."""
        graph: nx.MultiGraph[str] = nx.MultiGraph()
        graph.add_nodes_from(self.nodes)
        for link in self.inventory.links.values():
            graph.add_edge(link.a, link.b, key=link.id)
        return graph

    @cached_property
    def site_of(self) -> list[str]:
        """Site id of each node."""
        return [node.site for node in self.inventory.nodes.values()]

    @cached_property
    def at_site(self) -> dict[str, tuple[int, ...]]:
        """The nodes at each site that has any."""
        found: dict[str, list[int]] = {}
        for n, site in enumerate(self.site_of):
            found.setdefault(site, []).append(n)
        return {site: tuple(nodes) for site, nodes in found.items()}

    @cached_property
    def depth(self) -> list[int]:
        """Links between each node and the nearest monitor; -1 where there is no path."""
        depth = [-1] * len(self.nodes)
        queue = deque(self.monitors)
        for m in self.monitors:
            depth[m] = 0
        while queue:
            n = queue.popleft()
            for far, _ in self.edges[n]:
                if depth[far] < 0:
                    depth[far] = depth[n] + 1
                    queue.append(far)
        return depth

    @cached_property
    def dominators(self) -> dict[str, str]:
        """Immediate dominator of each node that the monitors reach: the last node that none of
        its paths can avoid; "" stands for the monitor itself."""
        graph: nx.DiGraph[str] = nx.DiGraph(self.graph)
        graph.add_edges_from(("", self.nodes[m]) for m in self.monitors)
        return {n: d for n, d in nx.immediate_dominators(graph, "").items() if n and d is not None}

    def parents(self, node: int) -> list[int]:
        """The neighbours that are nearer to a monitor."""
        depth = self.depth
        return [far for far, _ in self.edges[node] if depth[far] < depth[node]]

    def upstream(self, nodes: Iterable[str]) -> set[str]:
        """Every node on a shortest path between a monitor and one of these, or a neighbour of it
        that is no further away (its second uplink)."""
        seen: set[int] = set()
        for node in nodes:
            n = self.node_at[node]
            seen.update(far for far, _ in self.edges[n] if self.depth[far] <= self.depth[n])
        stack = list(seen)
        while stack:
            for parent in self.parents(stack.pop()):
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return {self.nodes[n] for n in seen}

    def peers(self, nodes: Iterable[str]) -> set[str]:
        """Nodes that a small risk group ties to one of these: they may fail for the same reason,
        so they are asked before it is judged."""
        groups = {group for node in nodes for group in self.groups_of[self.node_at[node]]}
        found: set[int] = set()
        for group in groups:
            members, links = self.members[group]
            if len(members) + len(links) <= PEERS_MOST:
                found |= members
                found.update(end for k in links for end in self.ends[k])
        return {self.nodes[n] for n in found}

    def around(self, nodes: Iterable[str]) -> set[str]:
        """Nodes that may have failed in place of these, or with them."""
        nodes = set(nodes)
        return self.upstream(nodes) | self.peers(nodes)

    @cached_property
    def groups_of(self) -> list[list[str]]:
        """Groups that hold a node, or a link of it."""
        found: list[list[str]] = [[] for _ in self.nodes]
        for group, (nodes, links) in self.members.items():
            for n in nodes | {end for k in links for end in self.ends[k]}:
                found[n].append(group)
        return found

    def live(
        self,
        dead_nodes: Collection[int] = (),
        dead_links: Collection[int] = (),
        seen_from: Iterable[int] | None = None,
    ) -> bytearray:
        """1 for each node that a monitor reaches around the dead nodes and links; with `seen_from`,
        that a monitor at one of these nodes would."""
        seen = bytearray(len(self.nodes))
        closed = bytearray(len(self.nodes))
        for n in dead_nodes:
            closed[n] = 1
        start = self.monitors if seen_from is None else seen_from
        stack = [m for m in start if not closed[m]]
        for m in stack:
            seen[m] = 1
        edges = self.edges
        while stack:
            for far, link in edges[stack.pop()]:
                if not seen[far] and not closed[far] and link not in dead_links:
                    seen[far] = 1
                    stack.append(far)
        return seen

    def regions(self, live: bytearray) -> Iterator[tuple[list[int], list[int]]]:
        """(nodes, those of them next to a live node or a monitor themselves) of each part of the
        network that is not live."""
        seen = bytearray(live)
        for start in range(len(live)):
            if seen[start]:
                continue
            seen[start] = 1
            region, border = [start], []
            for n in region:  # grows while it is walked
                beside = n in self.monitors
                for far, _ in self.edges[n]:
                    if live[far]:
                        beside = True
                    elif not seen[far]:
                        seen[far] = 1
                        region.append(far)
                if beside:
                    border.append(n)
            yield region, border

    def neighbours(self, node: str) -> list[str]:
        """Ids of the nodes at the other ends of a node's links."""
        return [self.nodes[far] for far, _ in self.edges[self.node_at[node]]]

    def ports(self, node: str) -> Iterator[tuple[str, str]]:
        """(node, link) of both ends of a node's links."""
        for far, k in self.edges[self.node_at[node]]:
            yield node, self.links[k]
            yield self.nodes[far], self.links[k]

    def behind(self, members: Iterable[str]) -> frozenset[str]:
        """Nodes without a path once `node:ID` and `link:ID` fail; those that fail included,
        those without a path today left out."""
        return frozenset(self.nodes[n] for n in self.lost(*self.positions(members)))

    def lost(self, dead_nodes: Collection[int], dead_links: Collection[int] = ()) -> set[int]:
        """`behind`, by position. Only the surroundings of what fails are walked: for a commune's
        line that is a dozen nodes of a nation."""
        depth = self.depth
        lost = {n for n in dead_nodes if depth[n] >= 0}
        kept = {m for m in self.monitors if m not in lost}
        beside = {far for n in lost for far, _ in self.edges[n]}
        beside.update(end for k in dead_links for end in self.ends[k])
        for start in beside:
            if start in kept or start in lost or depth[start] < 0:
                continue
            seen, stack = {start}, [start]
            while stack:
                n = stack.pop()
                if n in kept:
                    kept |= seen
                    break
                for far, link in self._uphill[n]:
                    if far not in seen and far not in dead_nodes and link not in dead_links:
                        seen.add(far)
                        stack.append(far)
            else:
                lost |= seen
        return lost

    @cached_property
    def _uphill(self) -> list[list[Edge]]:
        """`edges`, each list with the node that is nearest to a monitor last."""
        depth = self.depth
        return [sorted(edges, key=lambda edge: -depth[edge[0]]) for edges in self.edges]


def with_links(inventory: Inventory, found: Mapping[str, Link]) -> Inventory:
    """An inventory with the links that were found in place of those of before."""
    if not found and not any(link.startswith(FOUND) for link in inventory.links):
        return inventory
    links = {id_: link for id_, link in inventory.links.items() if not id_.startswith(FOUND)}
    return replace(inventory, links=links | dict(found))


PEERS_MOST = 64  # a carrier's group of a thousand links says little of any one node


def _monitors(inventory: Inventory) -> tuple[str, ...]:
    """Where the monitor is attached; where nothing is declared, at the core, else at the node of
    most links."""
    if inventory.monitors:
        return inventory.monitors
    core = tuple(node.id for node in inventory.nodes.values() if node.role is Role.CORE)
    if core or not inventory.nodes:
        return core
    degree = dict.fromkeys(inventory.nodes, 0)
    for link in inventory.links.values():
        degree[link.a] += 1
        degree[link.b] += 1
    return (min(degree, key=lambda node: (-degree[node], node)),)


def _remoteness(node: Node, links: int) -> tuple[bool, int]:
    """How unlikely it is that a monitor reaches others through a node."""
    return node.role is not Role.CORE, -links


def _site_groups(inventory: Inventory) -> Iterable[RiskGroup]:
    at: dict[str, list[str]] = {}
    for node in inventory.nodes.values():
        at.setdefault(node.site, []).append(f"node:{node.id}")
    for site, members in at.items():
        if len(members) > 1:
            yield RiskGroup(
                SITE + site, GroupKind.OTHER, tuple(members), inventory.sites[site].name
            )
