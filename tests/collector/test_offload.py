"""What is computed about a large device is computed off the loop, and a small one's on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from collector.discovery.reading import Reading
from collector.errors import SnmpTimeoutError
from collector.offload import LARGE, Offloaded, stepped
from collector.snmp.engine import VarBind
from collector.snmp.target import Target
from configs.credentials import SnmpCredential

COLUMN = "1.3.6.1.2.1.2.2.1.2"
HERE = Target("device", "127.0.0.1", 161, SnmpCredential("public"))


class Device:
    """Has so many rows; notes in which thread it is asked."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.threads: set[int] = set()

    async def get(self, target: Target, oids: Sequence[str]) -> list[VarBind]:
        self.threads.add(threading.get_ident())
        await asyncio.sleep(0)
        raise SnmpTimeoutError(target.node, "get", "no answer")

    async def columns(
        self, target: Target, roots: Sequence[str], most: int | None = None
    ) -> list[VarBind]:
        self.threads.add(threading.get_ident())
        await asyncio.sleep(0)
        return [VarBind(f"{COLUMN}.{n}", "OctetString", b"x") for n in range(self.rows)]


async def counted(reading: Reading) -> tuple[int, int]:
    """Rows, and the thread in which they were counted."""
    rows = await reading.column(COLUMN)
    try:
        await reading.scalar("1.3.6.1.2.1.1.5.0")
    except SnmpTimeoutError:
        return len(rows), threading.get_ident()
    raise AssertionError("it answered")


@pytest.mark.parametrize(("rows", "apart"), [(LARGE - 1, False), (LARGE, True)])
async def test_only_a_large_answer_is_worked_on_in_a_thread(rows: int, apart: bool) -> None:
    device = Device(rows)
    found, thread = await stepped(counted(Reading(Offloaded(device), HERE)))
    assert found == rows
    assert (thread != threading.get_ident()) == apart
    assert device.threads == {threading.get_ident()}  # questions are the loop's


async def test_what_the_coroutine_raises_is_raised() -> None:
    with pytest.raises(SnmpTimeoutError):
        await stepped(Reading(Offloaded(Device(1)), HERE).scalar("1.3.6.1.2.1.1.5.0"))


async def test_a_cancelled_one_is_closed() -> None:
    closed = asyncio.Event()

    async def job(reading: Reading) -> None:
        try:
            await reading.column(COLUMN)
        finally:
            closed.set()

    task = asyncio.create_task(stepped(job(Reading(Offloaded(Device(1)), HERE))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()
