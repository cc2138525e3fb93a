"""Nodes with interface tables, as the poller would deliver them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.sample import Layout, Readings, Series
from configs.inventory import Inventory, Node, Province, Role, Site, SiteKind

NUMBERS = ("ifHCInOctets", "ifHCOutOctets", "ifInErrors", "ifOperStatus")
TEXTS = ("ifName", "ifAlias")


def inventory(*nodes: str) -> Inventory:
    """Each node at a site of its own, all in one province."""
    return Inventory(
        provinces={"01": Province("01", "Hà Nội")},
        sites={f"s-{n}": Site(f"s-{n}", f"Xã {n}", SiteKind.COMMUNE, "01") for n in nodes},
        nodes={n: Node(n, f"s-{n}", "127.1.0.1", Role.CPE) for n in nodes},
    )


def layout(ports: Sequence[int] = (1, 2), metrics: Sequence[str] = NUMBERS) -> Layout:
    return Layout(
        "if_mib",
        (Series("sysUpTime"), *(Series(m, (p,)) for m in metrics for p in ports)),
        tuple(Series(m, (p,)) for m in TEXTS for p in ports),
    )


def readings(
    node: str,
    at: float,
    shape: Layout,
    values: Mapping[str, float] = {},
    *,
    uptime_s: float | None = None,
    names: Mapping[int, str] = {},
) -> Readings:
    """A poll: `values` per metric, the same for every port; the agent booted at 0."""
    by_metric = {"sysUpTime": (at if uptime_s is None else uptime_s) * 100, **values}
    return Readings(
        node,
        at,
        0.01,
        shape,
        [by_metric.get(s.metric, 1.0) for s in shape.numbers],
        tuple(names.get(s.index[0], f"{s.metric}-{s.index[0]}") for s in shape.texts),
    )
