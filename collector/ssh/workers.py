"""Blocking work in threads, with a deadline that holds even when a thread hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Workers:
    """At most so many threads at work at once. `hung` counts those that have been given up but
    have not come back yet; they hold no place, but no more than `places` of them are let be."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._most_hung = places
        self.hung = 0

    async def run(self, work: Callable[[], T], deadline_s: float, abort: Callable[[], None]) -> T:
        """What `work` returns or raises. Raises TimeoutError after the deadline, and then or when
        cancelled calls `abort`, which is to make the work fail."""
        async with self._places:
            if self.hung >= self._most_hung:
                raise TimeoutError("too many sessions hang")
            loop = asyncio.get_running_loop()
            result: asyncio.Future[T] = loop.create_future()
            returned = False

            def settle(value: T | None, error: BaseException | None) -> None:
                nonlocal returned
                returned = True
                if given_up:
                    self.hung -= 1
                elif error is not None:
                    result.set_exception(error)
                else:
                    result.set_result(value)  # type: ignore[arg-type]

            def body() -> None:
                value, error = None, None
                try:
                    value = work()
                except BaseException as caught:  # noqa: BLE001  (raised again in the loop)
                    error = caught
                # A loop that is closed by now has nobody left who waits.
                if not loop.is_closed():
                    loop.call_soon_threadsafe(settle, value, error)

            given_up = False
            # Not a pool's: those are joined at exit, where a hung one would keep us for ever.
            threading.Thread(target=body, name="ssh-worker", daemon=True).start()
            try:
                async with asyncio.timeout(deadline_s):
                    return await asyncio.shield(result)
            finally:
                if not returned:
                    given_up = True
                    self.hung += 1
                    abort()
