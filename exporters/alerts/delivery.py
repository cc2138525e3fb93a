"""Delivers the outbox: at least once, in order per outage and receiver, without giving up."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from traceback import format_tb
from typing import Protocol

import httpx

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.backoff import delay_s
from exporters.alerts.channel import Clock
from exporters.alerts.figures import DeliveryStats, delivery_stats
from exporters.alerts.lane import Lane
from exporters.alerts.post_box import Opener, PostBox, Repeat
from exporters.alerts.progress import Progress, ReceiverStats
from exporters.alerts.template import Templates
from exporters.errors import DeliveryError, RejectedError, ThrottledError
from store.errors import StoreError
from store.record import Event, OutboxAlert

log = logging.getLogger(__name__)

REPEAT_S = 60.0  # to Alertmanager, which forgets everything when it restarts
STORE_RETRY_S = 2.0
GRACE_S = 6.0  # for what is under way when the daemon stops


class Outbox(Protocol):
    """What is needed of the store."""

    async def pending(self) -> list[OutboxAlert]: ...
    async def firing(self, receiver: str) -> list[OutboxAlert]: ...
    async def delivered(self, alert: OutboxAlert, at: datetime) -> None: ...
    async def failed(self, alert: OutboxAlert, error: str) -> None: ...


class Deliverer:
    """`report` takes events for the operators' log."""

    def __init__(
        self,
        outbox: Outbox,
        receivers: Sequence[ReceiverAccess],
        *,
        report: Callable[[Event], None],
        external_url: str = "",
        clock: Clock = lambda: datetime.now(UTC),
        delay: Callable[..., float] = delay_s,
        repeat_s: float = REPEAT_S,
    ) -> None:
        self._outbox = outbox
        self._accesses = tuple(receivers)
        self._report = report
        self._external_url = external_url
        self._clock = clock
        self._delay = delay
        self._repeat_s = repeat_s
        self._news = asyncio.Event()
        self._boxes: dict[str, PostBox] = {}
        self._progress: defaultdict[str, Progress] = defaultdict(Progress)
        self._lanes: defaultdict[tuple[str, str], Lane] = defaultdict(Lane)
        self._under_way: set[asyncio.Task[DeliveryError | None]] = set()
        self._unknown: set[str] = set()
        self._stopping = False

    def notify(self) -> None:
        """There is something new in the outbox: look at once."""
        self._news.set()

    def use(self, receivers: Sequence[ReceiverAccess], *, external_url: str) -> None:
        """Takes the receivers of a new configuration, and tries at once whatever waits. What waits
        for one that is no longer there stays in the outbox."""
        self._accesses = tuple(receivers)
        self._external_url = external_url
        for box in self._boxes.values():
            box.close()
        self._boxes.clear()
        self._unknown.clear()
        self._news.set()

    def stats(self) -> tuple[ReceiverStats, ...]:
        """One per receiver, as configured."""
        waiting: defaultdict[str, list[datetime]] = defaultdict(list)
        for (_outage, receiver), lane in self._lanes.items():
            waiting[receiver] += [alert.alert.created for alert in lane.waiting]
        return tuple(
            self._progress[access.name].stats(access.name, waiting[access.name])
            for access in self._accesses
        )

    def counted(self) -> DeliveryStats:
        """The same for `/metrics`, with the figures `DELIVERY`."""
        return delivery_stats(self.stats(), self._clock())

    async def run(self) -> None:
        """Delivers until it is cancelled; what is under way then is brought to its end."""
        self._boxes.clear()
        self._stopping = False
        templates = Templates()
        client = httpx.AsyncClient(
            timeout=None,  # noqa: S113  each request has a deadline as a whole
            verify=ssl.create_default_context(),
            limits=httpx.Limits(),  # none: each box has its own, and they hold up no other
            trust_env=False,  # a proxy of the environment is not to see pages
        )
        opener = Opener(client, templates, clock=self._clock)
        async with client:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._repeat_forever())
                    await self._watch(group, opener)
            finally:
                await self._settle()
                await templates.close()

    async def _watch(self, group: asyncio.TaskGroup, opener: Opener) -> None:
        """Keeps a task running for every lane of the outbox."""
        while True:
            self._news.clear()
            for access in self._accesses:
                if access.name not in self._boxes:
                    progress = self._progress[access.name]
                    self._boxes[access.name] = opener.open(access, progress, self._external_url)
            try:
                rows = await self._outbox.pending()
            except StoreError as error:
                log.error("the alert outbox cannot be read, trying again: %s", error)
                await asyncio.sleep(STORE_RETRY_S)
                continue
            self._refresh(rows, group)
            await self._news.wait()

    def _refresh(self, rows: Sequence[OutboxAlert], group: asyncio.TaskGroup) -> None:
        queued: defaultdict[tuple[str, str], list[OutboxAlert]] = defaultdict(list)
        for row in rows:
            queued[row.alert.outage, row.alert.receiver].append(row)
        for key in queued.keys() | self._lanes.keys():
            lane = self._lanes[key]
            lane.refresh(queued[key])
            idle = lane.task is None or lane.task.done()
            if lane.waiting and idle and self._is_known(key[1]):
                lane.task = group.create_task(self._serve(key[1], lane))
            elif idle and not queued[key]:
                del self._lanes[key]

    def _is_known(self, receiver: str) -> bool:
        if receiver not in self._boxes and receiver not in self._unknown:
            self._unknown.add(receiver)
            log.warning("alerts wait for receiver %s, which is not configured", receiver)
        return receiver in self._boxes

    async def _serve(self, receiver: str, lane: Lane) -> None:
        """Empties a lane, or leaves it when its receiver is gone from the configuration."""
        failures = 0
        while lane.waiting and (box := self._boxes.get(receiver)) is not None:
            recovered = box.recovered  # of now: it may recover before this attempt has failed
            attempt = asyncio.create_task(self._attempt(box, lane))
            self._under_way.add(attempt)
            attempt.add_done_callback(self._under_way.discard)
            error = await asyncio.shield(attempt)
            if error is None:
                failures = 0
                continue
            failures += 1
            rejected = isinstance(error, RejectedError)
            wait_s = self._delay(failures, rejected=rejected, retry_after_s=error.retry_after_s)
            # That it took another alert says nothing of one that it refused, or put off.
            patient = isinstance(error, RejectedError | ThrottledError)
            await _pause(wait_s, box.closed if patient else recovered)

    async def _attempt(self, box: PostBox, lane: Lane) -> DeliveryError | None:
        """Why the lane's first alert was not delivered, None when it was."""
        async with box.slots:
            if self._stopping or box.closed.is_set() or not lane.waiting:
                return None
            alert = lane.head()
            error = await _told(box, box.channel.send(alert))
            if error is None:
                lane.took(alert)
        if error is None:
            self._went_well(box, delivered=1)
            await self._mark(alert)
            return None
        self._went_wrong(box, error, alert.alert.outage)
        try:
            await self._outbox.failed(alert, str(error))
        except StoreError as trouble:
            log.warning("a failed delivery could not be noted: %s", trouble)
        return error

    async def _mark(self, alert: OutboxAlert) -> None:
        """Notes the delivery, however long the store refuses: it must not be sent again."""
        at = self._clock()
        while True:
            try:
                return await self._outbox.delivered(alert, at)
            except StoreError as error:
                log.error("a delivery could not be noted, trying again: %s", error)
                await asyncio.sleep(STORE_RETRY_S)

    async def _repeat_forever(self) -> None:
        while True:
            await asyncio.sleep(self._repeat_s)
            for box in list(self._boxes.values()):
                if box.repeat is not None:
                    await self._repeat(box, box.repeat)

    async def _repeat(self, box: PostBox, repeat: Repeat) -> None:
        async with box.slots:
            try:
                firing = await self._outbox.firing(box.name)
            except StoreError as error:
                log.error("the alert outbox cannot be read, trying again: %s", error)
                return
            firing = [alert for alert in firing if self._was_last_told(alert)]
            if not firing:
                return  # nothing is said, so it is not known whether anybody listens
            failure = await _told(box, repeat(firing))
            if failure is None:
                self._went_well(box, delivered=0)
            else:
                self._went_wrong(box, failure, "")

    def _was_last_told(self, alert: OutboxAlert) -> bool:
        """Whether these are the labels of now: what a rise has ended must not begin anew while
        the store cannot note the rise."""
        lane = self._lanes.get((alert.alert.outage, alert.alert.receiver))
        return lane is None or lane.told in (None, alert.alert.labels)

    def _went_well(self, box: PostBox, *, delivered: int) -> None:
        if box.progress.went_well(delivered=delivered):
            log.info("receiver %s takes alerts again", box.name)
            self._report(
                Event(self._clock(), "event.receiver.recovered", params={"receiver": box.name})
            )
            box.wake()

    def _went_wrong(self, box: PostBox, error: DeliveryError, outage: str) -> None:
        reason = str(error)
        if box.progress.went_wrong(reason, rejected=isinstance(error, RejectedError)):
            log.error("receiver %s does not take alerts: %s", box.name, reason)
            params = {"receiver": box.name, "error": reason, "cause": error.cause}
            self._report(
                Event(self._clock(), "event.receiver.failing", outage=outage, params=params)
            )

    async def _settle(self) -> None:
        """Waits a little for what is under way, so that less is sent twice after a restart."""
        self._stopping = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=GRACE_S)
            for attempt in late:
                attempt.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _told(box: PostBox, telling: Awaitable[None]) -> DeliveryError | None:
    """Why it was not taken. Whatever a library makes of one alert must not stop the others."""
    try:
        await telling
    except DeliveryError as error:
        return error
    except Exception as error:  # noqa: BLE001  the supervisor: logged, and counted as a failure
        kind = type(error).__name__  # its text might hold the URL
        log.error("receiver %s: %s at\n%s", box.name, kind, "".join(format_tb(error.__traceback__)))
        return DeliveryError(f"cannot be told: {kind}, see the log")
    return None


async def _pause(wait_s: float, unless: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            await unless.wait()
