"""The immutable picture that the engine publishes once per tick and everybody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from configs.inventory import Inventory
from topology.coverage import Coverage
from topology.outage import Outage
from topology.state import NodeState


@dataclass(frozen=True, slots=True)
class NodeView:
    """What is known of a node now. `last_seen` is its last answer, `looked_at` the last look.

    `rtt_s`, `jitter_s` and `loss_ratio` are over the last looks; None when there was none, the
    first two also while the node is silent. `failure` is why the last look was in vain, in English
    or in the device's own words, `failure_kind` a `collector.sample.Failure`.
    """

    id: str
    state: NodeState
    since: datetime
    maintenance: bool = False
    suspected: bool = False
    last_seen: datetime | None = None
    looked_at: datetime | None = None
    rtt_s: float | None = None
    jitter_s: float | None = None
    loss_ratio: float | None = None
    failure: str = ""
    failure_kind: str = ""
    outage: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything by id. The mappings are never written to after publication.

    `sequence` grows by one per tick. `cut_off` is true when the monitor itself is isolated.
    `changed_nodes`: ids whose view differs from the previous snapshot's in more than its times
    and measurements.
    """

    sequence: int
    at: datetime
    started_at: datetime
    inventory: Inventory
    nodes: Mapping[str, NodeView]
    sites: Mapping[str, NodeState]
    coverage: Coverage
    provinces: Mapping[str, Coverage]
    outages: tuple[Outage, ...]
    cut_off: bool = False
    changed_nodes: tuple[str, ...] = ()
