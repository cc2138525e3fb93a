"""Networks to break: a national hub-and-spoke WAN, and any GraphML file."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from configs.inventory import (
    GroupKind,
    Inventory,
    Link,
    Node,
    Province,
    RiskGroup,
    Role,
    Site,
    SiteKind,
)

HUBS = 34
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


@dataclass
class Sketch:
    """A network while it is drawn: node to (role, area), links and groups by id."""

    nodes: dict[str, tuple[Role, str]] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    groups: dict[str, tuple[GroupKind, tuple[str, ...]]] = field(default_factory=dict)
    monitors: tuple[str, ...] = ()

    def join(self, a: str, b: str) -> str:
        """The id of a new link."""
        name = f"{a}~{b}"
        self.links[name] = (a, b)
        return name

    def inventory(self, rng: random.Random, following: float = 0.6) -> Inventory:
        """The inventory, where this share of the links follows."""
        result = Inventory(monitors=self.monitors)
        for node, (role, area) in self.nodes.items():
            result.provinces.setdefault(area, Province(area, area))
            result.sites[node] = Site(node, node, SiteKind.COMMUNE, area)
            result.nodes[node] = Node(node, node, "", role)
        for name, (a, b) in self.links.items():
            follows = rng.random() < following
            result.links[name] = Link(name, a, b, oper_follows=follows)
        for name, (kind, members) in self.groups.items():
            result.groups[name] = RiskGroup(name, kind, members)
        return result


def national(rng: random.Random, communes: int = 1200) -> Sketch:
    """Two centres; 34 hubs of two routers, one to each centre, on one power feed, a third of them
    with both uplinks in one duct; communes, some on both routers, some behind another commune;
    a dozen neighbouring communes on one grid."""
    sketch = Sketch(monitors=("centre-1",))
    for c in (1, 2):
        sketch.nodes[f"centre-{c}"] = Role.CORE, "centre"
    sketch.join("centre-1", "centre-2")
    for h in range(HUBS):
        area, pair = f"province-{h}", (f"hub-{h}-1", f"hub-{h}-2")
        for hub in pair:
            sketch.nodes[hub] = Role.HUB, area
        uplinks = [sketch.join(f"centre-{c}", hub) for c, hub in enumerate(pair, 1)]
        sketch.join(*pair)
        sketch.groups[f"power-{h}"] = GroupKind.POWER, tuple(f"node:{hub}" for hub in pair)
        if rng.random() < 1 / 3:
            sketch.groups[f"duct-{h}"] = GroupKind.DUCT, tuple(f"link:{k}" for k in uplinks)
    grids: dict[str, list[str]] = {}
    for n in range(communes):
        h, name = n % HUBS, f"commune-{n}"
        sketch.nodes[name] = Role.CPE, f"province-{h}"
        side = rng.choice((1, 2))
        if n > 10 * HUBS and n % 9 == 0:
            sketch.join(f"commune-{n - HUBS * rng.randint(1, 8)}", name)
        else:
            sketch.join(f"hub-{h}-{side}", name)
            if rng.random() < 0.2:
                sketch.join(f"hub-{h}-{3 - side}", name)
        grids.setdefault(f"grid-{h}-{n // HUBS // 12}", []).append(f"node:{name}")
    for grid, members in grids.items():
        sketch.groups[grid] = GroupKind.POWER, tuple(members)
    return sketch


def graphml(path: Path, rng: random.Random) -> Sketch:
    """The largest connected part of a graph, watched from its best connected node, with ducts of
    two links that meet."""
    root = ET.parse(path).getroot()  # noqa: S314 - recordings of our own
    nodes = [n.attrib["id"] for n in root.iter(f"{GRAPHML}node")]
    pairs = {
        tuple(sorted((e.attrib["source"], e.attrib["target"]))) for e in root.iter(f"{GRAPHML}edge")
    }
    near: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in sorted(pairs):
        if a != b:
            near[a].append(b)
            near[b].append(a)
    parts: list[list[str]] = []
    seen: set[str] = set()
    for start in nodes:
        part = [start] if start not in seen else []
        seen.add(start)
        for node in part:  # grows while it is walked
            part += [m for m in near[node] if m not in seen]
            seen.update(near[node])
        parts.append(part)
    _, largest_at = max((len(part), -i) for i, part in enumerate(parts))
    largest = set(parts[-largest_at])
    sketch = Sketch(monitors=(max(sorted(largest), key=lambda node: len(near[node])),))
    for node in nodes:
        if node in largest:
            sketch.nodes[node] = Role.OTHER, "net"
    for a, b in sorted(pairs):
        if a != b and a in largest:
            sketch.join(a, b)
    for d in range(max(1, len(sketch.links) // 12)):
        at = rng.choice(sorted(largest))
        meeting = [f"link:{k}" for k, ends in sketch.links.items() if at in ends]
        if len(meeting) > 1:
            sketch.groups[f"duct-{d}"] = GroupKind.DUCT, tuple(rng.sample(meeting, 2))
    return sketch
