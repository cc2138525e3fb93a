"""When a verdict becomes an outage of its own, and when it is part of one that was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from configs.inventory import Inventory
from topology.diagnosis import Diagnosis, Fault
from topology.graph import Wan
from topology.outage import Outage, Root, RootKind, Severity
from topology.outages import SPLIT_S, WARNING_S, Book, Clock, Page

START = datetime(2026, 1, 1, tzinfo=UTC)
LINK = Fault(Root(RootKind.LINK, "l1"), Severity.WARNING, links=("l1",))
DUCT = Fault(
    Root(RootKind.GROUP, "duct"), Severity.CRITICAL, ("cpe-2",), ("l1",), ("cpe-2",), onset=0.0
)
CPE = Fault(Root(RootKind.NODE, "cpe-2"), Severity.CRITICAL, ("cpe-2",), (), ("cpe-2",), onset=0.0)


class Story:
    """A book that is shown one verdict after the other; every verdict is settled."""

    def __init__(self) -> None:
        self.book = Book(Wan(Inventory()), 0.5)
        self.gone: set[str] = set()

    def tell(self, at: float, *faults: Fault) -> Page:
        def over(outage: Outage, symptoms: frozenset[str]) -> bool:
            return symptoms <= self.gone

        clock = Clock(at, START + timedelta(seconds=at))
        return self.book.turn(Diagnosis(faults), clock, lambda fault, since: True, over)


def test_a_link_that_hurts_nobody_is_not_told_before_the_duct_that_it_lies_in() -> None:
    story = Story()
    assert not story.tell(0.2, LINK).opened
    assert not story.tell(2.0, LINK).opened
    (outage,) = story.tell(3.0, DUCT).opened
    assert outage.root.id == "duct"


def test_the_line_of_one_that_is_slower_to_recover_is_no_outage_of_its_own() -> None:
    story = Story()
    (outage,) = story.tell(3.0, DUCT).opened
    line = replace(CPE, root=Root(RootKind.LINK, "l2"), down=(), shadowed=("cpe-2",))
    assert not story.tell(10.0, LINK, line).opened
    story.gone = {"link:l1", "node:cpe-2"}
    assert [ended.id for ended in story.tell(11.0).ended] == [outage.id]


def test_a_link_that_stays_alone_is_told_after_a_while() -> None:
    story = Story()
    story.tell(0.0, LINK)
    assert not story.tell(WARNING_S - 0.1, LINK).opened
    assert len(story.tell(WARNING_S, LINK).opened) == 1


def test_an_outage_that_heals_in_parts_opens_no_other() -> None:
    story = Story()
    (outage,) = story.tell(3.0, DUCT).opened
    story.gone = {"link:l1"}
    for at in (10.0, 10.2):
        assert not story.tell(at, LINK, CPE).opened  # for a moment they look like two
    assert not story.tell(11.0, CPE).opened
    story.gone = {"link:l1", "node:cpe-2"}
    page = story.tell(12.0)
    assert [ended.id for ended in page.ended] == [outage.id]
    assert not page.opened


def test_a_part_that_stays_broken_is_told_in_the_end() -> None:
    story = Story()
    story.tell(3.0, DUCT)
    story.tell(10.0, LINK, CPE)
    told = [
        outage for at in (11.0, 12.0, 10.0 + SPLIT_S) for outage in story.tell(at, LINK, CPE).opened
    ]
    assert len(told) == 1
