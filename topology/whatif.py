"""What if these failed: whom it would cut off, and who would hang by one thread."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from topology.errors import TargetError
from topology.graph import Wan
from topology.weakness import threads


@dataclass(frozen=True, slots=True)
class Blast:
    """`failed`: members that fail (`node:ID`, `link:ID`). `nodes`: those without a path then, the
    failed ones included; `sites`: those without any node left. `weakened`: sites that are left
    with a single point of failure where they have none today, and what that would be."""

    failed: tuple[str, ...]
    nodes: tuple[str, ...]
    sites: tuple[str, ...]
    weakened: dict[str, str]


def members(wan: Wan, targets: Iterable[str]) -> tuple[str, ...]:
    """What targets stand for, as `node:ID` and `link:ID`. A target is written as in
    `MaintenanceIn`, or as a bare id where that names one thing only. Raises TargetError."""
    found: dict[str, None] = {}
    for target in targets:
        found |= dict.fromkeys(_members(wan, target))
    return tuple(found)


def _members(wan: Wan, target: str) -> Iterable[str]:
    inventory = wan.inventory
    kinds: dict[str, Mapping[str, object]] = {
        "node": inventory.nodes,
        "link": inventory.links,
        "group": wan.groups,
        "site": inventory.sites,
        "province": inventory.provinces,
    }
    kind, colon, name = target.partition(":")
    if not colon or kind not in kinds or name not in kinds[kind]:
        holders = [k for k, known in kinds.items() if target in known]
        if len(holders) != 1:
            raise TargetError(
                target, [f"{k}:{target}" for k in holders] or _similar(name or target, kinds)
            )
        kind, name = holders[0], target
    if kind in ("node", "link"):
        return (f"{kind}:{name}",)
    if kind == "group":
        return wan.groups[name].members
    return (
        f"node:{node.id}"
        for node in inventory.nodes.values()
        if name == (node.site if kind == "site" else inventory.province_of(node.id))
    )


def _similar(name: str, kinds: Mapping[str, Mapping[str, object]]) -> list[str]:
    every = {known_id: kind for kind, known in kinds.items() for known_id in known}
    close = difflib.get_close_matches(name, every, 3)
    return [f"{every[match]}:{match}" for match in close]


def whatif(wan: Wan, targets: Iterable[str]) -> Blast:
    """The consequences of everything in `targets` failing at once. Raises TargetError."""
    failed = members(wan, targets)
    dead_nodes, dead_links = wan.positions(failed)
    before, after = wan.live(), wan.live(dead_nodes, dead_links)
    nodes = tuple(
        node for node, was, still in zip(wan.nodes, before, after, strict=True) if was and not still
    )
    left = {
        wan.inventory.nodes[node].site
        for node, is_live in zip(wan.nodes, after, strict=True)
        if is_live
    }
    hurt = dict.fromkeys(wan.inventory.nodes[node].site for node in nodes)
    today, then = threads(wan), threads(wan, dead_nodes, dead_links)
    weakened = {
        site: thread for site, thread in then.items() if thread and not today[site] and site in left
    }
    return Blast(failed, nodes, tuple(site for site in hurt if site not in left), weakened)
