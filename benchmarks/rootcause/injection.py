"""Faults put into a network, and what a monitor gets to see of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from configs.inventory import Inventory, Link
from topology.evidence import Evidence
from topology.graph import Wan


@dataclass(frozen=True)
class Noise:
    """Shares: `lost` of all words; `mute` of the live nodes that others hang on; `spurious` of the
    live nodes that fail to answer once; `late` of the words that are still those of before the
    fault; `wrong` of the declared links that lead elsewhere in truth. `skew_s`: spread of onsets.
    """

    lost: float = 0.0
    mute: float = 0.0
    spurious: float = 0.0
    late: float = 0.0
    wrong: float = 0.0
    skew_s: float = 0.0


LEVELS = {
    "clean": Noise(),
    "lossy": Noise(lost=0.2),
    "mute": Noise(lost=0.1, mute=0.05),
    "late": Noise(late=0.03),
    "spurious": Noise(spurious=0.002),
    "wrong edges": Noise(wrong=0.01),
    "skewed": Noise(skew_s=4.0),
}


@dataclass(frozen=True)
class Case:
    """`declared`: the network as the monitor knows it; `faults`: (kind, id) injected; `live`: nodes
    reached in truth; `fronts`: each unreachable node beside a live one, with the links between;
    `half`: failed links between live nodes of which a port tells."""

    declared: Wan
    evidence: Evidence
    faults: frozenset[tuple[str, str]]
    live: frozenset[str]
    fronts: dict[str, frozenset[str]]
    half: frozenset[str]


def chosen(inventory: Inventory, rng: random.Random) -> frozenset[tuple[str, str]]:
    """One to eight faults of nodes, links and groups, as (kind, id)."""
    monitors = set(inventory.monitors)
    faults = set()
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        kind = rng.choice(("node", "node", "link", "link", "group"))
        pool = {
            "node": [node for node in inventory.nodes if node not in monitors],
            "link": list(inventory.links),
            "group": list(inventory.groups),
        }[kind]
        if pool:
            faults.add((kind, rng.choice(pool)))
    return frozenset(faults)


def inject(
    inventory: Inventory, rng: random.Random, noise: Noise, faults: frozenset[tuple[str, str]]
) -> Case:
    """One case: what is declared, what failed, and what is heard of it."""
    declared = Wan(inventory)
    truth = Wan(_rewired(inventory, rng, noise.wrong))
    monitors = set(inventory.monitors)
    failed = {m for kind, name in faults for m in _members(inventory, kind, name)}
    failed -= {f"node:{monitor}" for monitor in monitors}
    reached = truth.live(*truth.positions(failed))
    live = frozenset(node for node, is_live in zip(truth.nodes, reached, strict=True) if is_live)
    fronts: dict[str, set[str]] = {}
    for link in truth.inventory.links.values():
        for near, far in ((link.a, link.b), (link.b, link.a)):
            if near in live and far not in live:
                fronts.setdefault(far, set()).add(link.id)
    evidence, half = _observe(truth, failed, live, rng, noise)
    return Case(
        declared,
        evidence,
        faults,
        live,
        {front: frozenset(cut) for front, cut in fronts.items()},
        half,
    )


def _members(inventory: Inventory, kind: str, name: str) -> tuple[str, ...]:
    return inventory.groups[name].members if kind == "group" else (f"{kind}:{name}",)


def _rewired(inventory: Inventory, rng: random.Random, share: float) -> Inventory:
    """The same network with this share of its leaves hung on another node of the same role."""
    degree: dict[str, int] = {}
    for link in inventory.links.values():
        degree[link.a] = degree.get(link.a, 0) + 1
        degree[link.b] = degree.get(link.b, 0) + 1
    links: dict[str, Link] = {}
    for link in inventory.links.values():
        near = inventory.nodes[link.a]
        if degree[link.b] == 1 and rng.random() < share:
            alike = [n.id for n in inventory.nodes.values() if n.role is near.role]
            links[link.id] = replace(link, a=rng.choice(alike))
            if links[link.id].a == link.b:
                links[link.id] = link
        else:
            links[link.id] = link
    return replace(inventory, links=links)


def _observe(
    truth: Wan, failed: set[str], live: frozenset[str], rng: random.Random, noise: Noise
) -> tuple[Evidence, frozenset[str]]:
    """(evidence, failed links between live nodes of which some port tells)"""
    inventory = truth.inventory
    needed = set()  # live nodes that some live neighbour can't do without
    for n, node in enumerate(truth.nodes):
        usable = [
            truth.nodes[far] for far, k in truth.edges[n]
            if truth.nodes[far] in live and f"link:{truth.links[k]}" not in failed
        ]  # fmt: skip
        if node in live and len(set(usable)) == 1:
            needed.add(usable[0])
    quiet = {
        node for node in sorted(live)
        if node not in inventory.monitors
        and ((node in needed and rng.random() < noise.mute) or rng.random() < noise.spurious)
    }  # fmt: skip
    reachable: dict[str, bool] = {}
    onset: dict[str, float] = {}
    for node in inventory.nodes:
        if rng.random() < noise.lost:
            continue
        reachable[node] = (node in live and node not in quiet) or rng.random() < noise.late
        if not reachable[node] and noise.skew_s:
            onset[node] = rng.uniform(0, noise.skew_s)
    ports: dict[tuple[str, str], bool] = {}
    half = set()
    for link in inventory.links.values():
        for near, far in ((link.a, link.b), (link.b, link.a)):
            if near not in live or near in quiet or rng.random() < noise.lost:
                continue
            gone = f"link:{link.id}" in failed or f"node:{far}" in failed
            ports[near, link.id] = not (gone and link.oper_follows) or rng.random() < noise.late
            if not ports[near, link.id] and far in live:
                half.add(link.id)
    loss = noise.lost or None
    return Evidence(reachable, ports, onset, loss), frozenset(half)
