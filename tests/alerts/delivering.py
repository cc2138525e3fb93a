"""A deliverer at work on a real outbox, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.channel import Clock
from exporters.alerts.delivery import Deliverer
from store.database import Store
from store.record import Event, OutboxAlert


def soon(_failures: int, **_why: object) -> float:
    return 0.01


def patient(_failures: int, **_why: object) -> float:
    return 3600.0


@asynccontextmanager
async def delivering(
    store: Store,
    *receivers: ReceiverAccess,
    events: list[Event] | None = None,
    delay: Callable[..., float] = soon,
    repeat_s: float = 60.0,
    clock: Clock = lambda: datetime.now(UTC),
) -> AsyncIterator[Running]:
    outbox = Watched(store)
    report = (events if events is not None else []).append
    deliverer = Deliverer(
        outbox, receivers, report=report, delay=delay, repeat_s=repeat_s, clock=clock
    )
    running = asyncio.create_task(deliverer.run())
    try:
        yield Running(deliverer, outbox)
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


class Watched:
    """The outbox, with a bell that rings at every delivery that is noted."""

    def __init__(self, store: Store) -> None:
        self.pending, self.firing = store.pending, store.firing
        self.noted = asyncio.Event()  # a failure is
        self._store = store
        self._bell = asyncio.Event()

    async def delivered(self, alert: OutboxAlert, at: datetime) -> None:
        await self._store.delivered(alert, at)
        self._bell.set()

    async def failed(self, alert: OutboxAlert, error: str) -> None:
        await self._store.failed(alert, error)
        self.noted.set()

    async def emptied(self, *, left: int = 0) -> None:
        async with asyncio.timeout(15):
            self._bell.clear()
            while len(await self.pending()) > left:
                await self._bell.wait()
                self._bell.clear()


@dataclass(frozen=True, slots=True)
class Running:
    """A deliverer at work on its outbox."""

    deliverer: Deliverer
    outbox: Watched

    def notify(self) -> None:
        self.deliverer.notify()

    async def settled(self) -> None:
        await self.outbox.emptied()
