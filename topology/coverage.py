"""Coverage: how many points are connected, in the country, a province or a site."""

from __future__ import annotations

from dataclasses import dataclass

from topology.state import NodeState


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of sites. `maintenance` is how many of them are in a window, whatever their state."""

    total: int
    up: int
    down: int
    unreachable: int
    unknown: int
    maintenance: int = 0

    @property
    def ratio(self) -> float:
        """Covered share, 0.0 .. 1.0. Unknown is not covered; nothing at all is 0."""
        return self.up / self.total if self.total else 0.0


def site_state(states: list[NodeState]) -> NodeState:
    """State of a site from its nodes': up while any is, down if any is down and none is up,
    then unreachable, then unknown; a site without nodes is unknown."""
    for state in (NodeState.UP, NodeState.DOWN, NodeState.UNREACHABLE):
        if state in states:
            return state
    return NodeState.UNKNOWN
