"""Ground truth: what has been broken, and who is silent because of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from configs.inventory import Inventory
from lab.errors import UnknownTargetError


@dataclass(frozen=True, slots=True)
class Picture:
    """The network with some things broken. `dark`: links that carry nothing, cut themselves or
    with a dead end. `reached`: nodes to which a monitor still has a path. `battery`: sites without
    mains, where all goes on while the UPS lasts."""

    dead: frozenset[str]
    cut: frozenset[str]
    dark: frozenset[str]
    reached: frozenset[str]
    battery: frozenset[str] = frozenset()


class Faults:
    """What is broken now, and what that does. Targets are `node:`, `link:`, `site:`, `group:`, and
    `mains:` for the mains of a site."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.failed: tuple[str, ...] = ()
        self._beside: dict[str, list[tuple[str, str]]] = {node: [] for node in inventory.nodes}
        for link in inventory.links.values():
            self._beside[link.a].append((link.b, link.id))
            self._beside[link.b].append((link.a, link.id))
        self._nodes_of: dict[str, list[str]] = {site: [] for site in inventory.sites}
        for node in inventory.nodes.values():
            self._nodes_of[node.site].append(node.id)
        self.picture = self.with_failed(())

    def fail(self, targets: Iterable[str]) -> Picture:
        """Break more things. Raises UnknownTargetError, having broken none."""
        return self._become((*self.failed, *targets))

    def heal(self, targets: Iterable[str]) -> Picture:
        """Mend things; whole ones stay whole. Raises UnknownTargetError, having mended none."""
        gone = set(targets)
        for target in gone:
            self.members(target)
        return self._become(tuple(target for target in self.failed if target not in gone))

    def _become(self, failed: tuple[str, ...]) -> Picture:
        self.picture = self.with_failed(failed)
        self.failed = tuple(dict.fromkeys(failed))
        return self.picture

    def members(self, target: str) -> tuple[str, ...]:
        """The nodes and links (`node:ID`, `link:ID`) that a target stands for; lost mains stand
        for themselves. Raises UnknownTargetError."""
        kind, _, key = target.partition(":")
        inventory = self.inventory
        known: dict[str, Iterable[str]] = {
            "node": inventory.nodes,
            "link": inventory.links,
            "site": inventory.sites,
            "group": inventory.groups,
            "mains": inventory.sites,
        }
        if kind not in known:
            raise UnknownTargetError("target_form", target=target)
        if key not in known[kind]:
            near = difflib.get_close_matches(key, known[kind], 1)
            if near:
                raise UnknownTargetError("did_you_mean", target=target, near=f"{kind}:{near[0]}")
            raise UnknownTargetError("unknown", target=target)
        if kind == "site":
            return tuple(f"node:{node}" for node in self._nodes_of[key])
        return inventory.groups[key].members if kind == "group" else (target,)

    def with_failed(self, failed: Iterable[str]) -> Picture:
        """The picture if just these targets were broken. Raises UnknownTargetError."""
        parts = {member for target in failed for member in self.members(target)}
        dead = frozenset(part[5:] for part in parts if part.startswith("node:"))
        cut = frozenset(part[5:] for part in parts if part.startswith("link:"))
        reached = {node for node in self.inventory.monitors if node not in dead}
        front = list(reached)
        while front:
            for other, link in self._beside[front.pop()]:
                if other not in reached and other not in dead and link not in cut:
                    reached.add(other)
                    front.append(other)
        dark = cut.union(link for node in dead for _, link in self._beside[node])
        battery = frozenset(part[6:] for part in parts if part.startswith("mains:"))
        return Picture(dead, cut, dark, frozenset(reached), battery)

    def silent(self, picture: Picture | None = None) -> tuple[str, ...]:
        """Nodes that no monitor can hear, in inventory order."""
        reached = (picture or self.picture).reached
        return tuple(node for node in self.inventory.nodes if node not in reached)

    def uncovered(self) -> tuple[str, ...]:
        """Sites none of whose nodes can be heard, in inventory order."""
        reached = self.picture.reached
        return tuple(
            site
            for site, nodes in self._nodes_of.items()
            if nodes and not any(node in reached for node in nodes)
        )

    def truth(self) -> dict[str, object]:
        """What a perfect monitor would say, as JSON (see docs/lab.md)."""
        return {
            "failed": list(self.failed),
            "silent": list(self.silent()),
            "uncovered": list(self.uncovered()),
            "roots": [self._root(target) for target in self.failed],
        }

    def _root(self, target: str) -> dict[str, object]:
        """A broken thing as an outage. `visible`: some part of it touches what can be heard;
        otherwise it is hidden behind another fault. `silences`: nodes that cannot be heard now
        and could if it alone were mended. `equivalent`: other single things that would have
        silenced the same nodes."""
        others = tuple(other for other in self.failed if other != target)
        mended = self.with_failed(others)
        now = self.picture.reached
        silences = mended.reached - now
        visible = any(self._seen(part, now) for part in self.members(target))
        equivalent = [
            other
            for other in self._doubles(mended, now, silences)
            if other != target and self.with_failed((*others, other)).reached == now
        ]
        kind, _, key = target.partition(":")
        return {
            "kind": kind,
            "id": key,
            "visible": visible,
            "silences": [node for node in self.inventory.nodes if node in silences],
            "equivalent": equivalent,
        }

    def _seen(self, part: str, reached: frozenset[str]) -> bool:
        """Whether a broken node or link, or a site without mains, touches a node that can be
        heard."""
        if part.startswith("mains:"):
            return not reached.isdisjoint(self._nodes_of[part[6:]])
        if part.startswith("link:"):
            link = self.inventory.links[part[5:]]
            return link.a in reached or link.b in reached
        cut = self.picture.cut
        node = part[5:]
        at_monitor = node in self.inventory.monitors
        return at_monitor or any(
            other in reached and link not in cut for other, link in self._beside[node]
        )

    def _doubles(self, mended: Picture, now: frozenset[str], silences: frozenset[str]) -> list[str]:
        """Single things that might silence the same nodes: each lies on every link by which
        these hang on what can still be heard."""
        links, nodes = self.inventory.links, self.inventory.nodes
        border = [
            (f"link:{link.id}", f"node:{link.a if link.a in silences else link.b}")
            for link in links.values()
            if link.id not in mended.dark
            and ((link.a in now and link.b in silences) or (link.b in now and link.a in silences))
        ]
        if not border:
            return []
        single = [
            next(iter(side)) for side in map(set, zip(*border, strict=True)) if len(side) == 1
        ]
        sites = {nodes[node.removeprefix("node:")].site for _, node in border}
        groups = [
            f"group:{group.id}"
            for group in self.inventory.groups.values()
            if all(link in group.members or node in group.members for link, node in border)
        ]
        return [*single, *(f"site:{site}" for site in sites if len(sites) == 1), *groups]
