"""Which alerts become pages: one firing per outage and receiver, one resolved after it.

Pure: what the outbox already holds of one outage and receiver, and one more alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from store.record import Alert, AlertStatus
from topology.outage import Severity


class DeliveryState(StrEnum):
    QUEUED = "queued"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Held:
    """An alert of the outbox, as far as pairing looks at it."""

    id: int
    step: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class Add:
    """A row of its own."""

    state: DeliveryState


@dataclass(frozen=True, slots=True)
class Replace:
    """The newest content takes the place of row `id`."""

    id: int
    state: DeliveryState


RANK = {Severity.WARNING: 1, Severity.CRITICAL: 2}


def pair(held: Sequence[Held], alert: Alert) -> Add | Replace | None:
    """What to do with `alert`, given the lane's rows in order of id. None: nothing.

    - An outage pages once, and once more if it rises from warning to critical after its page
      was delivered. A page that still waits takes the newest content instead.
    - A suppressed alert is kept, and pages when it comes again unsuppressed.
    - Who was never to be paged gets no resolved; after the resolved nothing follows.
    """
    if any(row.step == AlertStatus.RESOLVED for row in held):
        return None
    told = [row for row in held if row.state is not DeliveryState.SUPPRESSED]
    if alert.status is AlertStatus.RESOLVED:
        return Add(DeliveryState.QUEUED) if told else None
    waiting = next((row for row in told if row.state is DeliveryState.QUEUED), None)
    rises = RANK[alert.severity] > max((RANK[Severity(row.step)] for row in told), default=0)
    if not rises:
        # A waiting page does not become milder: perhaps its receiver has already taken it, and
        # the daemon died before that was noted. It would be told of the outage twice.
        if waiting is None or alert.suppressed or waiting.step != alert.step:
            return None
        return Replace(waiting.id, DeliveryState.QUEUED)
    state = DeliveryState.SUPPRESSED if alert.suppressed else DeliveryState.QUEUED
    if waiting is not None:
        # It has not gone out: it says the worse thing at once, whatever is suppressed since.
        return None if alert.suppressed else Replace(waiting.id, state)
    kept = next((row for row in held if row.state is DeliveryState.SUPPRESSED), None)
    if kept is not None:
        return Replace(kept.id, state)
    return Add(state)


def outranks(later: str, sent: str) -> bool:
    """Whether a page that rose to `later` while `sent` was under way has to go out as well."""
    return later != sent and RANK[Severity(later)] > RANK[Severity(sent)]
