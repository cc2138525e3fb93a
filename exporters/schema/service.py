"""Whether the daemon is ready, and what Prometheus may scrape."""

from __future__ import annotations

from exporters.schema.model import Model


class ReadyOut(Model):
    """`reasons`: why the daemon cannot do its work yet."""

    ready: bool
    reasons: list[str]


class TargetGroup(Model):
    """An element of what Prometheus' `http_sd_configs` expects."""

    targets: list[str]
    labels: dict[str, str]
