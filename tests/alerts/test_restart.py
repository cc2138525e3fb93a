"""The daemon dies with -9 at the worst moments; every fault is still paged, in order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from tests.alerts.hook import HANG_UP, Call, Hook, hook

CHILD = """
import asyncio, os, sys
from pathlib import Path
from exporters.alerts.access import ReceiverAccess
from exporters.alerts.delivery import Deliverer
from store.database import Store
from store.record import AlertStatus, Record
from tests.alerts.material import alert

async def main():
    store = await Store.open("sqlite:///wanwatch.db", folder=Path(os.environ["FOLDER"]))
    noc = ReceiverAccess("noc", "webhook", os.environ["URL"])
    deliverer = Deliverer(store, [noc], report=print, delay=lambda *a, **k: 0.01)
    running = asyncio.create_task(deliverer.run())
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        status, outage = line.split()
        await store.commit(Record(alerts=(alert(AlertStatus(status), outage=outage),)))
        deliverer.notify()
        print(line, end="", flush=True)

asyncio.run(main())
"""


class Daemon:
    """A process that commits what it is told to, and delivers it."""

    def __init__(self, folder: Path, url: str) -> None:
        self._env = {"FOLDER": str(folder), "URL": url}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            CHILD,
            env=self._env,
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    async def commit(self, status: str, outage: str) -> None:
        """Returns when it is in the store."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{status} {outage}\n".encode())
        while (line := await self._process.stdout.readline()) != f"{status} {outage}\n".encode():
            assert line.startswith(b"Event("), line

    async def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        await self._process.communicate()


def distinct(noc: Hook) -> list[tuple[str, str]]:
    """Pages in the order taken; the same page sent again counts once."""
    return list({call.headers["idempotency-key"]: call.page for call in noc.taken}.values())


async def test_twenty_faults_are_paged_though_the_daemon_is_killed_in_between(
    tmp_path: Path,
) -> None:
    rng = random.Random(11)
    down = False

    def behave(_call: Call) -> int | str:
        return rng.choice((500, HANG_UP)) if down else 200

    async with hook(behave) as noc:
        daemon = Daemon(tmp_path, noc.url)
        await daemon.start()
        for n in range(20):
            down = n % 4 != 0
            await daemon.commit("firing", f"o{n}")
            if n % 5 == 2:  # committed, perhaps sent, perhaps not noted as sent
                await daemon.kill()
                await daemon.start()
            await daemon.commit("resolved", f"o{n}")
        down = False
        await noc.until(lambda h: len(distinct(h)) == 40)
        await daemon.kill()
    pages = distinct(noc)
    for n in range(20):
        assert [status for outage, status in pages if outage == f"o{n}"] == ["firing", "resolved"]


async def test_a_page_that_was_taken_but_not_noted_is_sent_again_as_the_same_page(
    tmp_path: Path,
) -> None:
    async with hook(lambda _call: HANG_UP) as noc:
        daemon = Daemon(tmp_path, noc.url)
        await daemon.start()
        await daemon.commit("firing", "o1")
        await noc.until(lambda h: bool(h.calls))
        await daemon.kill()  # the receiver may have acted on it
        noc.behave = lambda _call: 200
        await daemon.start()
        await noc.until(lambda h: bool(h.taken))
        await daemon.kill()
    assert len({call.headers["idempotency-key"] for call in noc.calls}) == 1
