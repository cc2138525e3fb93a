"""Which way packets go from the monitor to every node, and what the way does to them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from lab.faults import Picture
from lab.nation import Nation

HOME_RTT_S = 0.0002  # from the monitor to the router beside it


@dataclass(frozen=True, slots=True)
class Route:
    """There and back: round trip, standard deviation of its jitter, probability of loss. `hops`
    are the nodes on the way, the target last."""

    rtt_s: float
    jitter_s: float
    loss_ratio: float
    hops: tuple[str, ...]


class Paths:
    def __init__(self, nation: Nation) -> None:
        self._nation = nation
        self._beside: dict[str, list[tuple[str, str]]] = {
            node: [] for node in nation.inventory.nodes
        }
        for link in nation.inventory.links.values():
            self._beside[link.a].append((link.b, link.id))
            self._beside[link.b].append((link.a, link.id))

    def routes(self, picture: Picture) -> dict[str, Route]:
        """The quickest way to every node that can be reached."""
        lines, routes = self._nation.lines, dict[str, Route]()
        front = [
            (HOME_RTT_S, node, Route(HOME_RTT_S, 0.0, 0.0, (node,)))
            for node in sorted(self._nation.inventory.monitors)
            if node in picture.reached
        ]
        while front:
            rtt_s, node, route = heapq.heappop(front)
            if node in routes:
                continue
            routes[node] = route
            for other, link in self._beside[node]:
                if other in routes or other not in picture.reached or link in picture.dark:
                    continue
                line = lines[link]
                further = Route(
                    rtt_s + line.rtt_s,
                    (route.jitter_s**2 + line.jitter_s**2) ** 0.5,
                    1 - (1 - route.loss_ratio) * (1 - line.loss_ratio) ** 2,
                    (*route.hops, other),
                )
                heapq.heappush(front, (further.rtt_s, other, further))
        return routes
