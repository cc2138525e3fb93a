"""The queue of one outage and one receiver, as the deliverer sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from store.pairing import outranks
from store.record import OutboxAlert


@dataclass(slots=True)
class Lane:
    """`sent`: per id the step that the receiver has taken from us. What we know to be sent is not
    sent again, even while the store does not know it yet."""

    waiting: list[OutboxAlert] = field(default_factory=list)
    sent: dict[int, str] = field(default_factory=dict)
    told: Mapping[str, str] | None = None
    task: asyncio.Task[None] | None = None

    def refresh(self, rows: Sequence[OutboxAlert]) -> None:
        """Takes what the store says is queued, in order of id."""
        self.waiting = [row for row in rows if self._is_news(row)]

    def head(self) -> OutboxAlert:
        """The next alert to send, with the labels that its receiver was last given."""
        alert = self.waiting[0]
        return alert if self.told is None else replace(alert, sent_labels=self.told)

    def took(self, alert: OutboxAlert) -> None:
        self.sent[alert.id] = alert.alert.step
        self.told = alert.alert.labels
        self.waiting = [row for row in self.waiting if self._is_news(row)]

    def _is_news(self, row: OutboxAlert) -> bool:
        sent = self.sent.get(row.id)
        return sent is None or outranks(row.alert.step, sent)
