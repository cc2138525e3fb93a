"""What the API needs of the daemon."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from store.database import Store
from store.record import Event, TopologyDecision
from store.series import SeriesMemory
from topology.discovered import Findings
from topology.snapshot import Snapshot


class Wiring(Protocol):
    """What was found of the network's links, and what operators decided on it."""

    @property
    def findings(self) -> Findings: ...

    @property
    def decisions(self) -> Mapping[str, TopologyDecision]:
        """By the key of the drift."""

    async def decide(self, decision: TopologyDecision) -> None:
        """Keeps a decision and acts on it. Raises StoreError."""

    async def undecide(self, key: str, author: str) -> bool:
        """Whether there was a decision; it is forgotten. Raises StoreError."""


class Source(Protocol):
    """Implemented by the composition root; called on the loop that the engine runs on."""

    @property
    def language(self) -> str:
        """What sentences are written in."""

    @property
    def series(self) -> SeriesMemory: ...

    @property
    def store(self) -> Store: ...

    @property
    def wiring(self) -> Wiring: ...

    def snapshot(self) -> Snapshot:
        """The present one. It never changes; its times are those of its tick."""

    async def wait_newer(self, sequence: int) -> Snapshot:
        """The newest snapshot, as soon as its sequence is above `sequence`. May be cancelled."""

    def silenced(self) -> Collection[str]:
        """Ids of open outages that a silence covers."""

    def ready(self) -> Sequence[str]:
        """Why the daemon cannot do its work yet, in words; nothing when it can."""

    def poll(self, node: str) -> None:
        """Has the node looked at and polled as soon as may be."""

    def planned_changed(self, event: Event) -> None:
        """Takes note that silences or maintenance windows in the store are others now, and of the
        event that this is."""
