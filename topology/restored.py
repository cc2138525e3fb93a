"""What the store remembers of the time before a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from configs.inventory import Link
from topology.chronicle import Past
from topology.outage import Outage
from topology.state import NodeState


@dataclass(frozen=True, slots=True)
class Restored:
    """`outages`: those that had not ended; `states`: last known state of a node, and since when;
    `heard`, `shown`: of those that were down, as in `StateChange`, where they are known;
    `found`: links of the graph that nobody declared; `past`: where the run before ended."""

    outages: tuple[Outage, ...] = ()
    states: Mapping[str, tuple[NodeState, datetime]] = field(default_factory=dict)
    heard: Mapping[str, datetime] = field(default_factory=dict)
    shown: Mapping[str, datetime] = field(default_factory=dict)
    found: tuple[Link, ...] = ()
    past: Past = field(default_factory=Past)
