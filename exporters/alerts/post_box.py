"""One receiver while the daemon runs: its channel, its slots and how it is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import httpx

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.channel import Channel, Clock, HttpChannel
from exporters.alerts.progress import Progress
from exporters.alerts.template import Templates
from store.record import OutboxAlert

AT_ONCE = 8  # requests under way

Repeat = Callable[[Sequence[OutboxAlert]], Awaitable[None]]


class PostBox:
    """`recovered` is set, and replaced, when the receiver works again after it was failing;
    `closed` when another configuration takes its place. `repeat` tells it again what is firing,
    where that is needed."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        progress: Progress,
        *,
        at_once: int = AT_ONCE,
        repeat: Repeat | None = None,
    ) -> None:
        self.name = name
        self.channel = channel
        self.progress = progress
        self.repeat = repeat
        self.slots = asyncio.Semaphore(at_once)
        self.recovered = asyncio.Event()
        self.closed = asyncio.Event()

    def close(self) -> None:
        self.closed.set()
        self.wake()

    def wake(self) -> None:
        self.recovered.set()
        self.recovered = asyncio.Event()


class Opener:
    """Makes the post boxes of receivers."""

    def __init__(self, client: httpx.AsyncClient, templates: Templates, *, clock: Clock) -> None:
        self._client = client
        self._templates = templates
        self._clock = clock

    def open(self, access: ReceiverAccess, progress: Progress, external_url: str) -> PostBox:
        if access.kind == "apprise":
            from exporters.alerts.relay import RelayChannel  # slow to import, seldom needed

            relay = RelayChannel(access, self._templates, external_url=external_url)
            return PostBox(access.name, relay, progress)
        channel = HttpChannel(
            access,
            self._client,
            self._templates,
            external_url=external_url,
            clock=self._clock,
        )
        if access.kind == "alertmanager":
            # One at a time: a repeated alert must never overtake its own end.
            return PostBox(access.name, channel, progress, at_once=1, repeat=channel.repeat)
        return PostBox(access.name, channel, progress)
