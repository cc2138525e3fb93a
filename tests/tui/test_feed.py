"""The feed: gaps, restarts, refusals."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise

from exporters.client import (
    ApiClient,
    ClientError,
    MissingError,
    NotWanwatchError,
    UnauthorisedError,
)
from exporters.schema.picture import SnapshotOut, StreamUpdate
from tests.tui.daemon import daemon
from tests.tui.nation import Nation
from tests.tui.opened import until
from tests.tui.test_picture import shown, small_nation, truth
from tui.feed import LONGEST_PAUSE_S, Feed, Line


class Scripted(ApiClient):
    """Answers as the nation is, streams what it is given, then fails as told."""

    def __init__(self, nation: Nation, failures: Iterator[ClientError]) -> None:
        super().__init__("http://127.0.0.1:1")
        self.nation = nation
        self.failures = failures
        self.updates: list[StreamUpdate] = []
        self.snapshots = 0

    async def snapshot(self) -> SnapshotOut:
        self.snapshots += 1
        return self.nation.snapshot()

    async def stream(self) -> AsyncIterator[StreamUpdate]:
        while self.updates:
            yield self.updates.pop(0)
        raise next(self.failures)


class Stopped(Exception):  # noqa: N818
    pass


async def run_until_stopped(feed: Feed) -> None:
    with contextlib.suppress(Stopped):
        await feed.run()


def feed_of(client: ApiClient, pauses: list[float], most: int) -> Feed:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) >= most:
            raise Stopped

    return Feed(client, lambda: None, lambda: 0.0, pause)


async def test_a_gap_makes_it_fetch_the_whole_picture_again() -> None:
    nation = small_nation()
    client = Scripted(nation, iter([ClientError("u", "over")]))
    feed = feed_of(client, [], 1)
    before = nation.snapshot()
    nation.set("hue-An", "DOWN")
    nation.update()  # is never sent
    nation.set("hue-Ân", "UNKNOWN")
    client.updates = [nation.update()]
    client.snapshot = one_then(before, client.snapshot)  # type: ignore[method-assign]
    await run_until_stopped(feed)
    assert feed.refetches == 1
    assert feed.picture is not None
    assert shown(feed.picture) == truth(nation)


def one_then(first: SnapshotOut, later):  # type: ignore[no-untyped-def]
    answers = iter([first])

    async def snapshot() -> SnapshotOut:
        found = next(answers, None)
        return found if found is not None else await later()

    return snapshot


async def test_pauses_grow_to_a_limit_and_start_anew_after_a_picture() -> None:
    class Deaf(Scripted):
        async def snapshot(self) -> SnapshotOut:
            raise next(self.failures)

    pauses: list[float] = []
    client = Deaf(small_nation(), iter([ClientError("u", "refused")] * 20))
    await run_until_stopped(feed_of(client, pauses, 8))
    assert all(later > earlier * 1.3 for earlier, later in pairwise(pauses[:4]))
    assert max(pauses) <= LONGEST_PAUSE_S
    assert pauses[-1] >= 0.7 * LONGEST_PAUSE_S


async def test_a_refused_token_and_a_stranger_are_named_and_asked_rarely() -> None:
    pauses: list[float] = []
    failures = iter([UnauthorisedError("u", "no"), NotWanwatchError("u", "html")])
    feed = feed_of(Scripted(small_nation(), failures), pauses, 1)
    await run_until_stopped(feed)
    assert (feed.line, feed.trouble) == (Line.REFUSED, "no")
    pauses.clear()
    await run_until_stopped(feed)
    assert feed.line is Line.STRANGE
    assert pauses[0] > LONGEST_PAUSE_S
    nothing = Scripted(small_nation(), iter([MissingError("u", "no such page")]))
    other = feed_of(nothing, pauses, 1)
    await run_until_stopped(other)
    assert (other.line, other.trouble) == (Line.STRANGE, "no such page")


async def test_nobody_is_called_when_nothing_that_is_shown_has_changed() -> None:
    nation = small_nation()
    client = Scripted(nation, iter([ClientError("u", "over")]))
    client.updates = [nation.update(), nation.update()]
    calls: list[Line] = []

    async def stop(_: float) -> None:
        raise Stopped

    feed = Feed(client, lambda: calls.append(feed.line), lambda: 0.0, stop)
    await run_until_stopped(feed)
    assert calls == [Line.LIVE, Line.LOST]


async def test_it_finds_a_restarted_daemon_again() -> None:
    nation = small_nation()
    async with daemon(nation) as serving, ApiClient(serving.url) as client:
        feed = Feed(client, lambda: None, pause=lambda _: asyncio.sleep(0.01))
        running = asyncio.create_task(feed.run())
        await until(lambda: serving.listeners)
        await serving.stop()
        await until(lambda: feed.line is Line.LOST)
        assert feed.picture is not None

        nation.started_at += timedelta(minutes=1)
        nation.sequence = nation.announced = 1
        nation.set("hue-An", "DOWN")
        await serving.start()
        await until(lambda: feed.line is Line.LIVE)
        assert shown(feed.picture) == truth(nation)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
