"""The simulated WAN as plain data: what was declared, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from configs.inventory import Inventory

V2C = "fleet-v2c"
V3 = "fleet-v3"
SSH = "fleet-ssh"


@dataclass(frozen=True, slots=True)
class Line:
    """What a link is made of. `rtt_s` is there and back; loss is per passage; loads are means
    over a day, from the link's `a` to its `b` and back."""

    rtt_s: float
    jitter_s: float
    loss_ratio: float
    load_ab_bps: float
    load_ba_bps: float


@dataclass(frozen=True, slots=True)
class Nation:
    """`lines` by link id, `models` (ids in `lab.models`) by node id."""

    seed: int
    inventory: Inventory
    lines: dict[str, Line]
    models: dict[str, str]
