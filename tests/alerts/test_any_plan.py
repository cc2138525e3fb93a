"""Whatever is silenced, maintained, configured anew and restarted in whatever order: who is told of
an outage is told in order and told of its end, and nobody to be told is left out."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from configs.settings import Receiver
from exporters.alerts.pager import Pager
from store.database import Store
from store.record import Silence
from tests.alerts.material import later, outage, receiver, snapshot
from topology.outage import Outage, Severity

RECEIVERS = [
    receiver("all"),
    receiver("worst", min_severity="critical"),
    receiver("begun", send_resolved=False),
]
STEPS = ["warning", "critical", "resolved"]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open("sqlite:///wanwatch.db", folder=tmp_path)
    yield opened
    await opened.close()


class Desk:
    """A pager with its outbox. `told`: the steps that each receiver took of each outage; `due`:
    who had to be told of which."""

    def __init__(self, store: Store, rng: random.Random) -> None:
        self.store, self.rng = store, rng
        self.present: list[Receiver] = RECEIVERS
        self.pager = Pager(RECEIVERS, language="en")
        self.open: dict[str, Outage] = {}
        self.silences: list[Silence] = []
        self.told: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.due: set[tuple[str, str]] = set()
        self.now = 0.0

    def any_outage(self, id_: str) -> Outage:
        severity = self.rng.choice(list(Severity))
        return outage(id_, severity=severity, maintenance=self.rng.random() < 0.3)

    async def turn(self, *, opened: str = "", revised: str = "", ended: str = "") -> None:
        if changed := opened or revised:
            self.open[changed] = self.any_outage(changed)
        over = (replace(self.open.pop(ended), ended=later(self.now)),) if ended else ()
        record = self.pager.record(
            (),
            (self.open[opened],) if opened else (),
            (self.open[revised],) if revised else (),
            over,
            snapshot(*self.open.values(), at=self.now),
            silences=self.silences,
        )
        await self.store.commit(record)
        quiet = {s.matchers["outage"] for s in self.silences if later(self.now) < s.ends}
        self.due |= {
            (who.name, one.id)
            for who in self.present
            for one in self.open.values()
            if not (one.maintenance or one.id in quiet)
            and (who.min_severity == "warning" or one.severity is Severity.CRITICAL)
        }

    def silence(self, id_: str) -> None:
        ends = later(self.now + self.rng.choice([3, 40, 100]))
        self.silences.append(Silence({"outage": id_}, later(self.now), ends, "Lan", ""))

    def use(self, receivers: list[Receiver]) -> None:
        self.present = receivers
        self.pager.use(receivers, language="en", external_url="")

    async def restart(self) -> None:
        held, known = await self.store.suppressed(), await self.store.receivers()
        self.pager = Pager(self.present, language="en", held=held, known=known)

    async def deliver(self, chance: float = 1.0) -> None:
        """Each lane's first alert is taken, by whoever is there and works."""
        names, seen = {one.name for one in self.present}, set()
        for waiting in await self.store.pending():
            lane = waiting.alert.receiver, waiting.alert.outage
            if lane[0] in names and lane not in seen and self.rng.random() < chance:
                await self.store.delivered(waiting, later(self.now))
                self.told[lane].append(waiting.alert.step)
            seen.add(lane)

    async def anything(self) -> None:
        self.now += self.rng.choice([1, 5, 30])
        some = self.rng.choice([*self.open, ""])
        match self.rng.choice(["open", "open", "revise", "end", "silence", "reload", "restart"]):
            case "open":
                await self.turn(opened=f"o{self.now:g}")
            case "revise" if some:
                await self.turn(revised=some)
            case "end" if some:
                await self.turn(ended=some)
            case "silence" if some:
                self.silence(some)
            case "reload":
                self.use([one for one in RECEIVERS if self.rng.random() < 0.6])
            case "restart":
                await self.restart()
        await self.turn()
        await self.deliver(0.4)

    async def settle(self) -> None:
        """Everybody is back, nothing is held back any more, and all of it ends."""
        self.use(RECEIVERS)
        self.now += 1000
        await self.turn()
        for id_ in list(self.open):
            await self.turn(ended=id_)
        for _ in STEPS:
            await self.deliver()


@pytest.mark.parametrize("seed", range(8))
async def test_pages_are_in_order_and_have_ends_whatever_is_planned(
    store: Store, seed: int
) -> None:
    desk = Desk(store, random.Random(seed))
    for _ in range(40):
        await desk.anything()
    await desk.settle()
    assert await store.pending() == []
    assert desk.due <= {lane for lane, steps in desk.told.items() if steps}
    for (name, _), steps in desk.told.items():
        assert steps == sorted(set(steps), key=STEPS.index)
        assert steps != ["resolved"]
        assert name == "begun" or steps[-1] == "resolved"
    for one in RECEIVERS:
        assert await store.firing(one.name) == []
