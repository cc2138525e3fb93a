"""A receiver with its secrets resolved, which are never printed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from configs.settings import Receiver, Secret

PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"


@dataclass(frozen=True, slots=True)
class ReceiverAccess:
    name: str
    kind: str
    url: str = field(repr=False)
    timeout_s: float = 5.0
    hmac_secret: str = field(default="", repr=False)
    routing_key: str = field(default="", repr=False)
    template: Path | None = None

    def redact(self, text: str) -> str:
        """`text` without anything of this receiver that may be secret. Of the URL only scheme and
        host are left, since paths, queries and users of webhook URLs are often tokens."""
        secrets = [self.url, self.hmac_secret, self.routing_key]
        with suppress(ValueError):  # not even a URL
            parts = urlsplit(self.url)
            secrets += [f"{parts.path}?{parts.query}", parts.path, parts.query]
            secrets += [parts.username or "", parts.password or ""]
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) > 3:
                text = text.replace(secret, "…")
        return text


def access_to(receiver: Receiver, reveal: Callable[[Secret], str]) -> ReceiverAccess:
    """What is needed to deliver to `receiver`. Raises what `reveal` raises."""
    url = reveal(receiver.url_secret) if receiver.url_secret else receiver.url or ""
    if receiver.kind == "pagerduty" and not url:
        url = PAGERDUTY
    return ReceiverAccess(
        name=receiver.name,
        kind=receiver.kind,
        url=url,
        timeout_s=receiver.timeout_s,
        hmac_secret=reveal(receiver.hmac_secret) if receiver.hmac_secret else "",
        routing_key=reveal(receiver.routing_key) if receiver.routing_key else "",
        template=receiver.template,
    )
