"""A console opened on a daemon, without a terminal and with a clock of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta, timezone

from textual.pilot import Pilot

from exporters.client import ApiClient
from tests.tui.pieces import NOON
from tui.app import Console
from tui.desk import Clock

VIETNAM = timezone(timedelta(hours=7))


class FrozenClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def utc(self) -> datetime:
        return NOON + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed


async def until(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Waits for a condition that other tasks bring about."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def console(
    url: str,
    *,
    size: tuple[int, int] = (80, 24),
    language: str = "vi",
    token: str | None = None,
    clock: FrozenClock | None = None,
) -> AsyncIterator[tuple[Console, Pilot[int]]]:
    """A running console that already has its first picture."""
    clock = clock or FrozenClock()
    async with ApiClient(url, token) as client:
        app = Console(client, language, Clock(clock.utc, clock.monotonic, VIETNAM))
        async with app.run_test(size=size) as pilot:
            await until(lambda: app.desk.picture)
            await pilot.pause()
            yield app, pilot


def text_of(app: Console) -> str:
    """What stands on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
