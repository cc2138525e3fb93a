"""The surveyor: reads whole devices piece by piece, a few of them at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeAlias

from collector.discovery.portrait import discover
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

_log = logging.getLogger(__name__)

Work: TypeAlias = Coroutine[None, None, Survey | Speaker]
Told: TypeAlias = Callable[[Survey | Speaker | None], None]


@dataclass(slots=True)
class SurveyStats:
    """`done` and `failed` surveys of either kind; `waiting` includes those under way."""

    done: int = 0
    failed: int = 0
    waiting: int = 0


class Surveyor:
    """Use it as an asynchronous context manager; what is under way when it is left is dropped."""

    def __init__(
        self, agent: Agent, files: Sequence[DeviceFile], clock: Callable[[], float]
    ) -> None:
        self.stats = SurveyStats()
        self._agent = Offloaded(agent)
        self._files = files
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def survey(self, target: Target, told: Told) -> None:
        """Finds out what a device is and has; `told` gets it, or None when it did not answer."""
        self._start(self._survey(target), target, told)

    def hear(self, target: Target, told: Told) -> None:
        """Finds out whom a device is joined with; `told` as in `survey`."""
        self._start(self._hear(target), target, told)

    async def _survey(self, target: Target) -> Survey:
        portrait = await stepped(discover(self._agent, target, self._files))
        return Survey(target.node, self._clock(), portrait)

    async def _hear(self, target: Target) -> Speaker:
        reading = Reading(self._agent, target)
        return await stepped(speak(reading, target.node, self._clock()))

    def _start(self, work: Work, target: Target, told: Told) -> None:
        task = asyncio.create_task(self._run(work, target, told))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, work: Work, target: Target, told: Told) -> None:
        self.stats.waiting += 1
        found: Survey | Speaker | None = None
        try:
            async with self._places, asyncio.timeout(DEADLINE_S):
                found = await work
            self.stats.done += 1
        except (CollectorError, TimeoutError) as error:
            self.stats.failed += 1
            _log.info("not surveyed: node=%s reason=%s", target.node, error)
        finally:
            self.stats.waiting -= 1
            told(found)
