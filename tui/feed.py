"""The feed: keeps a picture up to date, whatever happens to the daemon and the line to it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from exporters.client import (
    ApiClient,
    ClientError,
    MissingError,
    NotWanwatchError,
    UnauthorisedError,
)
from tui.picture import Picture

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
REFUSED_PAUSE_S = 10.0


class Line(StrEnum):
    """State of the line to the daemon, as the header names it."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    REFUSED = "refused"  # a token that is missing or wrong
    STRANGE = "strange"  # somebody else answers there


@dataclass(slots=True)
class Feed:
    """Reads snapshot and stream until cancelled; `arrived` is called after every change
    of what is shown.

    `received` is the monotonic time of the last picture, so that the age shown does not depend
    on the clocks of two machines agreeing.
    """

    client: ApiClient
    arrived: Callable[[], None]
    clock: Callable[[], float] = monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    picture: Picture | None = None
    received: float | None = None
    line: Line = Line.CONNECTING
    trouble: str = ""
    refetches: int = 0

    async def run(self) -> None:
        """Never returns; every failure is shown, and tried again after a growing pause."""
        attempt = 0
        while True:
            before = self.received
            try:
                await self._follow()
                self._lose(Line.LOST, "")
            except ClientError as error:
                log.warning("feed lost: %s", error)
                self._lose(meaning(error), error.reason)
            attempt = 1 if self.received != before else attempt + 1
            await self.pause(self._patience(attempt))

    async def _follow(self) -> None:
        self._take(Picture.of(await self.client.snapshot()))
        async for update in self.client.stream():
            picture = self.picture.updated(update) if self.picture else None
            if picture is None:
                log.info("gap before update %d: asking for a new snapshot", update.sequence)
                self.refetches += 1
                picture = Picture.of(await self.client.snapshot())
            self._take(picture)

    def _take(self, picture: Picture) -> None:
        news = self.line is not Line.LIVE or not picture.looks_like(self.picture)
        self.picture, self.received = picture, self.clock()
        self.line, self.trouble = Line.LIVE, ""
        if news:
            self.arrived()

    def _lose(self, line: Line, trouble: str) -> None:
        self.line, self.trouble = line, trouble
        self.arrived()

    def _patience(self, attempt: int) -> float:
        if self.line in (Line.REFUSED, Line.STRANGE):
            return REFUSED_PAUSE_S
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 8))
        return longest * random.uniform(0.7, 1.0)


def meaning(error: ClientError) -> Line:
    """What a failure says of the line."""
    if isinstance(error, UnauthorisedError):
        return Line.REFUSED
    # What wanwatch always has is missing only where there is no wanwatch.
    strange = isinstance(error, NotWanwatchError | MissingError)
    return Line.STRANGE if strange else Line.LOST
