"""From what nodes say of their neighbours to the graph of the diagnosis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from configs.inventory import Inventory
from configs.settings import Confirmation
from store.database import Store
from store.record import Event, TopologyDecision, Verdict
from tests.topology.test_discovered import HALF_AN_HOUR, declared, speaker
from tests.topology.world import START
from topology.outages import Clock
from topology.situation import Situation
from wanwatch.wiring import Wiring

CABLE = "found:a.e1--b.e9"


@dataclass
class FakeClock:
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> datetime:
        return datetime.fromtimestamp(START.timestamp() + self.now, UTC)


@dataclass
class Bench:
    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.situation = Situation(declared("m.e1-a.e2"), Confirmation(), started=Clock(0.0, START))
        self.wiring = self.started()

    def asked_over_snmp(self) -> Inventory:
        inventory = declared("m.e1-a.e2")
        for node in inventory.nodes.values():
            inventory.nodes[node.id] = replace(node, credential="snmp")
        return inventory

    def started(self, inventory: Inventory | None = None, *, heard: bool = True) -> Wiring:
        inventory = inventory or declared("m.e1-a.e2")
        made = Wiring(
            inventory, HALF_AN_HOUR, self.situation, self.store, self.events.append, self.clock
        )
        if not heard:
            return made
        made.hear(speaker("a", e1="b.e9"))
        made.hear(speaker("b", e9="a.e1"))
        return made

    def decision(self, verdict: Verdict) -> TopologyDecision:
        (drift,) = self.wiring.findings.drifts
        return TopologyDecision(drift.key, verdict, self.clock.utc(), "Lan", "", "a - b")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield Bench(store)
    await store.close()


async def test_a_link_that_is_found_joins_the_graph_and_leaves_it_when_rejected(
    bench: Bench,
) -> None:
    await bench.wiring.refresh()
    assert list(bench.situation.found) == [CABLE]
    assert bench.situation.tick(0.0, START).snapshot.inventory.links.keys() == {"m.e1-a.e2", CABLE}
    await bench.wiring.decide(bench.decision(Verdict.REJECTED))
    await bench.wiring.refresh()
    assert not bench.situation.found
    assert await bench.wiring.undecide(bench.wiring.findings.drifts[0].key, "Minh")
    await bench.wiring.refresh()
    assert list(bench.situation.found) == [CABLE]
    assert [event.kind for event in bench.events] == ["event.drift.rejected", "event.drift.undone"]
    assert [event.params["author"] for event in bench.events] == ["Lan", "Minh"]


async def test_a_decision_outlives_a_restart(bench: Bench) -> None:
    await bench.wiring.refresh()
    assert bench.wiring.stats.drift["undeclared"] == 1
    await bench.wiring.decide(bench.decision(Verdict.ACCEPTED))
    assert bench.wiring.stats.drift["undeclared"] == 0
    again = bench.started()
    assert await again._recall()
    await again.refresh()
    assert again.stats.drift["undeclared"] == 0
    assert list(bench.situation.found) == [CABLE]  # accepted: it is there


async def test_a_found_link_outlives_a_restart_until_those_who_tell_of_it_were_heard(
    bench: Bench,
) -> None:
    await bench.wiring.refresh()
    inventory = bench.asked_over_snmp()
    restored = await bench.store.restore()
    assert [link.id for link in restored.found] == [CABLE]
    bench.situation = Situation(
        inventory, Confirmation(), started=Clock(0.0, START), restored=restored
    )
    again = bench.started(inventory, heard=False)
    again.hear(speaker("m", e1="a.e2"))
    await again.refresh()
    assert list(bench.situation.found) == [CABLE]
    for node in "abc":
        again.hear(speaker(node, e1=""))
    await again.refresh()
    assert not bench.situation.found
    assert (await bench.store.restore()).found == ()


async def test_found_links_outlive_a_reload_until_they_are_worked_out_again(bench: Bench) -> None:
    await bench.wiring.refresh()
    reloaded = declared("m.e1-a.e2", "m.e3-b.e1")
    bench.situation.replace(reloaded)
    bench.wiring.replace(reloaded)
    assert list(bench.situation.found) == [CABLE]
    smaller = declared("m.e1-a.e2")
    del smaller.nodes["b"]
    bench.situation.replace(smaller)
    assert not bench.situation.found


async def test_what_is_not_worked_out_for_the_present_inventory_is_dropped(bench: Bench) -> None:
    await bench.wiring.refresh()
    before = bench.wiring.findings
    work = bench.wiring._discovery.work

    def reloading(*given: object) -> object:
        bench.wiring.replace(declared())
        return work(*given)  # type: ignore[arg-type]

    bench.wiring._discovery.work = reloading  # type: ignore[method-assign, assignment]
    await bench.wiring.refresh()
    assert bench.wiring.findings is before
