"""The operator's own words, and ours where theirs fail: a broken template loses no page."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from exporters.alerts.payload import stable_labels, webhook
from exporters.alerts.template import Templates
from exporters.errors import TemplateFault
from store.record import OutboxAlert

log = logging.getLogger(__name__)


class OperatorText:
    """The template of one receiver."""

    def __init__(self, templates: Templates, path: Path, external_url: str) -> None:
        self._templates = templates
        self._path = path
        self._external_url = external_url
        self._complaint = ""

    async def of(self, entry: OutboxAlert) -> str | None:
        """The template's text; None when it is broken, which is logged once per reason."""
        try:
            text = await self._templates.render(self._path, self._values(entry))
        except TemplateFault as fault:
            if str(fault) != self._complaint:
                self._complaint = str(fault)
                log.error("alert template is broken, the default text is sent instead: %s", fault)
            return None
        self._complaint = ""
        return text

    def _values(self, entry: OutboxAlert) -> dict[str, Any]:
        """The webhook message, and what one usually wants of its alert directly."""
        message = webhook(entry, self._external_url)
        (alert,) = message["alerts"]
        return {
            **message,
            "labels": dict(stable_labels(entry)),
            "annotations": alert["annotations"],
            "startsAt": alert["startsAt"],
            "endsAt": alert["endsAt"],
            "fingerprint": alert["fingerprint"],
            "severity": str(entry.alert.severity),
        }
