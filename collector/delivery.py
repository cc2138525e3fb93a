"""Samples on their way to the sink, gathered into batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from collector.sample import Batch, Sample, Sink


def utc_now() -> datetime:
    return datetime.now(UTC)


class Delivery:
    """Gathers samples until `flush`. `batches` and `samples` count what was delivered."""

    def __init__(
        self,
        collector: str,
        sink: Sink,
        clock: Callable[[], float],
        utc: Callable[[], datetime] = utc_now,
    ) -> None:
        self._collector = collector
        self._sink = sink
        self._clock = clock
        self._utc = utc
        self._gathered: list[Sample] = []
        self.batches = 0
        self.samples = 0

    def add(self, sample: Sample) -> None:
        self._gathered.append(sample)

    def flush(self) -> None:
        """Hands what was gathered to the sink as one batch; nothing when there is nothing."""
        if not self._gathered:
            return
        batch = Batch(self._collector, self._clock(), self._utc(), tuple(self._gathered))
        self._gathered.clear()
        self.batches += 1
        self.samples += len(batch.samples)
        self._sink.put(batch)
