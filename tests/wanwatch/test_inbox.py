from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from collector.sample import Batch, Reach
from configs.inventory import Reachability
from wanwatch.inbox import Inbox

UTC_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def batch(size: int) -> Batch:
    look = Reach("cpe-1", 1.0, Reachability.ICMP, answered=True)
    return Batch("centre", 1.0, UTC_NOW, [look] * size)


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 100))
def test_what_is_taken_and_what_is_dropped_is_all_that_was_put(
    sizes: list[int], limit: int
) -> None:
    inbox = Inbox(limit)
    for size in sizes:
        inbox.put(batch(size))
        assert len(inbox) <= limit
    taken = 0
    while (one := inbox.take()) is not None:
        taken += len(one.samples)
    assert taken + inbox.dropped == sum(sizes)
    assert len(inbox) == 0


def test_batches_come_out_in_the_order_they_went_in() -> None:
    inbox = Inbox()
    first, second = batch(1), batch(2)
    inbox.put(first)
    inbox.put(second)
    assert (inbox.take(), inbox.take(), inbox.take()) == (first, second, None)


async def test_waiting_ends_with_a_batch_and_not_only_with_the_timeout() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.wait(3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    inbox.put(batch(1))
    await waiting


async def test_waiting_ends_with_the_timeout_when_nothing_comes() -> None:
    await Inbox().wait(0.001)
