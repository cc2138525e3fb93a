"""Any of the services that apprise knows, told from a thread of their own."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import apprise

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.channel import with_text
from exporters.alerts.operator_text import OperatorText
from exporters.alerts.payload import idempotency_key
from exporters.alerts.template import Templates
from exporters.errors import DeliveryError, RejectedError
from store.record import AlertStatus, OutboxAlert
from topology.outage import Severity

# What they log may hold the service's URL, which is a secret; reasons are taken from the result.
_apprise = logging.getLogger("apprise")
_apprise.propagate = False
_apprise.addHandler(logging.NullHandler())
logging.getLogger("urllib3").setLevel(logging.WARNING)

GRACE_S = 5.0  # apprise is given up on some time after it should have given up by itself


class RelayChannel:
    """A URL may stand for several services. Those that have taken a page are not told of it again
    when it is tried once more for the others."""

    def __init__(self, access: ReceiverAccess, templates: Templates, *, external_url: str) -> None:
        self._access = access
        self._threads = ThreadPoolExecutor(2, f"apprise-{access.name}")
        services = apprise.Apprise()
        self._understood = bool(services.add(access.url))
        self._services = tuple(services)
        self._took: dict[str, set[int]] = {}  # by page, until all have taken it
        self._text = (
            OperatorText(templates, access.template, external_url) if access.template else None
        )

    async def send(self, entry: OutboxAlert) -> None:
        """Raises DeliveryError, RejectedError."""
        if not self._understood:
            raise RejectedError("apprise does not understand its URL")
        own = await self._text.of(entry) if self._text else None
        page = idempotency_key(entry.alert)
        took = self._took.setdefault(page, set())
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._access.timeout_s * len(self._services) + GRACE_S):
                failure = await loop.run_in_executor(
                    self._threads, self._notify, with_text(entry, own), took
                )
        except TimeoutError:
            reason = f"no answer within {self._access.timeout_s:g} s"
            raise DeliveryError(reason, cause="silent") from None
        if failure is not None:
            raise DeliveryError(self._access.redact(failure))
        self._took.pop(page, None)

    def _notify(self, entry: OutboxAlert, took: set[int]) -> str | None:
        """Why somebody did not take it, None when all have; `took` are those that have."""
        alert = entry.alert
        kind = apprise.NotifyType.FAILURE
        if alert.status is AlertStatus.RESOLVED:
            kind = apprise.NotifyType.SUCCESS
        elif alert.severity is Severity.WARNING:
            kind = apprise.NotifyType.WARNING
        failures: list[str] = []
        for number, service in enumerate(self._services):
            if number in took:
                continue
            alone = apprise.Apprise()
            alone.add(service)
            result = alone.notify(
                title=alert.annotations.get("summary", ""),
                body=alert.annotations.get("description", ""),
                notify_type=kind,
                timeout=self._access.timeout_s,
            )
            if result:
                took.add(number)
            else:
                failures += [said.message for said in result.logs()] or [
                    "apprise could not deliver"
                ]
        return "; ".join(failures) or None
