from __future__ import annotations

from configs.messages import messages
from exporters.atlas import Atlas
from exporters.events import events_for, returned_events
from store.record import Event
from tests.alerts.material import CPES, INVENTORY, START, later, outage, redundancy_lost
from topology.outage import Clue, Outage, Root, RootKind, Sign
from topology.state import NodeState, Returned, StateChange

UP, DOWN, UNREACHABLE, UNKNOWN = (
    NodeState.UP,
    NodeState.DOWN,
    NodeState.UNREACHABLE,
    NodeState.UNKNOWN,
)


def told(
    *changes: StateChange,
    opened: tuple[Outage, ...] = (),
    revised: tuple[Outage, ...] = (),
    ended: tuple[Outage, ...] = (),
) -> tuple[Event, ...]:
    atlas = Atlas(INVENTORY)
    return events_for(changes, opened, revised, ended, at=later(1), sites={}, atlas=atlas)


def change(node: str, old: NodeState, new: NodeState) -> StateChange:
    return StateChange(node, old, new, START)


def test_the_cut_of_a_hub_is_told_once_and_not_for_every_commune_behind_it() -> None:
    changes = [change("hub-lc", UP, DOWN), *(change(cpe, UP, UNREACHABLE) for cpe in CPES)]
    events = told(*changes, opened=(outage(),))
    assert [event.kind for event in events] == ["event.outage.opened.critical", "event.node.down"]
    opened = events[0]
    assert (opened.outage, opened.node, opened.site) == ("o1", "hub-lc", "hub")
    assert opened.params == {"root": "hub-lao-cai-1", "points": "8", "communes": "7"}
    assert messages("en")(opened.kind, **opened.params) == (
        "New outage: hub-lao-cai-1; points cut off: 8, of them communes: 7"
    )


def test_its_end_says_how_long_it_lasted() -> None:
    changes = [change("hub-lc", DOWN, UP), *(change(cpe, UNREACHABLE, UP) for cpe in CPES)]
    ended, up = told(*changes, ended=(outage(ended=later(90_061)),))
    assert ended.params["lasted"] == "25:01:01"
    assert (up.kind, up.params["node"]) == ("event.node.up", "hub-lao-cai-1")


def test_an_outage_that_became_part_of_another_is_not_said_to_be_over() -> None:
    (event,) = told(ended=(outage(ended=later(60), merged_into="o2"),))
    assert event.kind == "event.outage.merged"
    for language in ("vi", "en"):
        assert "hub-lao-cai-1" in messages(language)(event.kind, **event.params)


def test_an_outage_of_who_left_the_network_is_closed_and_not_over() -> None:
    (event,) = told(ended=(outage(root=Root(RootKind.NODE, "gone"), ended=later(60)),))
    assert event.kind == "event.outage.gone"
    for language in ("vi", "en"):
        assert "gone" in messages(language)(event.kind, **event.params)


def test_a_fleet_that_answers_for_the_first_time_is_one_event() -> None:
    (crowd,) = told(*(change(cpe, UNKNOWN, UP) for cpe in CPES))
    assert (crowd.kind, crowd.params) == ("event.nodes.appeared", {"count": "7"})
    (single,) = told(change("cpe-2", UP, UNKNOWN))
    assert single.kind == "event.node.vanished"
    assert single.params == {"node": "cpe-2", "site": "Xã Sa Pa"}


def test_every_event_has_its_sentence_in_both_languages() -> None:
    monitor = outage(root=Root(RootKind.MONITOR, ""))
    several = (outage(), redundancy_lost(), monitor)
    over = tuple(outage(root=one.root, severity=one.severity, ended=later(9)) for one in several)
    states = [(UP, DOWN), (DOWN, UP), (UP, UNKNOWN), (UNKNOWN, UP)]
    few = [change("gone", old, new) for old, new in states]
    many = [change(cpe, UNKNOWN, UP) for cpe in CPES] + [change(c, UP, UNKNOWN) for c in CPES]
    events = told(*few, opened=several, revised=several, ended=over) + told(*many)
    assert len({event.kind for event in events}) == 15
    for event in events:
        for language in ("vi", "en"):
            assert "{" not in messages(language)(event.kind, **event.params)


def test_how_nodes_came_back_is_told_of_each_or_of_a_crowd() -> None:
    atlas = Atlas(INVENTORY)
    restarted = [Returned(cpe, restarted=True, at=later(i)) for i, cpe in enumerate(CPES)]
    ran_on = Returned("hub-lc", restarted=False, at=START)
    crowd, single = returned_events([*restarted, ran_on], atlas)
    assert (crowd.kind, crowd.params) == ("event.nodes.restarted", {"count": "7"})
    assert crowd.at == later(6)
    assert (single.kind, single.node, single.site) == ("event.node.ran_on", "hub-lc", "hub")
    (one,) = returned_events(restarted[:1], atlas)
    assert one.kind == "event.node.restarted"
    for language in ("vi", "en"):
        for event in (crowd, single, one):
            assert "{" not in messages(language)(event.kind, **event.params)


def test_lost_mains_are_an_event_of_their_own() -> None:
    power = redundancy_lost(clues=(Clue(Sign.BATTERY, "hub-lc"),))
    (opened,) = told(opened=(power,))
    assert opened.kind == "event.outage.opened.battery"
    (ended,) = told(ended=(redundancy_lost(clues=power.clues, ended=later(9)),))
    assert ended.kind == "event.outage.ended.battery"
    for language in ("vi", "en"):
        for event in (opened, ended):
            assert "{" not in messages(language)(event.kind, **event.params)
