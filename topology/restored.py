"""What the store remembers when the daemon starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from topology.outage import Outage
from topology.state import NodeState


@dataclass(frozen=True, slots=True)
class Restored:
    """Outages that were open, and per node its state and since when."""

    outages: tuple[Outage, ...]
    states: Mapping[str, tuple[NodeState, datetime]]
