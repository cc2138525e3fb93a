"""The desk: what every screen works with, held in one place and free of any toolkit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from time import monotonic

from configs.messages import Messages, messages
from exporters.client import ApiClient
from tui.feed import Feed, Line
from tui.figures import Figures
from tui.picture import Picture
from tui.roster import Roster

LANGUAGES = ("vi", "en")
STALE_S = 5.0
ALARM_S = 15.0


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Clock:
    """The two clocks; tests give their own."""

    utc: Callable[[], datetime] = _utc
    monotonic: Callable[[], float] = monotonic
    zone: tzinfo | None = None


@dataclass(slots=True)
class Desk:
    """`language` may be changed at any time with `speak`. `author`: in whose name something is
    decided, "" when the console only looks."""

    client: ApiClient
    feed: Feed
    clock: Clock
    language: str
    author: str = ""
    roster: Roster = field(default_factory=Roster)
    say: Messages = field(init=False)
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        self.speak(self.language)

    def speak(self, language: str) -> None:
        self.language = language
        self.say = messages(language)
        self.figures = Figures(self.say, self.clock.zone)

    @property
    def picture(self) -> Picture | None:
        return self.feed.picture

    @property
    def age_s(self) -> float | None:
        """Seconds since the daemon last said anything; None before its first word."""
        received = self.feed.received
        return None if received is None else max(0.0, self.clock.monotonic() - received)

    @property
    def faded(self) -> bool:
        """Whether the picture may no longer be taken for the present."""
        age = self.age_s
        return self.feed.line is not Line.LIVE or age is None or age >= ALARM_S
