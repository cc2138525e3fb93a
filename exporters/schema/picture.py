"""The picture of the moment: coverage, provinces, sites and outages, and how it changes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from exporters.schema.model import Model, State


class CoverageOut(Model):
    """Counts of sites; `ratio` is up / total."""

    total: int
    up: int
    down: int
    unreachable: int
    unknown: int
    maintenance: int
    ratio: float


class ProvinceOut(Model):
    id: str
    name: str
    code: str
    coverage: CoverageOut


class RootOut(Model):
    kind: Literal["node", "link", "group", "monitor"]
    id: str
    name: str


class ClueOut(Model):
    """What a node showed that speaks for the root: a UPS on `battery`; one that had its `mains` to
    the last; a node that came back having `restarted`, or that `ran_on` while it was cut off."""

    sign: Literal["battery", "mains", "restarted", "ran_on"]
    node: str
    name: str


class OutageOut(Model):
    """`sites_hurt` counts the sites without coverage because of it, the root's own included;
    `province` and `site` are those of the root, "" where it has none.
    `flapping`: it comes and goes, and stays open until it has calmed down."""

    id: str
    root: RootOut
    severity: Literal["critical", "warning"]
    since: datetime
    ended: datetime | None
    down: list[str]
    shadowed_count: int
    sites_hurt: int
    province: str
    province_name: str
    site: str
    site_name: str
    alternatives: list[RootOut]
    confidence: float
    maintenance: bool
    silenced: bool
    flapping: bool = False
    clues: list[ClueOut] = Field(default_factory=list)
    revision: int


class SiteOut(Model):
    id: str
    name: str
    kind: str
    province: str
    code: str
    state: State
    maintenance: bool
    nodes: list[str]


class SnapshotOut(Model):
    """The whole picture for a console that has just connected: `sites` by province, then the
    rest as in `StreamUpdate`."""

    sequence: int
    at: datetime
    started_at: datetime
    version: str
    cut_off: bool
    coverage: CoverageOut
    provinces: list[ProvinceOut]
    sites: list[SiteOut]
    outages: list[OutageOut]


class StreamUpdate(Model):
    """One server-sent event (`event: update`). `states` holds only the sites whose state or
    maintenance changed since the event before; fetch the snapshot anew when `sequence` or
    `started_at` shows a gap (`previous` is the sequence of the event before)."""

    sequence: int
    previous: int
    at: datetime
    started_at: datetime
    cut_off: bool
    coverage: CoverageOut
    provinces: list[ProvinceOut]
    states: dict[str, tuple[State, bool]]
    outages: list[OutageOut]
