"""A small lab, and a sink that remembers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from collector.sample import Batch, Sample
from lab.main import LabInfo, serve

S = TypeVar("S")


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self._news = asyncio.Event()

    def put(self, batch: Batch) -> None:
        self.batches.append(batch)
        self._news.set()

    def samples(self, kind: type[S]) -> list[S]:
        return [
            sample for batch in self.batches for sample in batch.samples if isinstance(sample, kind)
        ]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for samples until something holds; the test's timeout ends it otherwise."""
        while not holds():
            self._news.clear()
            await self._news.wait()

    async def first(self, kind: type[S], wanted: Callable[[S], bool] = lambda sample: True) -> S:
        found: list[S] = []

        def holds() -> bool:
            found[:] = filter(wanted, self.samples(kind))
            return bool(found)

        await self.until(holds)
        return found[0]

    def of(self, node: str) -> list[Sample]:
        return [s for batch in self.batches for s in batch.samples if s.node == node]


@pytest.fixture
def sink() -> Kept:
    return Kept()


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[LabInfo]:
    """The nation with two communes a province, served in the test's own loop."""
    ready: asyncio.Future[LabInfo] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(tmp_path / "lab", communes=68, http_port=0, ready=ready.set_result)
    )
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        task.result()
    yield ready.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
