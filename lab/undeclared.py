"""An inventory that does not know of all that is there."""

from __future__ import annotations

from dataclasses import replace

from configs.inventory import Inventory, Role


def without(inventory: Inventory, count: int) -> Inventory:
    """The inventory without `count` cables that are there all the same: those between the two
    routers of a hub, province by province. Risk groups forget them too."""
    nodes = inventory.nodes
    between = [
        link.id
        for link in inventory.links.values()
        if nodes[link.a].site == nodes[link.b].site and nodes[link.b].role is Role.HUB
    ]
    left_out = set(between[:count])
    links = {id_: link for id_, link in inventory.links.items() if id_ not in left_out}
    groups = {}
    for group in inventory.groups.values():
        members = tuple(m for m in group.members if m.removeprefix("link:") not in left_out)
        if members:
            groups[group.id] = replace(group, members=members)
    return replace(inventory, links=links, groups=groups)
