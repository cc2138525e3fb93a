"""The nodes as everybody sees them, rebuilt only where something was seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from topology.confirmation import Watch
from topology.outage import Outage, RootKind
from topology.outages import Clock
from topology.restored import Restored
from topology.snapshot import NodeView
from topology.state import NodeState, StateChange


@dataclass(frozen=True, slots=True)
class Role:
    """A node's part in the open outages: "" and None for none."""

    outage: str = ""
    state: NodeState | None = None


NO_ROLE = Role()


class Views:
    """State and view of every node."""

    def __init__(self, nodes: Iterable[str], started_at: datetime, restored: Restored) -> None:
        self.states: dict[str, NodeState] = {}
        self.views: dict[str, NodeView] = {}
        for node in nodes:
            state, since = restored.states.get(node, (NodeState.UNKNOWN, started_at))
            self.states[node] = state
            self.views[node] = NodeView(node, state, since)
        self.roles: dict[str, Role] = {}

    def cast(self, outages: Iterable[Outage]) -> set[str]:
        """Nodes whose part in the open outages changed. A node's own outage comes before one that
        merely shadows it. Whom the monitor's own hid is not unreachable: he is as unknown as he was
        until he was looked at again."""
        roles: dict[str, Role] = {}
        for outage in outages:
            hidden = None if outage.root.kind is RootKind.MONITOR else NodeState.UNREACHABLE
            for node in outage.shadowed:
                if node not in roles:
                    roles[node] = Role(outage.id, hidden)
        for outage in outages:
            for node in outage.down:
                roles[node] = Role(outage.id, NodeState.DOWN)
        changed = {
            node
            for node in self.roles.keys() | roles.keys()
            if self.roles.get(node, NO_ROLE) != roles.get(node, NO_ROLE)
        }
        self.roles = roles
        return changed

    def refresh(
        self,
        nodes: Iterable[str],
        watch: Watch,
        clock: Clock,
        passing: frozenset[str],
        blind: bool,
        maintained: frozenset[str],
        shown: Mapping[str, float],
    ) -> tuple[list[StateChange], list[str]]:
        """(state changes, nodes that changed in more than times and measurements). `passing`:
        silent nodes that are known to work; `blind`: the monitor itself is cut off; `shown`: silent
        nodes that came out of another's shadow, and when."""
        changes: list[StateChange] = []
        changed: list[str] = []
        views = dict(self.views)
        for node in nodes:
            look, old = watch.looks[node], views[node]
            role = self.roles.get(node, NO_ROLE)
            state = self._state(node, look.word, role, node in passing, blind)
            since = old.since
            if state is not old.state:
                turned = look.silent_since if state in SILENT else look.answered_at
                since = max(
                    old.since, clock.date(turned if state is not NodeState.UNKNOWN else None)
                )
                heard, shown_at = None, None
                heard_at = max(look.alive_at, look.heard_at)
                if state is NodeState.DOWN and heard_at > -math.inf:
                    heard = clock.date(heard_at)
                    shown_at = clock.date(shown[node]) if node in shown else None
                changes.append(StateChange(node, old.state, state, since, heard, shown_at))
                self.states[node] = state
            suspected = look.word is True and not look.settled
            seen, looked_at = old.last_seen, old.looked_at
            if look.answered_at is not None:
                seen = clock.date(look.answered_at)
            if look.looked_at is not None:
                same = look.looked_at == look.answered_at
                looked_at = seen if same else clock.date(look.looked_at)
            view = NodeView(
                id=node,
                state=state,
                since=since,
                maintenance=node in maintained,
                suspected=suspected,
                last_seen=seen,
                looked_at=looked_at,
                rtt_s=look.rtt_s if look.word else None,
                jitter_s=look.jitter_s if look.word else None,
                loss_ratio=look.loss_ratio,
                failure=look.failure,
                failure_kind=look.failure_kind,
                outage=role.outage,
            )
            if (
                state is not old.state
                or suspected is not old.suspected
                or view.maintenance is not old.maintenance
                or view.outage != old.outage
                or view.failure != old.failure
            ):
                changed.append(node)
            views[node] = view
        self.views = views
        return changes, changed

    def _state(
        self, node: str, word: bool | None, role: Role, passing: bool, blind: bool
    ) -> NodeState:
        if word is None:
            return NodeState.UNKNOWN
        if word or passing:
            return NodeState.UP
        if blind:
            return NodeState.UNKNOWN
        # Silent, but no verdict is ripe yet: nothing is said before there is one.
        return role.state or self.states[node]

    def carry(self, states: Mapping[str, NodeState], views: Mapping[str, NodeView]) -> None:
        """Takes over what is known of nodes that remain."""
        for node in self.views:
            if node in views:
                self.views[node], self.states[node] = views[node], states[node]


SILENT = (NodeState.DOWN, NodeState.UNREACHABLE)
