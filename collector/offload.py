"""Long computations between questions to a device, off the loop.

What is found out about a device is written as one coroutine that asks and computes in turn. Of a
device with thousands of rows a single such turn would hold the loop for a second. So the coroutine
is stepped by hand: its questions are asked on the loop, and once an answer was large all of its
turns are taken in a thread.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any, TypeVar

from collector.discovery.reading import Agent
from collector.errors import CollectorError
from collector.snmp.engine import VarBind
from collector.snmp.target import Target

T = TypeVar("T")

LARGE = 2_000  # variable bindings of an answer


class _Question:
    """Awaited by the coroutine, asked by `stepped`."""

    def __init__(self, ask: Callable[[], Awaitable[list[VarBind]]]) -> None:
        self.ask = ask

    def __await__(self) -> Generator[_Question, list[VarBind], list[VarBind]]:
        return (yield self)


class Offloaded:
    """An agent for coroutines that are run by `stepped`, and for no others."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    async def get(self, target: Target, oids: list[str]) -> list[VarBind]:
        return await _Question(partial(self._agent.get, target, oids))

    async def columns(
        self, target: Target, roots: list[str], most: int | None = None
    ) -> list[VarBind]:
        return await _Question(partial(self._agent.columns, target, roots, most))


async def stepped(job: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that awaits nothing but an `Offloaded` agent. Raises what it
    raises."""
    answers: list[list[VarBind]] = []  # taken out by who needs it, so that it is freed there, too
    step: Callable[[], Any] = partial(job.send, None)
    large = False
    try:
        while True:
            ended, said = await asyncio.to_thread(_turn, step) if large else _turn(step)
            if ended:
                result: T = said
                return result
            try:
                answers.append(await said.ask())
            except CollectorError as error:
                step = partial(job.throw, error)
            else:
                large |= len(answers[0]) >= LARGE
                step = partial(_answer, job, answers)
    finally:
        if inspect.getcoroutinestate(job) != inspect.CORO_RUNNING:  # else its thread ends it
            job.close()


def _answer(job: Coroutine[Any, Any, T], answers: list[list[VarBind]]) -> Any:
    return job.send(answers.pop())


def _turn(step: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether the coroutine has ended, and its result or its next question."""
    try:
        return False, step()
    except StopIteration as ended:
        return True, ended.value
