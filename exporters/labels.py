"""The labels of provinces, sites and nodes, made once per inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from configs.inventory import Inventory, Node
from exporters.exposition import label_pairs, label_set
from topology.identity import NodeIdentity, Sighting


@dataclass(slots=True)
class ProvinceLabels:
    """A province: its sites and nodes in the inventory's order, with their labels beside them."""

    id: str
    sites: list[str] = field(default_factory=list)
    site_labels: list[bytes] = field(default_factory=list)
    site_info: list[bytes] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    node_pairs: dict[str, str] = field(default_factory=dict)
    node_labels: list[bytes] = field(default_factory=list)
    node_info: list[bytes] = field(default_factory=list)


def labels_by_province(inventory: Inventory) -> dict[str, ProvinceLabels]:
    """Every province by id, in the inventory's order."""
    found = {id_: ProvinceLabels(id_) for id_ in inventory.provinces}
    for site in inventory.sites.values():
        here = found[site.province]
        pairs = label_pairs((("site", site.id), ("province", site.province), ("kind", site.kind)))
        names = label_pairs((("name", site.name), ("code", site.code)))
        here.sites.append(site.id)
        here.site_labels.append(label_set(pairs))
        here.site_info.append(label_set(pairs, names))
    for node in inventory.nodes.values():
        province = inventory.sites[node.site].province
        here = found[province]
        pairs = label_pairs(
            (("node", node.id), ("site", node.site), ("province", province), ("role", node.role))
        )
        here.nodes.append(node.id)
        here.node_pairs[node.id] = pairs
        here.node_labels.append(label_set(pairs))
    return found


def node_info(
    here: ProvinceLabels, inventory: Inventory, identities: Mapping[str, Sighting]
) -> list[bytes]:
    """The labels that say what each node of a province is."""
    return [_info(here.node_pairs[id_], inventory.nodes[id_], identities) for id_ in here.nodes]


def _info(pairs: str, node: Node, identities: Mapping[str, Sighting]) -> bytes:
    sighting = identities.get(node.id)
    identity = sighting.identity if sighting else NodeIdentity()
    said = (("name", node.name), ("address", node.address), *asdict(identity).items())
    return label_set(pairs, label_pairs(said))
