"""docs/metrics.md and docs/api.md tell the truth."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import httpx
from fastapi import FastAPI

from exporters.alerts.figures import DELIVERY
from exporters.exposition import Family
from exporters.families import COUNTRY_FAMILIES, PROVINCE_FAMILIES
from exporters.program import (
    BUILD,
    COLLECTOR,
    DAEMON,
    ICMP,
    MEMORY,
    POLL_DURATION,
    SCHEDULE,
    SNMP,
    STREAMS,
    SURVEYS,
    TRAPS,
    WIRING,
)
from exporters.snmp.figures import ScrapeFigures
from exporters.vitals import VITALS
from tests.exporters.daemon import Daemon, hub_cut

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def rows() -> dict[str, tuple[str, str, str]]:
    """Type, labels and text of each family in docs/metrics.md."""
    found = ROW.findall((DOCS / "metrics.md").read_text("utf-8"))
    assert len({name for name, *_ in found}) == len(found)
    return {name: (kind, labels, text) for name, kind, labels, text in found}


def expected() -> dict[str, tuple[str, str]]:
    """Type and text of each family."""
    families: tuple[Family, ...] = (
        *COUNTRY_FAMILIES,
        *PROVINCE_FAMILIES,
        BUILD,
        POLL_DURATION,
        *(described.family for described in VITALS.values()),
    )
    told = {family.name: (str(family.kind), family.help) for family in families}
    polling = (COLLECTOR, SNMP, ICMP, SCHEDULE, SURVEYS, TRAPS)
    rest = (DAEMON, DELIVERY, MEMORY, WIRING, STREAMS)
    for figure in chain.from_iterable((*polling, *rest)):
        kind = "counter" if figure.name.endswith("_total") else "gauge"
        told[f"wanwatch_{figure.name}"] = (kind, figure.help)
    for metric in ScrapeFigures().collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        told[name] = (metric.type, metric.documentation)
    return told


def test_every_family_is_documented_and_nothing_else() -> None:
    assert {name: (kind, text) for name, (kind, _, text) in rows().items()} == expected()


async def test_the_labels_are_those_of_the_exposition(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    text = (await http.get("/metrics")).text
    documented = rows()
    seen = set()
    for line in text.splitlines():
        name, _, rest = line.partition("{")
        if name in documented and not line.startswith("#"):
            labels = re.findall(r'(\w+)="(?:[^"\\]|\\.)*"', rest)
            assert documented[name][1] == ", ".join(f"`{label}`" for label in labels), name
            seen.add(name)
    assert {family.name for family in PROVINCE_FAMILIES} <= seen


def test_every_route_is_in_the_guide_to_the_api(app: FastAPI) -> None:
    guide = (DOCS / "api.md").read_text("utf-8")
    for path in app.openapi()["paths"]:
        assert f"`{path}`" in guide, path
