"""When what is new is asked for the first time."""

from __future__ import annotations

from collector.cadence import FIRST, beginnings
from collector.schedule import Kind


def test_those_that_are_surveyed_first_go_before_the_others_and_in_nothing_else() -> None:
    nodes = {kind: ["a", "b", "c", "d"] for kind in FIRST}
    begun = list(beginnings(nodes, {"a", "c", "d"}, 100.0, {"d"}))
    order = {kind: [e.node for e, _ in begun if e.kind is kind] for kind in FIRST}
    assert order == {kind: ["a", "c", "d"] for kind in FIRST} | {Kind.SURVEY: ["d", "a", "c"]}
    after_s, per_s = FIRST[Kind.SURVEY]
    surveys = [at for errand, at in begun if errand.kind is Kind.SURVEY]
    assert surveys == [100 + after_s + position / per_s for position in range(3)]
