"""How often each kind of errand is run, and how soon what is new is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from collector.schedule import Errand, Kind
from configs.settings import Polling

# What is new is asked after so many seconds, so many nodes a second: a first poll costs agent and
# engine several times what the later ones do. Vital signs follow the survey that found them.
FIRST: Mapping[Kind, tuple[float, float]] = {
    Kind.REACHABILITY: (0.0, 2000),
    Kind.COUNTERS: (2.0, 400),
    Kind.SSH: (2.0, 5),
    Kind.NEIGHBOURS: (20.0, 20),
    Kind.SURVEY: (30.0, 5),
}
# On demand, no node is asked more often than this.
GAPS_S: Mapping[Kind, float] = {
    Kind.REACHABILITY: 0.25,
    Kind.COUNTERS: 1.0,
    Kind.SSH: 10.0,
    Kind.NEIGHBOURS: 60.0,
    Kind.SURVEY: 60.0,
    Kind.VITALS: 10.0,
}
SURVEY_AGAIN_S = 600.0  # after one that failed, or found less than the one before


def intervals_s(polling: Polling) -> dict[Kind, float]:
    """How often each kind comes by."""
    return {
        Kind.REACHABILITY: polling.reachability_interval_s,
        Kind.COUNTERS: polling.counters_interval_s,
        Kind.SSH: polling.ssh_interval_s,
        Kind.NEIGHBOURS: polling.neighbours_interval_s,
        Kind.SURVEY: polling.survey_interval_s,
        Kind.VITALS: polling.vitals_interval_s,
    }


def beginnings(
    nodes: Mapping[Kind, Collection[str]],
    fresh: Collection[str],
    now: float,
    surveyed_first: Collection[str] = (),
) -> Iterator[tuple[Errand, float]]:
    """The first errands of those nodes that are fresh, and when."""
    for kind, (after_s, per_s) in FIRST.items():
        those = [node for node in nodes[kind] if node in fresh]
        if kind is Kind.SURVEY:
            those.sort(key=lambda node: node not in surveyed_first)
        for position, node in enumerate(those):
            yield Errand(kind, node), now + after_s + position / per_s
