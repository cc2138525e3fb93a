"""What happened: events, outages with theirs, and alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from exporters.schema.model import Model
from exporters.schema.picture import OutageOut


class EventOut(Model):
    """`kind` is a key of the message catalogue, `params` its values; `text` is the finished
    sentence in the daemon's language."""

    id: int
    at: datetime
    kind: str
    node: str
    site: str
    outage: str
    params: dict[str, str]
    text: str


class OutageDetail(OutageOut):
    shadowed: list[str]


class AlertOut(Model):
    """An entry of the alert outbox."""

    id: int
    outage: str
    receiver: str
    status: Literal["firing", "resolved"]
    created: datetime
    delivered: datetime | None
    attempts: int
    last_error: str
