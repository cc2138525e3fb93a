"""What the delivery of alerts shows of itself on `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from exporters.alerts.progress import ReceiverStats
from exporters.program import Figure


@dataclass(frozen=True, slots=True)
class DeliveryStats:
    """By receiver. `oldest_s`: age of the oldest alert that waits, 0 when none does."""

    attempted: dict[str, int] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    oldest_s: dict[str, float] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)


DELIVERY = (
    Figure("alert_attempts_total", "attempted", "Requests made to a receiver.", "receiver"),
    Figure("alerts_delivered_total", "delivered", "Alerts that a receiver took.", "receiver"),
    Figure("alert_failures_total", "failed", "Requests that a receiver did not take.", "receiver"),
    Figure("alerts_waiting", "waiting", "Alerts that a receiver has still to take.", "receiver"),
    Figure("alerts_oldest_seconds", "oldest_s", "Age of the oldest that waits.", "receiver"),
    Figure("receiver_failing", "failing", "1 while a receiver does not take alerts.", "receiver"),
)


def delivery_stats(receivers: Iterable[ReceiverStats], now: datetime) -> DeliveryStats:
    stats = DeliveryStats()
    for one in receivers:
        stats.attempted[one.receiver] = one.attempted
        stats.delivered[one.receiver] = one.delivered
        stats.failed[one.receiver] = one.failed
        stats.waiting[one.receiver] = one.waiting
        age = (now - one.oldest).total_seconds() if one.oldest else 0.0
        stats.oldest_s[one.receiver] = max(0.0, age)
        stats.failing[one.receiver] = int(one.failing)
    return stats
