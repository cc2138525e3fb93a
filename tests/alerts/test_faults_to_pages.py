"""From looks at nodes to webhook calls: topology, log, store and delivery at work together."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.delivery import Deliverer
from exporters.alerts.pager import Pager
from store.database import Store
from tests.alerts.hook import HANG_UP, Call, Hook, hook
from tests.alerts.material import receiver
from tests.topology.nation import nation
from tests.topology.world import World

URL = "sqlite:///wanwatch.db"
STEP_S = 0.25


class Monitor:
    """What a daemon does with its turns, in simulated time."""

    def __init__(self, store: Store, world: World, held: frozenset[str], url: str) -> None:
        self.store, self.world = store, world
        self.pager = Pager([receiver()], language="vi", held=held)
        self.deliverer = Deliverer(
            store,
            [ReceiverAccess("noc", "webhook", url)],
            report=lambda _event: None,
            delay=lambda *_, **__: 0.005,
        )
        self.task = asyncio.create_task(self.deliverer.run())

    @classmethod
    async def start(cls, folder: Path, url: str, seed: int, at: float = 0.0) -> Monitor:
        store = await Store.open(URL, folder=folder)
        world = World(nation(), seed, await store.restore(), at, traps=True)
        return cls(store, world, await store.suppressed(), url)

    async def watch(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.world.run(STEP_S)
            turn = self.world.turn
            record = self.pager.record(
                turn.changes, turn.opened, turn.revised, turn.ended, turn.snapshot
            )
            if record and await self.store.commit(record):
                self.deliverer.notify()

    async def stop(self) -> None:
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task
        await self.store.close()


def pages(noc: Hook) -> dict[str, list[str]]:
    """Statuses by outage, in order; the same page sent again counts once."""
    found: dict[str, list[str]] = {}
    for page in {call.headers["idempotency-key"]: call.page for call in noc.taken}.values():
        found.setdefault(page[0], []).append(page[1])
    return found


async def test_the_cut_of_a_hub_is_one_call_that_names_it_and_its_end_another(
    tmp_path: Path,
) -> None:
    async with hook() as noc:
        monitor = await Monitor.start(tmp_path, noc.url, seed=3)
        await monitor.watch(8)
        monitor.world.fail("site:hub-1")
        await monitor.watch(5)
        await noc.until(lambda h: len(h.taken) == 1)
        monitor.world.heal("site:hub-1")
        await monitor.watch(15)
        await noc.until(lambda h: len(h.taken) == 2)
        events = await monitor.store.events(limit=100)
        await monitor.stop()
    firing, resolved = (call.json["alerts"][0] for call in noc.taken)
    assert "Trung tâm tỉnh 2" in firing["annotations"]["summary"]
    assert "trong đó có 6 xã, phường, đặc khu" in firing["annotations"]["summary"]
    assert firing["labels"]["site"] == "hub-1"
    assert resolved["status"] == "resolved"
    assert resolved["fingerprint"] == firing["fingerprint"]
    assert [e.kind for e in reversed(events) if "outage" in e.kind] == [
        "event.outage.opened.critical",
        "event.outage.ended.critical",
    ]
    told_apart = {e.node for e in events if e.kind in ("event.node.down", "event.node.up")}
    assert told_apart == {"hub-1a", "hub-1b"}


async def test_twenty_faults_are_twenty_pages_and_twenty_ends_whatever_else_fails(
    tmp_path: Path,
) -> None:
    # No symptom comes more than twice: what comes four times within minutes counts as flapping.
    communes = [f"node:cpe-{province}-{commune}" for province in (0, 1) for commune in range(6)]
    hubs = ["site:hub-0", "site:hub-1", "node:hub-0a", "node:hub-1b"]
    faults = [*hubs, *communes, *communes[:4]]
    random.Random(5).shuffle(faults)
    answers = random.Random(6)  # of its own: how often the receiver is called is a matter of time
    broken = False

    def behave(_call: Call) -> int | str:
        return answers.choice((500, HANG_UP)) if broken else 200

    async with hook(behave) as noc:
        monitor = await Monitor.start(tmp_path, noc.url, seed=1)
        await monitor.watch(8)
        for n, fault in enumerate(faults):
            broken = n % 3 == 1
            monitor.world.fail(fault)
            await monitor.watch(8)
            if n % 4 == 2:  # the daemon is restarted while the outage lasts
                await monitor.stop()
                monitor = await Monitor.start(tmp_path, noc.url, seed=n, at=monitor.world.now)
                monitor.world.fail(fault)
                await monitor.watch(4)
            monitor.world.heal(fault)
            await monitor.watch(12)
            assert await monitor.store.outages(open_only=True) == []
        broken = False
        await noc.until(lambda h: sum(map(len, pages(h).values())) >= 40)
        await monitor.stop()
    assert list(pages(noc).values()) == [["firing", "resolved"]] * 20
