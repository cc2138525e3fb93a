"""What the API needs of the daemon."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from store.database import Store
from store.series import SeriesMemory
from topology.snapshot import Snapshot


class Source(Protocol):
    """Implemented by the composition root; called on the loop that the engine runs on."""

    @property
    def series(self) -> SeriesMemory: ...

    @property
    def store(self) -> Store: ...

    def snapshot(self) -> Snapshot:
        """The present one. It never changes; its times are those of its tick."""

    async def wait_newer(self, sequence: int) -> Snapshot:
        """The newest snapshot, as soon as its sequence is above `sequence`. May be cancelled."""

    def silenced(self) -> Collection[str]:
        """Ids of open outages that nobody is paged for because of a silence."""

    def ready(self) -> Sequence[str]:
        """Why the daemon cannot do its work yet, in words; nothing when it can."""

    def poll(self, node: str) -> None:
        """Has the node looked at and polled as soon as may be."""

    def planned_changed(self) -> None:
        """Takes note that silences or maintenance windows in the store are others now."""
