"""What has been observed, ready to be judged."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a verdict may rest on.

    `reachable`: node id to the confirmed word on it; a node that is absent is unknown.
    `ports`: (node id, link id) to whether that node says that its end of the link is up. The
    reporter was reachable when it said so.
    `onset`: node id to when it fell silent, in seconds of any one clock; what fell silent at
    very different times has no common cause. A silent node without an onset may go with any.
    `port_loss`: share of the port reports that get lost on the way, where every live node reports
    all its ports; None where nothing follows from a missing report.
    `battery`: node ids of UPSes that run on battery, to when they lost their mains, None where
    nobody knows. `mains`: those that had their mains when last heard.
    `restarted`: node ids that answer again and have started meanwhile, to when they had fallen
    silent. `ran_on`: nodes that came back lately without having restarted.
    `heard`: silent nodes, to when they last answered; `shown`: those that were behind another fault
    at first, to when they came out of its shadow. They failed at some time between the two.
    `out`: links that failed by themselves: both their ends answered after one had said so.
    `broke`: links that an end says are down, to the first and last moment at which they can have
    failed, where anything is known of that.
    """

    reachable: Mapping[str, bool]
    ports: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    onset: Mapping[str, float] = field(default_factory=dict)
    port_loss: float | None = None
    battery: Mapping[str, float | None] = field(default_factory=dict)
    mains: Set[str] = frozenset()
    restarted: Mapping[str, float] = field(default_factory=dict)
    ran_on: Set[str] = frozenset()
    heard: Mapping[str, float] = field(default_factory=dict)
    shown: Mapping[str, float] = field(default_factory=dict)
    out: Set[str] = frozenset()
    broke: Mapping[str, tuple[float, float]] = field(default_factory=dict)
