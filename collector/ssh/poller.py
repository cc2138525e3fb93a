"""The SSH side of the collector: facts and reachability of nodes that offer a command line."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from collector.errors import CollectorError, PlatformError, SshError, SshTimeoutError
from collector.failure import Failure
from collector.sample import Facts, PollFailed, Reach
from collector.ssh import banner, dialogue, execution
from collector.ssh.answers import facts
from collector.ssh.dialogue import Line
from collector.ssh.login import Login
from collector.ssh.platforms import Platform, platform
from collector.ssh.workers import Workers
from configs.inventory import CliStyle

MODULE = "ssh"
DEADLINE_S = 45.0  # old routers take seconds to make a key and to page through an answer
_STEP_S = 15.0
_MOST_EXEC = 32
_MOST_LOOKS = 256

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class SshStats:
    """`hung` is a gauge: worker threads given up that have not come back."""

    polls: int = 0
    failures: int = 0
    looks: int = 0
    hung: int = 0


class SshPoller:
    """Polls over SSH, an async context manager in the loop that it serves.

    At most `workers` dialogues and 32 exec sessions are open at once; whoever waits for a place
    is not yet on its deadline.
    """

    def __init__(
        self,
        *,
        workers: int = 8,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = Workers(workers)
        self._deadline_s = deadline_s
        self._clock = clock
        self._exec_places = asyncio.Semaphore(_MOST_EXEC)
        self._look_places = asyncio.Semaphore(_MOST_LOOKS)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stats = SshStats()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Sessions that are still open are cut without a word."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def stats(self) -> SshStats:
        self._stats.hung = self._workers.hung
        return self._stats

    def poll(self, login: Login, done: Callable[[Facts | PollFailed], None]) -> None:
        """Asks a node for its facts; calls `done` once, never before returning."""
        self._stats.polls += 1
        detail = f"{login.node}: the monitor itself is at fault, see its log"
        self._start(self._poll(login), done, lambda: self._failed(login, Failure.GARBAGE, detail))

    def probe(
        self, node: str, address: str, port: int, done: Callable[[Reach], None], timeout_s: float
    ) -> None:
        """Looks whether an SSH server answers; calls `done` once, never before returning."""
        self._stats.looks += 1
        look = self._look(node, address, port, timeout_s)
        self._start(look, done, lambda: banner.unanswered(node, self._clock(), Failure.GARBAGE))

    def _start(
        self, work: Coroutine[Any, Any, T], done: Callable[[T], None], broken: Callable[[], T]
    ) -> None:
        """`broken` is the outcome if the work raises what it never should: nobody is to wait for
        ever for a node because of a fault of ours."""

        def ended(task: asyncio.Task[T]) -> None:
            self._tasks.discard(task)
            if task.cancelled():
                return
            error = task.exception()
            if error is not None:
                _log.error("a session over SSH broke", exc_info=error)
            done(task.result() if error is None else broken())

        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)

    async def _look(self, node: str, address: str, port: int, timeout_s: float) -> Reach:
        async with self._look_places:
            return await banner.look(node, address, port, timeout_s, self._clock)

    async def _poll(self, login: Login) -> Facts | PollFailed:
        try:
            known = platform(login.platform)
            answers = await self._answers(login, known)
            found = await asyncio.to_thread(facts, login.node, self._clock(), known, answers)
        except SshError as error:
            return self._failed(login, error.failure, error.detail)
        except PlatformError as error:
            return self._failed(login, Failure.DEVICE, str(error))
        if found is None:
            detail = f"{login.node}: its answers are not those of a {login.platform}"
            return self._failed(login, Failure.GARBAGE, detail)
        return found

    def _failed(self, login: Login, failure: Failure, detail: str) -> PollFailed:
        self._stats.failures += 1
        return PollFailed(login.node, self._clock(), MODULE, failure, detail)

    async def _answers(self, login: Login, known: Platform) -> list[str]:
        commands = [command.command for command in known.commands]
        try:
            if login.style is CliStyle.EXEC:
                async with self._exec_places, asyncio.timeout(self._deadline_s):
                    return await execution.run_commands(login, commands)
            line = Line()
            return await self._workers.run(
                lambda: dialogue.run_commands(login, commands, line, _STEP_S),
                self._deadline_s,
                line.cut,
            )
        except TimeoutError as error:
            if isinstance(error, CollectorError):
                raise
            took = f"took longer than {self._deadline_s:g} s"
            raise SshTimeoutError(f"{login.node}: the session with {login.host} {took}") from None
