"""Places of the country: official provinces and communes, and who else is connected."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import vietnam_provinces
import yaml


@dataclass(frozen=True, slots=True)
class Commune:
    code: int
    name: str
    urban: bool
    satellite: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A province with its communes in the order of their codes, so that neighbours in the list
    are mostly neighbours on the map. `at` is its capital, (north, east) in degrees."""

    id: str
    code: int
    name: str
    at: tuple[float, float]
    communes: tuple[Commune, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A data centre, central agency or directly-subordinate committee; `province` is a code."""

    id: str
    kind: str
    province: int
    name: str
    agent: str = "snmp"


@cache
def _table() -> dict[str, Any]:
    text = Path(__file__).with_name("places.yml").read_text("utf-8")
    table: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return table


@cache
def areas() -> tuple[Area, ...]:
    """The 34 provinces of July 2025 with all their communes, in the order of their codes."""
    official = json.loads(vietnam_provinces.NESTED_DIVISIONS_JSON_PATH.read_text("utf-8"))
    table = _table()
    satellite = frozenset(table["satellite"])
    return tuple(
        Area(
            id=province["codename"].replace("_", "-"),
            code=province["code"],
            name=province["name"],
            at=tuple(table["capitals"][province["code"]]),
            communes=tuple(
                Commune(
                    ward["code"],
                    " ".join(ward["name"].split()),  # some have two spaces in a row
                    ward["division_type"] == "phường",
                    ward["code"] in satellite,
                )
                for ward in sorted(province["wards"], key=lambda ward: int(ward["code"]))
            ),
        )
        for province in official
    )


def centres() -> tuple[Body, ...]:
    """The national data centres; the monitor stands in the first."""
    return tuple(Body(kind="data_centre", **row) for row in _table()["centres"])


def bodies() -> tuple[Body, ...]:
    """Central agencies and directly-subordinate committees."""
    return tuple(Body(**row) for row in _table()["bodies"])


def carriers() -> dict[str, int]:
    """Share of access links in percent, by carrier."""
    shares: dict[str, int] = _table()["carriers"]
    return shares


def chosen(count: int | None) -> dict[int, tuple[Commune, ...]]:
    """`count` communes (None: all), spread evenly over the provinces, by province code; at least
    one in each as far as they go."""
    everything = {area.code: area.communes for area in areas()}
    if count is None:
        return everything
    ranked = sorted(
        (place and (place + 0.5) / len(communes), code, place)
        for code, communes in everything.items()
        for place in range(len(communes))
    )
    kept = {(code, place) for _, code, place in ranked[:count]}
    return {
        code: tuple(commune for place, commune in enumerate(communes) if (code, place) in kept)
        for code, communes in everything.items()
    }


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (north, east) points in degrees."""
    north_a, north_b = math.radians(a[0]), math.radians(b[0])
    half = (
        math.sin((north_b - north_a) / 2) ** 2
        + math.cos(north_a) * math.cos(north_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 12_742 * math.asin(math.sqrt(half))
