"""Regular polls go right behind looks; what an event asks for does not wait."""

from __future__ import annotations

import pytest

from collector.convoy import Convoy
from collector.schedule import Errand, Kind
from configs.inventory import Node, Reachability

POLL = Errand(Kind.COUNTERS, "a")


def node(reachability: Reachability) -> Node:
    return Node("a", "s", "a", "192.0.2.1", reachability=reachability)


SCOUTED = node(Reachability.SNMP)
OFTEN = {Kind.REACHABILITY: 2.0, Kind.COUNTERS: 30.0, Kind.VITALS: 60.0}


def test_a_regular_poll_waits_for_the_next_look_at_its_node() -> None:
    convoy = Convoy(OFTEN)
    assert convoy.takes(POLL, SCOUTED)
    convoy.wait(POLL)
    convoy.wait(Errand(Kind.VITALS, "a"))
    assert convoy.behind("b") == []
    assert convoy.behind("a") == [POLL, Errand(Kind.VITALS, "a")]
    assert convoy.behind("a") == []


def test_a_poll_that_an_event_asks_for_waits_once_less() -> None:
    convoy = Convoy(OFTEN)
    convoy.hurry(POLL)
    assert not convoy.takes(POLL, SCOUTED)
    assert convoy.takes(POLL, SCOUTED)


@pytest.mark.parametrize("reachability", [Reachability.ICMP, Reachability.SSH])
def test_a_node_that_is_looked_at_in_another_way_is_polled_by_itself(
    reachability: Reachability,
) -> None:
    assert not Convoy(OFTEN).takes(POLL, node(reachability))


def test_a_poll_that_comes_oftener_than_looks_waits_for_none() -> None:
    convoy = Convoy(OFTEN | {Kind.REACHABILITY: 45.0})
    assert not convoy.takes(POLL, SCOUTED)
    assert convoy.takes(Errand(Kind.VITALS, "a"), SCOUTED)


def test_what_waits_for_a_node_that_was_taken_out_is_given_back() -> None:
    convoy = Convoy(OFTEN)
    other = Errand(Kind.VITALS, "b")
    for errand in (POLL, other):
        convoy.wait(errand)
        convoy.hurry(errand)
    assert convoy.keep({Kind.COUNTERS: ["b"], Kind.VITALS: ["b"]}) == [POLL]
    assert convoy.behind("a") == []
    assert convoy.behind("b") == [other]
    assert convoy.takes(POLL, SCOUTED)
    assert not convoy.takes(other, SCOUTED)
