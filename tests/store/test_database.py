from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from store.database import Store
from store.record import (
    Event,
    MaintenanceWindow,
    Record,
    Silence,
    TopologyDecision,
    Verdict,
)
from tests.store.material import START, alert, later, outage
from topology.state import NodeState, StateChange


async def test_open_outages_and_node_states_survive_a_restart(tmp_path: Path) -> None:
    first = await Store.open("sqlite:///wanwatch.db", folder=tmp_path)
    opened, ended = outage("o1"), outage("o2", ended=later(5))
    changes = (
        StateChange("xa-00001", NodeState.UNKNOWN, NodeState.UP, START),
        StateChange("xa-00001", NodeState.UP, NodeState.UNREACHABLE, later(1)),
    )
    await first.commit(Record(changes=changes, outages=(opened, ended)))
    await first.close()

    second = await Store.open("sqlite:///wanwatch.db", folder=tmp_path)
    restored = await second.restore()
    await second.close()

    assert restored.outages == (opened,)
    assert restored.states == {"xa-00001": (NodeState.UNREACHABLE, later(1))}


async def test_when_nodes_that_are_down_were_last_heard_and_came_out_of_a_shadow_survives(
    store: Store,
) -> None:
    up, down = NodeState.UP, NodeState.DOWN
    changes = (
        StateChange("hub", up, down, later(3), heard=later(2)),
        StateChange("shown", NodeState.UNREACHABLE, down, later(3), later(1), later(9)),
        StateChange("never heard", NodeState.UNKNOWN, down, later(3)),
        StateChange("back", up, down, later(3), heard=later(2)),
        StateChange("back", down, up, later(5)),
    )
    await store.commit(Record(changes=changes))
    restored = await store.restore()
    assert restored.heard == {"hub": later(2), "shown": later(1)}
    assert restored.shown == {"shown": later(9)}


async def test_the_newest_revision_of_an_outage_is_kept(store: Store) -> None:
    await store.commit(Record(outages=(outage(),)))
    grown = outage(shadowed=("xa-00001", "xa-00002", "xa-00003"), revision=2)
    await store.commit(Record(outages=(outage(), grown)))
    assert await store.outage("o1") == grown
    assert await store.outage("o0") is None


async def test_outages_are_found_by_the_time_they_lasted(store: Store) -> None:
    early = outage("early", ended=later(10))
    late = outage("late", since=later(100))
    await store.commit(Record(outages=(early, late)))
    assert await store.outages() == [late, early]
    assert await store.outages(open_only=True) == [late]
    assert await store.outages(since=later(11)) == [late]
    assert await store.outages(until=later(100)) == [early]
    assert await store.outages(limit=1) == [late]


async def test_events_are_read_newest_first_and_in_pages(store: Store) -> None:
    events = tuple(
        Event(later(n), "event.node.down", node=f"n{n % 2}", site="s", params={"node": "Hà Nội"})
        for n in range(6)
    )
    await store.commit(Record(events=events))
    newest = await store.events(limit=2)
    assert [event.at for event in newest] == [later(5), later(4)]
    assert newest[0].params == {"node": "Hà Nội"}
    older = await store.events(before_id=newest[-1].id, node="n1")
    assert [event.at for event in older] == [later(3), later(1)]
    assert await store.events(site="s", outage="o1") == []


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        await store.commit(Record(events=(Event(datetime(2026, 1, 1), "event.node.down"),)))  # noqa: DTZ001
    assert await store.events() == []


async def test_a_silence_lives_until_it_ends_or_is_ended(store: Store) -> None:
    silence = Silence({"province": "01"}, START, later(60), "Lan", "bảo trì")
    stored = await store.add_silence(silence)
    assert stored.id > 0
    assert await store.silences(not_ended_at=START) == [stored]
    assert await store.expire_silence(stored.id, later(10))
    assert not await store.expire_silence(stored.id, later(11))
    assert await store.silences(not_ended_at=later(10)) == []
    assert [kept.ends for kept in await store.silences()] == [later(10)]


async def test_a_maintenance_window_lives_until_it_ends_or_is_ended(store: Store) -> None:
    window = MaintenanceWindow(("site:hub-01",), START, later(60), "Lan", "thay nguồn")
    stored = await store.add_window(window)
    assert await store.windows(not_ended_at=START) == [stored]
    assert await store.expire_window(stored.id, later(10))
    assert await store.windows(not_ended_at=later(10)) == []


async def test_what_is_old_is_forgotten_and_what_is_open_is_kept(store: Store) -> None:
    old, still_open = outage("old", ended=later(5)), outage("open")
    await store.commit(
        Record(
            outages=(old, still_open),
            events=(Event(START, "event.node.down"), Event(later(100), "event.node.up")),
            alerts=(alert(outage="old"), alert(outage="open")),
        )
    )
    assert await store.prune(later(50)) == 3
    assert await store.outages() == [still_open]
    assert [event.at for event in await store.events()] == [later(100)]
    assert [kept.alert.outage for kept in await store.alerts()] == ["open"]


async def test_two_records_become_one_in_order(store: Store) -> None:
    whole = Record(outages=(outage(),)).then(Record(outages=(outage(ended=later(9)),)))
    await store.commit(whole)
    assert await store.outages(open_only=True) == []
    assert not Record()
    assert whole


async def test_a_decision_on_drift_replaces_the_one_before_and_can_be_undone(store: Store) -> None:
    first = TopologyDecision("k1", Verdict.ACCEPTED, START, "Lan", "cáp mới", "a[e1] - b[e2]")
    other = TopologyDecision("k2", Verdict.REJECTED, later(1), "Minh")
    for decision in (other, first):
        await store.decide(decision)
    assert await store.decisions() == [first, other]
    changed = TopologyDecision("k1", Verdict.REJECTED, later(2), "Minh")
    await store.decide(changed)
    assert await store.decisions() == [other, changed]
    assert await store.undecide("k1")
    assert not await store.undecide("k1")
    assert await store.decisions() == [other]
