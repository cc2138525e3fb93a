"""Latency, jitter and loss are those of the links on the quickest way that is left."""

from __future__ import annotations

import networkx as nx
import pytest

from lab.country import build
from lab.faults import Faults
from lab.paths import HOME_RTT_S, Paths

NATION = build(1, 200)


@pytest.mark.parametrize("failed", [[], ["node:dc-hcm-core1"], ["group:duct-backbone-1"]])
def test_the_round_trip_is_that_of_the_shortest_path(failed: list[str]) -> None:
    faults = Faults(NATION.inventory)
    picture = faults.fail(failed)
    graph = nx.Graph()
    for link in NATION.inventory.links.values():
        if link.id not in picture.dark:
            graph.add_edge(link.a, link.b, weight=NATION.lines[link.id].rtt_s)
    expected = nx.single_source_dijkstra_path_length(graph, NATION.inventory.monitors[0])
    routes = Paths(NATION).routes(picture)
    assert set(routes) == picture.reached
    for node, route in routes.items():
        assert route.rtt_s == pytest.approx(expected[node] + HOME_RTT_S)
        assert route.hops[-1] == node
        assert 0 <= route.loss_ratio < 0.1


def test_the_far_islands_are_600_ms_away_and_nobody_else_is() -> None:
    routes = Paths(NATION).routes(Faults(NATION.inventory).picture)
    far = {node for node, route in routes.items() if route.rtt_s > 0.3}
    assert far <= {"cpe-22736", "cpe-20333"}


def test_nothing_leads_out_of_a_dead_centre() -> None:
    faults = Faults(NATION.inventory)
    assert Paths(NATION).routes(faults.fail(["node:dc-hn-core1"])) == {}
