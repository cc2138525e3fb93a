"""The inbox: batches on their way from the collectors to the engine, bounded."""

from __future__ import annotations

import asyncio
from collections import deque

from collector.sample import Batch


class Inbox:
    """A `collector.sample.Sink` of one process.

    Holds at most `limit` samples. A batch that does not fit is dropped whole and counted in
    `dropped`: the next look at those nodes is at most one interval away.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self.limit = limit
        self.dropped = 0
        self._batches: deque[Batch] = deque()
        self._size = 0
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        """Samples that wait."""
        return self._size

    def put(self, batch: Batch) -> None:
        size = len(batch.samples)
        if self._size + size > self.limit:
            self.dropped += size
            return
        self._batches.append(batch)
        self._size += size
        self._filled.set()

    async def wait(self, timeout_s: float) -> None:
        """Returns as soon as there is a batch, or after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._filled.wait()
        except TimeoutError:
            return

    def take(self) -> Batch | None:
        """The oldest batch, or None when there is none."""
        if not self._batches:
            self._filled.clear()
            return None
        batch = self._batches.popleft()
        self._size -= len(batch.samples)
        return batch
