"""The single writer: takes samples in, lets topology judge, stores, publishes. Nobody else
changes anything, so there are no locks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from collector.sample import Batch, Facts, PollFailed, Reach, Readings, Survey
from collector.speaker import Speaker
from exporters.program import DaemonStats
from store.series import SeriesMemory
from topology.situation import Situation
from topology.snapshot import Snapshot
from wanwatch.clock import Clock
from wanwatch.inbox import Inbox
from wanwatch.ledger import Ledger
from wanwatch.registry import Registry

TICK_S = 1.0
BUSY_TICK_S = 0.1  # while a verdict is pending, it must not wait for the second to end
REST = 4.0  # a turn that was long is followed by a pause that much longer
BUSY_FOR_S = 3.0  # after the last suspicion


class Engine:
    """Publishes one immutable snapshot per tick.

    `look_again` asks the collector for an immediate second look at nodes; `hear` takes what
    nodes say of their neighbours.
    """

    def __init__(
        self,
        inbox: Inbox,
        situation: Situation,
        series: SeriesMemory,
        ledger: Ledger,
        registry: Registry,
        look_again: Callable[[Iterable[str]], None],
        hear: Callable[[Speaker], None],
        clock: Clock,
    ) -> None:
        self.stats = DaemonStats()
        self.situation = situation
        self.series = series
        self._inbox = inbox
        self._ledger = ledger
        self._registry = registry
        self._look_again = look_again
        self._hear = hear
        self._clock = clock
        self._busy_until = 0.0
        self._snapshot: Snapshot | None = None
        self._newer = asyncio.Event()

    @property
    def snapshot(self) -> Snapshot:
        """The newest published snapshot. Raises LookupError before the first tick."""
        if self._snapshot is None:
            raise LookupError("nothing is published yet")
        return self._snapshot

    async def wait_newer(self, sequence: int) -> Snapshot:
        """The newest snapshot, as soon as its sequence is above `sequence`."""
        while self._snapshot is None or self._snapshot.sequence <= sequence:
            await self._newer.wait()
        return self._snapshot

    async def run(self) -> None:
        """Works until cancelled."""
        due, spent = self._clock.monotonic(), 0.0
        while True:
            await self._inbox.wait(max(0.0, due - self._clock.monotonic()))
            while batch := self._inbox.take():
                self._observe(batch)
                await asyncio.sleep(0)  # other tasks get the loop between two batches
            now = self._clock.monotonic()
            if now < self._busy_until:
                due = min(due, now + max(BUSY_TICK_S, REST * spent))
            if now >= due:
                self.stats.loop_lag_s = now - due
                self.stats.loop_lag_max_s = max(self.stats.loop_lag_max_s, now - due)
                await self.tick()
                spent = self._clock.monotonic() - now
                pace = BUSY_TICK_S if now < self._busy_until else TICK_S
                due = now + max(pace, REST * spent)

    async def tick(self) -> None:
        """One turn: judges, stores, then publishes. What is shown is in the store before."""
        now = self._clock.monotonic()
        waiting = self.series.tick(now)
        self.situation.maintenance(await self._ledger.maintained(self._clock.utc()))
        turn = self.situation.tick(now, self._clock.utc())
        if turn.reprobe:
            self._suspect(turn.reprobe, now)
        await self._ledger.enter(turn)
        self._snapshot = turn.snapshot
        newer, self._newer = self._newer, asyncio.Event()
        newer.set()
        self.stats.ticks += 1
        self.stats.tick_s += self._clock.monotonic() - now
        if waiting:
            self._busy_until = max(self._busy_until, now + BUSY_TICK_S)

    def _observe(self, batch: Batch) -> None:
        for sample in batch.samples:
            match sample:
                case Reach(refused=True):
                    pass  # no look: who does not know us has told nothing of himself
                case Reach():
                    self.series.put_reach(sample)
                case Readings():
                    self.series.put(sample)
                case PollFailed():
                    self.series.put_failed(sample)
                case Facts():
                    self.series.put_facts(sample)
                    self._registry.note(sample, self.snapshot.inventory, batch.date(sample.at))
                case Survey():
                    self._registry.note(sample, self.snapshot.inventory, batch.date(sample.at))
                case Speaker():
                    self._hear(sample)
                case _:
                    pass
        self.stats.samples += len(batch.samples)
        now = self._clock.monotonic()
        told = [s for s in batch.samples if not (isinstance(s, Reach) and s.refused)]
        suspects = self.situation.observe(told, now)
        if suspects:
            self._suspect(suspects, now)

    def _suspect(self, nodes: Iterable[str], now: float) -> None:
        self._busy_until = now + BUSY_FOR_S
        self._look_again(nodes)
