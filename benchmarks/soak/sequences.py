"""Random sequences of faults and heals, each within one province, overlapping in time and space."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from configs.inventory import Inventory, Role, SiteKind

FAULTS = (1, 2, 2, 3)
KINDS = ("node", "node", "router", "link", "link", "link", "site", "site", "group", "group")
BESIDE = 0.6  # of the further faults of a sequence touch what the first one touches
AT_ONCE = 0.2  # of them come together with the first
SPREAD_S, SHORTEST_S, LONGEST_S = 12.0, 8.0, 20.0
TRIES = 100
TOUCHES = 3  # what comes a fourth time within minutes counts as flapping


@dataclass(frozen=True, slots=True)
class Step:
    """`do` is "fail" or "heal"; `target` as `wanwatch lab` takes it."""

    at_s: float
    do: str
    target: str


@dataclass(frozen=True, slots=True)
class Sequence:
    province: str
    steps: tuple[Step, ...]

    @property
    def length_s(self) -> float:
        return self.steps[-1].at_s


class Maker:
    """Makes sequences in which nothing is touched so often that it flaps."""

    def __init__(self, inventory: Inventory, rng: random.Random) -> None:
        self._inventory = inventory
        self._rng = rng
        self._touched: Counter[str] = Counter()
        self._beside: dict[str, set[str]] = {node: set() for node in inventory.nodes}
        for link in inventory.links.values():
            self._beside[link.a].add(link.b)
            self._beside[link.b].add(link.a)
        self._pools: dict[str, dict[str, list[str]]] = {
            province: {kind: [] for kind in KINDS} for province in inventory.provinces
        }
        for kind, target in self._targets():
            province = self.province(target)
            if province:
                self._pools[province][kind].append(target)

    @property
    def provinces(self) -> list[str]:
        """Where anything can fail."""
        return [province for province, pool in self._pools.items() if pool["node"]]

    def sequence(self, province: str) -> Sequence:
        """A sequence of one to three faults."""
        rng, chosen = self._rng, list[str]()
        count = rng.choice(FAULTS)
        for attempt in range(TRIES):
            pool = self._pools[province][rng.choice(KINDS)]
            target = rng.choice(pool) if pool else ""
            last_resort = not chosen and attempt > TRIES - 10
            if not target or target in chosen or not (last_resort or self._calm(target)):
                continue
            if chosen and rng.random() < BESIDE and not self._near(target, chosen[0]):
                continue
            chosen.append(target)
            if len(chosen) == count:
                break
        steps = []
        for place, target in enumerate(chosen):
            self._touched.update(self.nodes(target))
            at_once = not place or rng.random() < AT_ONCE
            began = 0.0 if at_once else rng.uniform(0.0, SPREAD_S)
            steps.append(Step(began, "fail", target))
            steps.append(Step(began + rng.uniform(SHORTEST_S, LONGEST_S), "heal", target))
        return Sequence(province, tuple(sorted(steps, key=lambda step: step.at_s)))

    def province(self, target: str) -> str:
        """The only province that a target touches; "" where there is none or more than one, as of
        the data centres, which all hang on."""
        if target.partition(":")[0] not in KINDS:
            return ""
        found = {self._province(node) for node in self.nodes(target)} - {""}
        return found.pop() if len(found) == 1 else ""

    def nodes(self, target: str) -> set[str]:
        """The nodes that a target is made of, or that its links join."""
        kind, _, name = target.partition(":")
        inventory = self._inventory
        if kind == "site":
            return {node.id for node in inventory.nodes.values() if node.site == name}
        found = set()
        for member in inventory.groups[name].members if kind == "group" else (target,):
            what, _, one = member.partition(":")
            if what == "node":
                found.add(one)
            else:
                found |= {inventory.links[one].a, inventory.links[one].b}
        return found

    def _targets(self) -> Iterable[tuple[str, str]]:
        inventory = self._inventory
        for node in inventory.nodes.values():
            kind = "router" if node.role is Role.HUB else "node"
            yield kind, f"node:{node.id}"
        yield from (("link", f"link:{link}") for link in inventory.links)
        yield from (("group", f"group:{group}") for group in inventory.groups)
        occupied = {node.site for node in inventory.nodes.values()}
        yield from (("site", f"site:{site}") for site in inventory.sites if site in occupied)

    def _province(self, node: str) -> str:
        site = self._inventory.sites[self._inventory.nodes[node].site]
        return "" if site.kind is SiteKind.DATA_CENTRE else site.province

    def _calm(self, target: str) -> bool:
        return all(self._touched[node] < TOUCHES for node in self._ends(target))

    def _ends(self, target: str) -> set[str]:
        """Of a link the lower end only: many links hang on a hub, and none of them is it."""
        nodes = self.nodes(target)
        if target.startswith("link:") and len(nodes) > 1:
            return {min(nodes, key=lambda node: (len(self._beside[node]), node))}
        return nodes

    def _near(self, target: str, first: str) -> bool:
        around = self.nodes(first)
        around = around.union(*(self._beside[node] for node in around))
        return not around.isdisjoint(self.nodes(target))
