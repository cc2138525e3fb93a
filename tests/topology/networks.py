"""Small random networks with faults, and what can be seen of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from configs.inventory import (
    GroupKind,
    Inventory,
    Link,
    Node,
    Province,
    RiskGroup,
    Site,
    SiteKind,
)
from topology.evidence import Evidence
from topology.graph import Wan


def network(
    nodes: Iterable[str],
    links: Iterable[tuple[str, str]],
    groups: dict[str, tuple[str, ...]] | None = None,
    deaf: Iterable[str] = (),
    monitors: tuple[str, ...] = ("m",),
    sites: Mapping[str, str] | None = None,
    kinds: Mapping[str, GroupKind] | None = None,
) -> Wan:
    """The graph of nodes that each stand at a site of their own, if `sites` does not say otherwise;
    links are named `a-b`, parallel ones `a-b-2` and so on, and those in `deaf` do not follow."""
    world = Inventory(monitors=monitors)
    world.provinces[""] = Province("", "")
    for node in nodes:
        site = (sites or {}).get(node, node)
        world.sites[site] = Site(site, site, SiteKind.COMMUNE, "")
        world.nodes[node] = Node(node, site, "")
    for a, b in links:
        name, count = f"{a}-{b}", 1
        while name in world.links:
            count += 1
            name = f"{a}-{b}-{count}"
        world.links[name] = Link(name, a, b, oper_follows=name not in set(deaf))
    for name, members in (groups or {}).items():
        kind = (kinds or {}).get(name, GroupKind.OTHER)
        world.groups[name] = RiskGroup(name, kind, members)
    return Wan(world)


@dataclass(frozen=True)
class Case:
    """A network, what failed in it (`node:ID`, `link:ID`), who is still reached, and what was
    seen of that."""

    wan: Wan
    failed: frozenset[str]
    live: frozenset[str]
    evidence: Evidence

    @property
    def fronts(self) -> dict[str, set[str]]:
        """Unreachable nodes next to reachable ones: the links between them."""
        found: dict[str, set[str]] = {}
        for link in self.wan.inventory.links.values():
            for near, far in ((link.a, link.b), (link.b, link.a)):
                if near in self.live and far not in self.live:
                    found.setdefault(far, set()).add(link.id)
        return found


@st.composite
def cases(
    draw: st.DrawFn,
    largest: int = 8,
    lost: bool = False,
    groups: bool = True,
    faults: int = 3,
    power: bool = False,
    times: bool = False,
) -> Case:
    """Connected networks with a few faults; with `lost`, some of the evidence is missing, with
    `power`, some nodes say what they like of batteries and restarts, with `times`, any time may be
    known, and any link be thought to have failed before."""
    count = draw(st.integers(2, largest))
    nodes = ["m", *(f"n{i}" for i in range(1, count))]
    links = [(nodes[draw(st.integers(0, i - 1))], nodes[i]) for i in range(1, count)]
    for _ in range(draw(st.integers(0, count))):
        a, b = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        if a != b:
            links.append((a, b))
    names = list(network(nodes, links).links)
    deaf = draw(st.sets(st.sampled_from(names)))
    things = [f"node:{node}" for node in nodes[1:]] + [f"link:{link}" for link in names]
    declared = {}
    if groups:
        for i in range(draw(st.integers(0, 3))):
            members = draw(st.sets(st.sampled_from(things), min_size=2, max_size=4))
            declared[f"g{i}"] = tuple(sorted(members))
    sites, kinds = {}, {}
    if power:
        sites = {node: draw(st.sampled_from(nodes)) for node in nodes}
        kinds = {group: draw(st.sampled_from(GroupKind)) for group in declared}
    wan = network(nodes, links, declared, deaf, sites=sites, kinds=kinds)
    failed: set[str] = set()
    for thing in draw(st.lists(st.sampled_from([*things, *declared]), max_size=faults)):
        failed.update(declared.get(thing, (thing,)))
    dead, cut = wan.positions(failed)
    reached = wan.live(dead, cut)
    live = frozenset(node for node, alive in zip(wan.nodes, reached, strict=True) if alive)
    reachable = {node: node in live for node in wan.nodes}
    ports = {}
    for link in wan.inventory.links.values():
        for near, far in ((link.a, link.b), (link.b, link.a)):
            if near in live:
                gone = f"link:{link.id}" in failed or f"node:{far}" in failed
                ports[near, link.id] = not (gone and link.oper_follows)
    if lost:
        for node in draw(st.sets(st.sampled_from(nodes))):
            del reachable[node]
        if ports:
            for port in draw(st.sets(st.sampled_from(sorted(ports)))):
                del ports[port]
    loss = draw(st.sampled_from([None, 0.1, 0.3])) if lost else None
    evidence = Evidence(reachable, ports, port_loss=loss)
    some, moments = st.sampled_from(nodes), st.sampled_from([0.0, 2.0, 5.0, 60.0])
    if power or times:
        onset = {n: draw(moments) for n, word in reachable.items() if not word}
        evidence = replace(evidence, onset=onset)
    if times:
        evidence = replace(
            evidence,
            heard=draw(st.dictionaries(some, moments, max_size=4)),
            shown=draw(st.dictionaries(some, moments, max_size=4)),
            out=draw(st.frozensets(st.sampled_from(names), max_size=4)),
        )
    if power:
        evidence = replace(
            evidence,
            battery=draw(st.dictionaries(some, st.none() | moments, max_size=2)),
            mains=draw(st.frozensets(some, max_size=2)),
            restarted=draw(st.dictionaries(some, moments, max_size=2)),
            ran_on=draw(st.frozensets(some, max_size=2)),
        )
    return Case(wan, frozenset(failed), live, evidence)
