"""An outage: its root, and whom it shadows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RootKind(StrEnum):
    NODE = "node"
    LINK = "link"
    GROUP = "group"
    MONITOR = "monitor"  # the monitor itself is cut off; id is ""


class Severity(StrEnum):
    CRITICAL = "critical"  # somebody lost coverage
    WARNING = "warning"  # redundancy lost, nobody hurt yet


@dataclass(frozen=True, slots=True)
class Root:
    kind: RootKind
    id: str


class Sign(StrEnum):
    """What a node showed that speaks for one cause and against another."""

    BATTERY = "battery"  # a UPS that runs on battery: its site lost the mains
    MAINS = "mains"  # a UPS that had its mains until the last: it is not the power
    RESTARTED = "restarted"  # it came back having restarted: it had failed itself
    RAN_ON = "ran_on"  # it came back without a restart: it was only cut off


@dataclass(frozen=True, slots=True)
class Clue:
    sign: Sign
    node: str


@dataclass(frozen=True, slots=True)
class Outage:
    """One fault as it is known now. `id` is stable for its whole life, across restarts and
    revisions of the verdict, and is the alert's fingerprint.

    `down`: nodes that the root itself takes down (for a node root, that node).
    `shadowed`: nodes that are unreachable because they are behind `down` or the root.
    `alternatives`: other roots that the evidence allows, likeliest first.
    `revision` grows by one whenever root, down, shadowed or severity change.
    `flapping`: it came and went so often that it is kept open until it has calmed down.
    `clues`: what speaks for the root besides who is silent.
    `merged_into`: id of the outage that turned out to be the same, for one that ended so.
    """

    id: str
    root: Root
    severity: Severity
    since: datetime
    down: tuple[str, ...]
    shadowed: tuple[str, ...]
    alternatives: tuple[Root, ...] = ()
    confidence: float = 1.0
    maintenance: bool = False
    ended: datetime | None = None
    revision: int = 1
    merged_into: str = ""
    flapping: bool = False
    clues: tuple[Clue, ...] = ()

    @property
    def batteries(self) -> tuple[str, ...]:
        """UPSes that run on battery because of it."""
        return tuple(clue.node for clue in self.clues if clue.sign is Sign.BATTERY)

    @property
    def only_a_link(self) -> bool:
        """Whether it is no more than a failed link: both its ends answered when it was told."""
        return self.root.kind is RootKind.LINK and not self.shadowed

    @property
    def on_battery(self) -> bool:
        """Whether it is no more than lost mains: nobody is silent yet."""
        return bool(self.batteries) and not self.down and not self.shadowed
