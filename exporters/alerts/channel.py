"""How an alert reaches one receiver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
import orjson

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.operator_text import OperatorText
from exporters.alerts.payload import alertmanager, idempotency_key, pagerduty, webhook
from exporters.alerts.request import JSON, TEXT, post
from exporters.alerts.template import Templates
from store.record import OutboxAlert

Clock = Callable[[], datetime]

# Alertmanager ends an alert by itself when it is not posted again in time. A monitor that is
# down for a while must not read as a network that has healed, so that time is long.
HOLD = timedelta(hours=4)


class Channel(Protocol):
    async def send(self, entry: OutboxAlert) -> None:
        """Returns when the receiver has taken the alert. Raises DeliveryError, RejectedError."""


class HttpChannel:
    """A receiver of one of the kinds that are told over HTTP."""

    def __init__(
        self,
        access: ReceiverAccess,
        client: httpx.AsyncClient,
        templates: Templates,
        *,
        external_url: str,
        clock: Clock,
    ) -> None:
        self._access = access
        self._client = client
        self._external_url = external_url
        self._clock = clock
        self._text = (
            OperatorText(templates, access.template, external_url) if access.template else None
        )

    async def send(self, entry: OutboxAlert) -> None:
        own = await self._text.of(entry) if self._text else None
        if own is not None and self._access.kind == "webhook":
            await self._post(entry, own.encode(), _content_type(own))
        else:
            await self._post(entry, orjson.dumps(self._message(with_text(entry, own))), JSON)

    async def repeat(self, entries: Sequence[OutboxAlert]) -> None:
        """Tells an Alertmanager once more that these are firing. Raises DeliveryError."""
        now = self._clock()
        posts = [p for entry in entries for p in alertmanager(entry, now, now + HOLD)]
        await self._post(entries[0], orjson.dumps(posts), JSON)

    def _message(self, entry: OutboxAlert) -> Any:
        if self._access.kind == "alertmanager":
            now = self._clock()
            return alertmanager(entry, now, now + HOLD)
        if self._access.kind == "pagerduty":
            return pagerduty(entry, self._access.routing_key, self._external_url)
        return webhook(entry, self._external_url)

    async def _post(self, entry: OutboxAlert, body: bytes, content_type: str) -> None:
        url = self._access.url
        if self._access.kind == "alertmanager":
            url = f"{url.rstrip('/')}/api/v2/alerts"
        await post(
            self._client,
            self._access,
            url=url,
            body=body,
            content_type=content_type,
            idempotency_key=idempotency_key(entry.alert),
            now=self._clock(),
        )


def with_text(entry: OutboxAlert, text: str | None) -> OutboxAlert:
    """`entry` with the operator's own description, if there is one."""
    if text is None:
        return entry
    annotations = {**entry.alert.annotations, "description": text}
    return replace(entry, alert=replace(entry.alert, annotations=annotations))


def _content_type(text: str) -> str:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return TEXT
    return JSON
