"""Ids with accents, as a Mac types and pastes them: letters and marks apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

import httpx
import pytest

from configs.inventory import Inventory, Node, Province, Site, SiteKind
from tests.exporters.daemon import Daemon, all_up, polled
from tests.exporters.test_planned import SILENCE, WINDOW

PROVINCE, SITE, NODE = "đắk-lắk", "trạm-buôn-hồ", "bộ-định-tuyến"


def apart(text: str) -> str:
    made = normalize("NFD", text)
    assert made != text
    return made


@pytest.fixture
def accented(daemon: Daemon) -> None:
    """Puts a country with such ids in the place of the daemon's."""
    inventory = Inventory(
        {PROVINCE: Province(PROVINCE, "Đắk Lắk")},
        {SITE: Site(SITE, "Trạm", SiteKind.HUB, PROVINCE)},
        {NODE: Node(NODE, SITE, "127.1.0.1")},
    )
    daemon.publish(replace(all_up(inventory), sequence=2))
    daemon.series = polled(inventory)


@pytest.mark.usefixtures("accented")
@pytest.mark.parametrize(
    "path",
    [
        f"/nodes/{NODE}",
        f"/nodes/{NODE}/interfaces",
        f"/sites/{SITE}",
        f"/nodes?province={PROVINCE}",
        f"/nodes?site={SITE}",
        f"/sites?province={PROVINCE}",
        f"/coverage?province={PROVINCE}",
        f"/links?node={NODE}",
        f"/events?node={NODE}&site={SITE}",
        f"/whatif?fail=node:{NODE}&fail={SITE}",
    ],
)
async def test_an_id_is_found_however_its_letters_are_composed(
    http: httpx.AsyncClient, path: str
) -> None:
    as_declared = await http.get(f"/api/v1{path}")
    assert as_declared.status_code == 200
    assert (await http.get(f"/api/v1{apart(path)}")).json() == as_declared.json()


@pytest.mark.usefixtures("accented")
async def test_what_is_done_to_an_id_is_done_however_its_letters_are_composed(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    asked = await http.post(
        f"/api/v1/nodes/{apart(NODE)}/poll", headers={"content-type": "application/json"}
    )
    assert asked.status_code == 202
    assert daemon.asked == [NODE]
    bodies: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "silences": (SILENCE, {"matchers": {"site": apart(SITE)}}),
        "maintenance": (WINDOW, {"targets": [apart(f"site:{SITE}"), f"node:{apart(NODE)}"]}),
    }
    for route, (body, named) in bodies.items():
        made = await http.post(f"/api/v1/{route}", json=body | named)
        assert made.status_code == 201, made.text
    (silence,) = (await http.get("/api/v1/silences")).json()
    assert silence["matchers"] == {"site": SITE}
    (window,) = (await http.get("/api/v1/maintenance")).json()
    assert window["targets"] == [f"site:{SITE}", f"node:{NODE}"]


@pytest.mark.usefixtures("accented")
async def test_a_scrape_of_one_province_takes_its_id_however_it_is_composed(
    http: httpx.AsyncClient,
) -> None:
    scraped = await http.get("/metrics", params={"province": apart(PROVINCE)})
    assert scraped.status_code == 200
    assert f'province="{PROVINCE}"' in scraped.text
