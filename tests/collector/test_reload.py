"""What was asked of the inventory before is not told of the one after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from collector.discovery.device import discover
from collector.errors import UnknownNodeError
from collector.sample import Failure, PollFailed, Reach, Survey
from collector.schedule import Errand, Kind
from collector.snmp.target import Target
from configs.inventory import CliStyle, Inventory, Reachability, SshAccess
from configs.loader import Configuration
from configs.settings import Polling
from tests.collector.conftest import Kept
from tests.collector.test_fleet import (
    collector,
    first,
    no_patience_at_the_start,
    running,
    wan,
)
from tests.discovery.recorded import HERE, Recorded

__all__ = ["no_patience_at_the_start", "wan"]


async def test_a_poll_of_a_node_that_is_no_longer_to_be_polled_ends(
    wan: Configuration, sink: Kept
) -> None:
    made, node = collector(wan, sink), first(wan)
    task = asyncio.create_task(made.poll(node.id))
    await asyncio.sleep(0)
    mute = replace(node, credential=None, reachability=Reachability.ICMP)
    made.replace(Inventory(nodes={node.id: mute}), {}, {})
    with pytest.raises(UnknownNodeError, match=node.id):
        await asyncio.wait_for(task, 1)


async def test_what_was_heard_at_an_old_address_is_not_told_of_the_new_one(
    wan: Configuration, sink: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    made, node = collector(wan, sink, slow), first(wan)
    looks: list[tuple[Target, Callable[[Reach], None]]] = []
    polls: list[tuple[Target, Callable[[PollFailed], None]]] = []

    def nothing_heard(address: str, *, looked: int, polled: int) -> None:
        for target, done in looks[:looked]:
            assert target.address == address
            done(Reach(target.node, 0.0, Reachability.SNMP, answered=True))
        for target, done in polls[:polled]:
            assert target.address == address
            done(PollFailed(target.node, 0.0, "wan", Failure.TIMEOUT))
        made._delivery.flush()
        assert sink.of(node.id) == []

    def move(address: str) -> None:
        nodes = {node.id: replace(node, address=address)}
        made.replace(replace(wan.inventory, nodes=nodes), wan.snmp, wan.ssh)

    monkeypatch.setattr(made._snmp, "probe", lambda to, done, *_, **__: looks.append((to, done)))
    monkeypatch.setattr(made._snmp, "poll", lambda to, plan, done: polls.append((to, done)))
    monkeypatch.setattr("collector.fleet.has_a_scout", lambda node: False)
    monkeypatch.setattr("collector.convoy.has_a_scout", lambda node: False)
    move("127.9.9.1")
    for errand in made._schedule.due(made._clock()):
        made._run(errand)
    assert (len(looks), len(polls)) == (1, 1)
    move("127.9.9.2")
    nothing_heard("127.9.9.1", looked=1, polled=1)
    for errand in made._schedule.due(made._clock() + 5):
        made._run(errand)
    assert {target.address for target, _ in (*looks[1:], *polls[1:])} == {"127.9.9.2"}
    assert (len(looks), len(polls)) == (2, 2)


async def test_a_look_before_a_poll_that_a_reload_overtakes_polls_nobody(
    wan: Configuration, sink: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    made, node = collector(wan, sink, slow), first(wan)
    looks: list[Callable[[Reach], None]] = []
    monkeypatch.setattr(made._snmp, "probe", lambda _, done, *__, **___: looks.append(done))
    monkeypatch.setattr(made._snmp, "poll", lambda *_: pytest.fail("a poll behind an old look"))
    errand = Errand(Kind.COUNTERS, node.id)
    made._schedule.due(made._clock())
    made._polls.come(errand)
    nodes = {node.id: replace(node, address="127.9.9.9")}
    made.replace(replace(wan.inventory, nodes=nodes), wan.snmp, wan.ssh)
    looks[0](Reach(node.id, 0.0, Reachability.SNMP, answered=True))
    assert not made._polls._inside
    assert not made._schedule.is_busy(errand)


@pytest.mark.parametrize("kind", [Kind.SSH, Kind.SURVEY, Kind.NEIGHBOURS])
async def test_an_errand_that_a_reload_takes_away_before_its_start_comes_again_with_another(
    wan: Configuration, sink: Kept, kind: Kind
) -> None:
    access = SshAccess("fleet-ssh", CliStyle.EXEC, "linux", 22)
    node = replace(first(wan), ssh=access)
    mute = replace(node, ssh=None, credential=None, reachability=Reachability.ICMP)
    made = collector(replace(wan, inventory=Inventory(nodes={node.id: node})), sink)
    errand = Errand(kind, node.id)
    assert errand in made._schedule.due(made._clock() + 1)
    made.replace(Inventory(nodes={node.id: mute}), wan.snmp, wan.ssh)
    made._run(errand)
    assert not made._schedule.is_busy(errand)


async def test_what_was_found_at_an_old_address_is_not_told_of_the_new_one(
    wan: Configuration, sink: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Polling(reachability_interval_s=3600, counters_interval_s=3600)
    made, node = collector(wan, sink, slow), first(wan)
    told: list[Callable[[Survey], None]] = []
    monkeypatch.setattr(made._surveyor, "survey", lambda target, tell: told.append(tell))
    found = await discover(Recorded({}), HERE, ())
    async with running(made):
        await sink.until(lambda: len(told) == 3)
        nodes = wan.inventory.nodes | {node.id: replace(node, address="127.9.9.9")}
        made.replace(replace(wan.inventory, nodes=nodes), wan.snmp, wan.ssh)
        for each, tell in zip(wan.inventory.nodes, list(told), strict=True):
            tell(Survey(each, 0.0, found))
        await sink.until(lambda: len(sink.samples(Survey)) >= 2)
    assert node.id not in [survey.node for survey in sink.samples(Survey)]
