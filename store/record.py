"""What is kept: the record of one turn of the engine, and what is read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from topology.chronicle import Run, Span
from topology.identity import Sighting
from topology.outage import Outage, Severity
from topology.state import StateChange


class AlertStatus(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the operator's log. `kind` is a key of the message catalogue and `params` its
    values; `id` is 0 until the event is stored."""

    at: datetime
    kind: str
    node: str = ""
    site: str = ""
    outage: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """What one receiver is to be told of one outage.

    `suppressed` says why nobody is paged ("maintenance", "silence"); "" pages.
    """

    outage: str
    receiver: str
    status: AlertStatus
    severity: Severity
    created: datetime
    starts: datetime
    ends: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    suppressed: str = ""

    @property
    def step(self) -> str:
        """`warning`, `critical` or `resolved`: each happens once per outage and receiver."""
        return self.status if self.status is AlertStatus.RESOLVED else self.severity


@dataclass(frozen=True, slots=True)
class OutboxAlert:
    """An alert with the story of its delivery.

    `sent_labels`: the labels that its receiver was last given for this outage, None when it was
    never told of it.
    """

    id: int
    alert: Alert
    delivered: datetime | None = None
    attempts: int = 0
    last_error: str = ""
    sent_labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What one turn of the engine leaves behind, committed whole or not at all."""

    changes: tuple[StateChange, ...] = ()
    outages: tuple[Outage, ...] = ()
    events: tuple[Event, ...] = ()
    alerts: tuple[Alert, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    spans: tuple[Span, ...] = ()
    run: Run | None = None

    def __bool__(self) -> bool:
        told = self.changes or self.outages or self.events or self.alerts or self.sightings
        return bool(told or self.spans or self.run)

    def then(self, later: Record) -> Record:
        """Both records as one, for a commit that has to be tried again."""
        return Record(
            self.changes + later.changes,
            self.outages + later.outages,
            self.events + later.events,
            self.alerts + later.alerts,
            self.sightings + later.sightings,
            self.spans + later.spans,
            later.run or self.run,
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """No pages for alerts whose labels equal all of `matchers`; `id` is 0 until stored."""

    matchers: Mapping[str, str]
    starts: datetime
    ends: datetime
    author: str
    comment: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """No pages for `targets`, written `site:ID`, `node:ID`, `link:ID`, `group:ID` or
    `province:ID`; `id` is 0 until stored."""

    targets: tuple[str, ...]
    starts: datetime
    ends: datetime
    author: str
    comment: str
    id: int = 0


class Verdict(StrEnum):
    """What an operator says of drift: what was seen is right, or what is declared is."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class TopologyDecision:
    """`key` is the drift's; `subject` says in words what it was, for when it is no more."""

    key: str
    verdict: Verdict
    at: datetime
    author: str
    comment: str = ""
    subject: str = ""
