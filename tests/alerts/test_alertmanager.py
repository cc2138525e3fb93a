"""A real Alertmanager takes our alerts, and pages for them as its own."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.channel import HOLD
from exporters.alerts.payload import fingerprint
from store.database import Store
from store.record import AlertStatus, OutboxAlert, Record
from tests.alerts.delivering import delivering, patient
from tests.alerts.hook import Call, hook
from tests.alerts.material import alert
from topology.outage import Severity

PROGRAM = shutil.which("prometheus-alertmanager")

CONFIGURATION = """
route: {{receiver: noc, group_by: [outage], group_wait: 0s, group_interval: 1s}}
receivers:
  - name: noc
    webhook_configs: [{{url: "{url}"}}]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def alertmanager(folder: Path, url: str) -> AsyncIterator[str]:
    if PROGRAM is None:
        pytest.skip("prometheus-alertmanager is not installed")
    configuration = folder / "alertmanager.yml"
    configuration.write_text(CONFIGURATION.format(url=url))
    base = f"http://127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        f"--config.file={configuration}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={base.removeprefix('http://')}",
        "--cluster.listen-address=",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await ready(base)
        yield base
    finally:
        process.kill()
        await process.wait()


async def ready(base: str) -> None:
    async with asyncio.timeout(15), httpx.AsyncClient(trust_env=False) as client:
        for _ in range(150):
            try:
                if (await client.get(f"{base}/-/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def active(base: str) -> dict[str, str]:
    """Severity by outage of what the Alertmanager holds for firing."""
    async with httpx.AsyncClient(trust_env=False) as client:
        found = (await client.get(f"{base}/api/v2/alerts")).json()
    return {one["labels"]["outage"]: one["labels"]["severity"] for one in found}


async def test_alertmanager_holds_rises_repeats_and_resolves_our_alerts(
    store: Store, tmp_path: Path
) -> None:
    async with hook() as noc, alertmanager(tmp_path, noc.url) as base:
        access = ReceiverAccess("am", "alertmanager", base + "/")
        async with delivering(store, access) as it:
            first = alert(receiver="am", severity=Severity.WARNING)
            await store.commit(Record(alerts=(first, alert(receiver="am", outage="o2"))))
            it.notify()
            await it.settled()
            assert await active(base) == {"o1": "warning", "o2": "critical"}
            await noc.until(lambda h: len(h.taken) == 2)

            await store.commit(Record(alerts=(alert(receiver="am"),)))
            it.notify()
            await it.settled()
            assert await active(base) == {"o1": "critical", "o2": "critical"}

            await store.commit(Record(alerts=(alert(AlertStatus.RESOLVED, receiver="am"),)))
            it.notify()
            await it.settled()
            assert await active(base) == {"o2": "critical"}
            await noc.until(lambda h: ("o1", "resolved") in h.pages())
        assert it.deliverer.stats()[0].error == ""


async def test_an_alertmanager_that_forgot_everything_is_told_again(
    store: Store, tmp_path: Path
) -> None:
    async with hook() as noc:
        async with alertmanager(tmp_path, noc.url) as base:
            access = ReceiverAccess("am", "alertmanager", base)
            await store.commit(Record(alerts=(alert(receiver="am"),)))
            async with delivering(store, access) as it:
                await it.settled()
                await noc.until(lambda h: len(h.taken) == 1)
        shutil.rmtree(tmp_path / "data")
        async with alertmanager(tmp_path, noc.url) as base:
            assert await active(base) == {}
            access = ReceiverAccess("am", "alertmanager", base)
            async with delivering(store, access, repeat_s=0.05):
                await noc.until(lambda h: len(h.taken) == 2)
            assert await active(base) == {"o1": "critical"}


async def test_an_outage_whose_end_is_before_its_beginning_is_resolved_all_the_same(
    store: Store, tmp_path: Path
) -> None:
    """The clock was set back by a day meanwhile."""
    begun = replace(alert(receiver="am"), starts=datetime.now(UTC) + timedelta(days=1))
    over = replace(begun, status=AlertStatus.RESOLVED, ends=datetime.now(UTC))
    async with hook() as noc, alertmanager(tmp_path, noc.url) as base:
        access = ReceiverAccess("am", "alertmanager", base)
        async with delivering(store, access, delay=patient) as it:
            for one in (begun, over):
                await store.commit(Record(alerts=(one,)))
                it.notify()
                await it.settled()
            assert await active(base) == {}


async def test_labels_that_a_rise_has_ended_do_not_begin_anew_while_the_store_cannot_note_it(
    store: Store,
) -> None:
    room = asyncio.Event()
    await store.commit(Record(alerts=(alert(receiver="am", severity=Severity.WARNING),)))
    async with hook() as am:
        access = ReceiverAccess("am", "alertmanager", am.url)
        async with delivering(store, access, repeat_s=0.01) as it:
            await it.settled()
            delivered = it.outbox.delivered

            async def delivered_late(told: OutboxAlert, at: datetime) -> None:
                await room.wait()
                await delivered(told, at)

            it.outbox.delivered = delivered_late  # type: ignore[method-assign]
            await store.commit(Record(alerts=(alert(receiver="am"),)))
            it.notify()
            await am.until(lambda h: severities(h.taken[-1]) == ["warning", "critical"])
            told = len(am.taken)
            asked = asyncio.Semaphore(0)

            async def firing(receiver: str) -> list[OutboxAlert]:
                asked.release()
                return await store.firing(receiver)

            it.outbox.firing = firing
            for _ in range(3):
                await asked.acquire()
            assert len(am.taken) == told
            room.set()
            await it.settled()
            await am.until(lambda h: severities(h.taken[-1]) == ["critical"])


def severities(call: Call) -> list[str]:
    return [one["labels"]["severity"] for one in call.json]


def test_what_a_stopped_monitor_left_firing_is_held_for_hours() -> None:
    assert HOLD.total_seconds() >= 3600
    assert len(fingerprint("o1")) == 16
