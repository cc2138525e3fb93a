"""The JSON of reports; what integrators and the command line may rely on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from exporters.schema.model import Model


class By(StrEnum):
    COUNTRY = "country"
    PROVINCE = "province"
    SITE = "site"


class AvailabilityOut(Model):
    """A site, or all sites of a province or of the country, whose times are added up.

    `availability`: 1 - down_s / known_s; null when nothing is known. `known_s`: the time of which
    it is known whether the site was covered; `down_s`: the part of it in which it was not;
    `cuts`: how many times it was cut off, and `longest_s` the longest of them. Time in maintenance
    windows is in these only when the report includes it. `maintenance_s`: time in such windows,
    and `maintenance_down_s` the part of it without coverage. `unknown_s`: nobody looked.
    """

    id: str
    name: str
    province_name: str
    sites: int
    availability: float | None
    known_s: float
    down_s: float
    cuts: int
    longest_s: float
    maintenance_s: float
    maintenance_down_s: float
    unknown_s: float


class PauseOut(Model):
    """A time in which no daemon watched."""

    since: datetime
    until: datetime


class ReportOut(Model):
    """Availability in [since, until). `known_since`: the first time of which anything is known,
    null for never; `pauses`: when nobody watched after that. `rows`: worst first. `undeclared`:
    sites that have figures and are no longer in the inventory; they are not counted."""

    since: datetime
    until: datetime
    by: By
    maintenance: Literal["excluded", "included"]
    known_since: datetime | None
    pauses: list[PauseOut]
    undeclared: int
    country: AvailabilityOut
    rows: list[AvailabilityOut]
