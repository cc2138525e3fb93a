"""What there is to be seen of faults, and which pages are right."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from configs.inventory import Inventory
from lab.faults import Faults

Sight = tuple[frozenset[str], frozenset[tuple[str, str]]]
Active = frozenset[str]


class Truth:
    """The lab's ground truth. Two things are distinguishable when something differs that can be
    seen: who answers, or a port that a node that answers says is down."""

    def __init__(self, inventory: Inventory) -> None:
        self._faults = Faults(inventory)
        self._known: dict[Active, Sight] = {}

    def sight(self, active: Active) -> Sight:
        """(nodes that answer, ports that say they are down) with these targets broken."""
        sight = self._known.get(active)
        if sight is None:
            picture = self._faults.with_failed(active)
            links = self._faults.inventory.links
            down = frozenset(
                (end, name)
                for name in picture.dark
                if links[name].oper_follows
                for end in (links[name].a, links[name].b)
                if end in picture.reached
            )
            sight = self._known[active] = picture.reached, down
        return sight

    def visible(self, faults: Iterable[str], active: Active) -> bool:
        """Whether it would be seen if just these were mended."""
        return self.sight(active) != self.sight(active.difference(faults))

    def hurts(self, fault: str, active: Active) -> bool:
        """Whether somebody is silent because of it."""
        return self.sight(active)[0] != self.sight(active - {fault})[0]

    def named(self, root: str, active: Active) -> Active:
        """The faults that a root explains: each by which it could be replaced and nothing would
        be seen to change; else the fewest for which it stands together."""
        if not self.exists(root):
            return frozenset()
        for size in range(1, len(active) + 1):
            found = [
                some
                for some in map(frozenset, combinations(sorted(active), size))
                if self.visible(some, active)
                and self.sight(active - some | {root}) == self.sight(active)
            ]
            if found:
                return frozenset[str]().union(*found)
        return frozenset()

    def exists(self, target: str) -> bool:
        """Whether it can be broken at all."""
        kind, _, name = target.partition(":")
        inventory = self._faults.inventory
        known = {
            "node": inventory.nodes,
            "link": inventory.links,
            "site": inventory.sites,
            "group": inventory.groups,
        }
        return name in known.get(kind, {})


def target_of(kind: str, name: str) -> str:
    """A root of an outage as a target; the group of all nodes of a site is the site."""
    return name if name.startswith("site:") else f"{kind}:{name}"
