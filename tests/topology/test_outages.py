"""The book of outages: one fault keeps one identity while its verdict changes."""

from __future__ import annotations

from dataclasses import replace

from tests.topology.nation import nation
from tests.topology.world import World
from topology.diagnosis import Diagnosis, Fault
from topology.graph import Wan
from topology.outage import Root, RootKind, Severity
from topology.outages import SPLIT_S, Book, Clock, Page


def node(name: str, onset: float | None = 0.0, shadowed: tuple[str, ...] = ()) -> Fault:
    return Fault(
        Root(RootKind.NODE, name), Severity.CRITICAL, (name,), (), (name,), shadowed, onset=onset
    )


def group(name: str, *fronts: str, onset: float = 0.0, shadowed: tuple[str, ...] = ()) -> Fault:
    return Fault(
        Root(RootKind.GROUP, name), Severity.CRITICAL, fronts, (), fronts, shadowed, onset=onset
    )


class Desk:
    """A book that is told verdicts, a second each; `over` are the symptoms that are gone."""

    def __init__(self, hold_down_s: float = 0.5) -> None:
        self.book = Book(Wan(nation()), hold_down_s)
        self.now = 0.0
        self.over: set[str] = set()
        self.unsettled: set[str] = set()

    def tell(self, *faults: Fault, for_s: float = 1.0) -> Page:
        self.now += for_s
        return self.book.turn(
            Diagnosis(faults),
            Clock(self.now, World.utc(self.now)),
            lambda fault, since: fault.root.id not in self.unsettled,
            lambda outage, symptoms: symptoms <= self.over,
        )

    def last(self, *faults: Fault) -> Page:
        """What is told once a verdict has lasted."""
        self.tell(*faults, for_s=0.3)
        return self.tell(*faults)


def test_a_verdict_that_is_not_settled_is_not_told() -> None:
    desk = Desk()
    desk.unsettled.add("cpe-0-2")
    assert desk.last(node("cpe-0-2")) == Page()
    desk.unsettled.clear()
    assert len(desk.tell(node("cpe-0-2")).opened) == 1


def test_a_fault_without_an_onset_is_held_down_from_when_it_was_first_concluded() -> None:
    desk = Desk(hold_down_s=2.0)
    assert desk.tell(node("cpe-0-2", onset=None)) == Page()
    assert desk.tell(node("cpe-0-2", onset=None)) == Page()
    assert desk.tell(node("cpe-0-2", onset=None)).opened


def test_an_outage_that_turns_out_to_be_larger_grows_and_keeps_its_id() -> None:
    desk = Desk()
    (first,) = desk.last(node("hub-0a")).opened
    page = desk.last(group("power-0", "hub-0a", "hub-0b", shadowed=("cpe-0-1",)))
    (grown,) = page.revised
    assert grown.id == first.id
    assert grown.since == first.since
    assert grown.root.id == "power-0"
    assert grown.revision == 2
    assert not page.opened
    assert not page.ended


def test_first_signs_of_the_silence_of_all_become_one_outage_with_it() -> None:
    desk = Desk()
    signs = desk.last(node("cpe-0-2", 0.0), node("cpe-0-4", 0.2)).opened
    assert len(signs) == 2
    page = desk.last(Fault(Root(RootKind.MONITOR, ""), Severity.CRITICAL, onset=1.0))
    assert not page.opened
    (outage,) = desk.book.open
    assert outage.id == signs[0].id
    assert outage.root.kind is RootKind.MONITOR


def test_what_was_told_keeps_its_outage_behind_what_is_told_right_after_it() -> None:
    desk = Desk()
    (commune,) = desk.last(node("cpe-0-2", 0.0)).opened
    (hub,) = desk.tell(node("hub-0a", onset=1.0, shadowed=("cpe-0-2", "cpe-0-4"))).opened
    assert {outage.id for outage in desk.book.open} == {commune.id, hub.id}


def test_a_link_that_stays_out_when_its_node_finds_another_way_is_the_same_outage() -> None:
    desk = Desk()
    link = Root(RootKind.LINK, "cpe-0-0--hub-0a")
    fault = replace(node("cpe-0-0"), alternatives=(link,))
    (outage,) = desk.last(fault).opened
    remains = Fault(link, Severity.WARNING, links=(link.id,))
    page = desk.last(remains)
    assert not page.opened
    assert [(o.id, o.root, o.severity) for o in page.revised] == [
        (outage.id, link, Severity.WARNING)
    ]


def test_of_merged_outages_one_ends_and_names_the_other() -> None:
    desk = Desk()
    first, second = desk.last(node("hub-0a"), node("hub-0b")).opened
    both = group("power-0", "hub-0a", "hub-0b")
    assert desk.tell(both, for_s=0.3) == Page()  # not before the common verdict is ripe
    page = desk.tell(both)
    (ended,) = page.ended
    (kept,) = page.revised
    assert {kept.id, ended.id} == {first.id, second.id}
    assert ended.merged_into == kept.id


def test_an_older_outage_stays_open_in_the_shadow_of_a_new_one() -> None:
    desk = Desk()
    (old,) = desk.last(node("cpe-0-2", onset=0.0)).opened
    desk.now = 100.0
    hub = node("hub-0a", onset=100.0, shadowed=("cpe-0-2",))
    (new,) = desk.last(hub).opened
    assert {outage.id for outage in desk.book.open} == {old.id, new.id}
    desk.over.add("node:hub-0a")
    page = desk.last(node("cpe-0-2", onset=0.0))
    assert not page.opened
    assert [outage.id for outage in desk.book.open] == [old.id]


def test_one_outage_that_turns_out_to_be_two_splits_and_the_new_half_is_told() -> None:
    desk = Desk()
    (whole,) = desk.last(group("power-0", "hub-0a", "hub-0b")).opened
    parts = (node("hub-0a"), node("hub-0b"))
    assert not desk.last(*parts).opened  # one may only take longer to recover
    (half,) = desk.tell(*parts, for_s=SPLIT_S).opened
    after = {outage.root.id: outage.id for outage in desk.book.open}
    assert after == {"hub-0a": whole.id, "hub-0b": half.id}


def test_a_revision_waits_out_the_hold_down() -> None:
    desk = Desk()
    desk.last(group("power-0", "hub-0a", "hub-0b"))
    assert not desk.tell(node("hub-0b"), for_s=0.1).revised  # one answered a moment earlier
    desk.over.update({"node:hub-0a", "node:hub-0b"})
    page = desk.tell(for_s=0.1)
    assert not page.revised
    assert [outage.root.id for outage in page.ended] == ["power-0"]


def test_an_outage_out_of_sight_does_not_end() -> None:
    desk = Desk()
    (outage,) = desk.last(node("cpe-0-2")).opened
    assert desk.last() == Page()
    assert desk.book.open == (outage,)


def test_the_same_root_at_another_time_is_another_outage() -> None:
    desk = Desk()
    (first,) = desk.last(node("cpe-0-2")).opened
    desk.over.add("node:cpe-0-2")
    assert desk.tell().ended
    (second,) = desk.tell(node("cpe-0-2", onset=0.0)).opened
    assert second.id != first.id


def test_restored_outages_are_continued_by_their_symptoms() -> None:
    desk = Desk()
    (outage,) = desk.last(group("power-0", "hub-0a", "hub-0b")).opened
    desk.book = Book(Wan(nation()), 0.5, [outage, replace(outage, id="x", ended=outage.since)])
    assert desk.last(group("power-0", "hub-0a", "hub-0b", onset=500.0)) == Page()
    assert [open_one.id for open_one in desk.book.open] == [outage.id]
