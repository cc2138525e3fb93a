"""Silences and maintenance windows."""

from __future__ import annotations

from datetime import datetime

from exporters.schema.model import Model, Named


class SilenceIn(Model):
    """Silences pages whose labels match all of `matchers` (exact)."""

    matchers: dict[str, Named]
    starts: datetime
    ends: datetime
    author: str
    comment: str


class SilenceOut(SilenceIn):
    """`names`: what people call the value of each matcher. `outages`: open ones that it covers
    now."""

    id: int
    names: dict[str, str]
    outages: int


class MaintenanceIn(Model):
    """`targets` are written `site:ID`, `node:ID`, `link:ID`, `group:ID` or `province:ID`; what
    lies behind a target is never paged either while the window is open."""

    targets: list[Named]
    starts: datetime
    ends: datetime
    author: str
    comment: str


class MaintenanceOut(MaintenanceIn):
    """`names`: what people call each of `targets`. `sites`: how many it covers, with those that lie
    behind."""

    id: int
    names: list[str]
    sites: int
