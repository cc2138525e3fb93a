"""The surveyor: reads whole devices piece by piece, a few of them at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeAlias

from collector.discovery.device import discover
from collector.discovery.reading import Agent, Reading
from collector.discovery.speaking import speak
from collector.errors import CollectorError
from collector.offload import Offloaded, stepped
from collector.sample import Survey
from collector.snmp.target import Target
from collector.speaker import Speaker
from configs.devicerules import DeviceFile

AT_ONCE = 8  # a survey is a hundred times the work of a poll
DEADLINE_S = 300.0
# What a rule may run into that did not foresee what some device answers; the others go on.
DEFECTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_log = logging.getLogger(__name__)

Ask: TypeAlias = Callable[[Target], Awaitable[Survey | Speaker]]
Told: TypeAlias = Callable[[Survey | Speaker | None], None]


@dataclass(slots=True)
class SurveyStats:
    """`done` and `failed` surveys of either kind; `waiting` includes those under way."""

    done: int = 0
    failed: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """Whom to ask, how, and whom to tell."""

    ask: Ask
    target: Target
    told: Told


class Surveyor:
    """Use it as an asynchronous context manager; what waits or is under way when it is left is
    dropped."""

    def __init__(
        self, agent: Agent, files: Sequence[DeviceFile], clock: Callable[[], float]
    ) -> None:
        self.stats = SurveyStats()
        self._agent = Offloaded(agent)
        self._files = files
        self._clock = clock
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._workers = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def survey(self, target: Target, told: Told) -> None:
        """Finds out what a device is and has; `told` gets it, or None when it did not answer."""
        self._put(Job(self._survey, target, told))

    def hear(self, target: Target, told: Told) -> None:
        """Finds out whom a device is joined with; `told` as in `survey`."""
        self._put(Job(self._hear, target, told))

    async def _survey(self, target: Target) -> Survey:
        portrait = await stepped(discover(self._agent, target, self._files))
        return Survey(target.node, self._clock(), portrait)

    async def _hear(self, target: Target) -> Speaker:
        reading = Reading(self._agent, target)
        return await stepped(speak(reading, target.node, self._clock()))

    def _put(self, job: Job) -> None:
        self.stats.waiting += 1
        self._jobs.put_nowait(job)

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            found = await self._found(job)
            self.stats.waiting -= 1
            try:
                job.told(found)
            except DEFECTS:
                _log.exception("survey not taken in: node=%s", job.target.node)

    async def _found(self, job: Job) -> Survey | Speaker | None:
        """The result of a job, None for one that failed."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                found = await job.ask(job.target)
        except (CollectorError, TimeoutError) as error:
            _log.info("not surveyed: node=%s reason=%s", job.target.node, error)
        except DEFECTS:
            _log.exception("survey broken off: node=%s", job.target.node)
        else:
            self.stats.done += 1
            return found
        self.stats.failed += 1
        return None
