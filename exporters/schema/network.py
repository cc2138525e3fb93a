"""The network as it was found, and what differs from how it is declared."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from exporters.schema.model import Model


class DriftOut(Model):
    """Where the network that was found differs from the declared one. The ends are those that were
    seen, of an unseen link the declared ones; `stranger` is who is at the far end of a port and
    in no inventory. `in_graph`: whether the diagnosis counts on it. `verdict` is "" until somebody
    decides."""

    key: str
    kind: Literal["unseen", "undeclared", "disagreeing", "stranger"]
    link: str
    a: str
    a_port: str
    b: str
    b_port: str
    declared_a_port: str
    declared_b_port: str
    stranger: str
    sources: list[str]
    confidence: float | None
    seen_at: datetime | None
    in_graph: bool
    verdict: Literal["", "accepted", "rejected"]
    author: str
    comment: str
    decided_at: datetime | None


class TopologyOut(Model):
    """What was found of the network's links. `heard_at`: when it was last put together, null before
    the first time; `whole`: whether everybody was heard. `edges`: how many each source told of;
    `found`: links that nobody declared and that the diagnosis counts on."""

    heard_at: datetime | None
    whole: bool
    edges: dict[str, int]
    found: int


class DecisionIn(Model):
    """`accepted`: what was seen is right; `rejected`: what is declared is."""

    verdict: Literal["accepted", "rejected"]
    author: str
    comment: str = ""
