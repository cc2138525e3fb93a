"""Which port of a device a declared link ends at."""

from __future__ import annotations

import pytest

from collector.sample import Layout, Readings, Series
from configs.inventory import Inventory, Link, Node, Province, Site, SiteKind
from topology.ports import Ports


def said(port: str, *names: str) -> dict[tuple[str, str], tuple[bool, float]]:
    """What is known after a poll of a device with ports of these ifNames, all down, of a link that
    is declared to end at `port`."""
    inventory = Inventory(provinces={"": Province("", "")})
    for node in "ab":
        inventory.sites[node] = Site(node, node, SiteKind.HUB, "")
        inventory.nodes[node] = Node(node, node, "")
    inventory.links["l"] = Link("l", "a", "b", port, "")
    count = range(len(names))
    layout = Layout(
        "wan",
        tuple(Series("ifOperStatus", (i,)) for i in count),
        tuple(Series("ifName", (i,)) for i in count),
    )
    ports = Ports(inventory)
    ports.take(Readings("a", 1.0, 0.01, layout, [2.0] * len(names), names))
    return dict(ports.words)


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("Gi0/0/3", "Gi0/0/3"),
        ("GigabitEthernet0/0/3", "Gi0/0/3"),
        ("Gi0/0/3", "GigabitEthernet0/0/3"),
        ("TenGigE0/0/0/36", "Te0/0/0/36"),
        ("eth3", "eth3"),
    ],
)
def test_a_port_is_found_by_its_long_name_and_by_its_short_one(declared: str, name: str) -> None:
    assert said(declared, "lo0", name) == {("a", "l"): (False, 1.0)}


@pytest.mark.parametrize("names", [("Gi0/0/30",), ("Te0/0/3",), ("Gi0/0/3", "GigaX0/0/3"), ()])
def test_a_port_that_may_be_another_is_not_taken_for_it(names: tuple[str, ...]) -> None:
    assert said("GigabitEthernet0/0/3", *names) == {}
