"""Node states, and a change of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NodeState(StrEnum):
    UP = "UP"
    DOWN = "DOWN"
    UNREACHABLE = "UNREACHABLE"  # behind another outage
    UNKNOWN = "UNKNOWN"  # nobody has looked; never shown as up or as down


@dataclass(frozen=True, slots=True)
class StateChange:
    """Of a node that is down now, `heard`: when it last answered; `shown`: when it came out of
    the shadow of another, if it did. It failed between the two, or between `heard` and `at`."""

    node: str
    old: NodeState
    new: NodeState
    at: datetime
    heard: datetime | None = None
    shown: datetime | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A node that was silent answered again `at`: having restarted, or having run on."""

    node: str
    restarted: bool
    at: datetime
