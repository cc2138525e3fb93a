"""The nation is the official one, whole, and every reference in it resolves."""

from __future__ import annotations

from collections import Counter

import pytest

from configs.inventory import SiteKind
from lab.country import Access, build
from lab.nation import V2C, V3, Nation
from lab.places import areas


@pytest.fixture(scope="module")
def nation() -> Nation:
    return build(seed=1)


def test_the_nation_has_its_official_provinces_and_communes(nation: Nation) -> None:
    inventory = nation.inventory
    kinds = Counter(site.kind for site in inventory.sites.values())
    assert len(inventory.provinces) == 34
    assert kinds[SiteKind.HUB] == 34
    assert kinds[SiteKind.COMMUNE] == 3321
    assert kinds[SiteKind.DATA_CENTRE] == 2
    assert len(inventory.sites) > 3400
    assert inventory.provinces["ha-noi"].name == "Thành phố Hà Nội"
    assert inventory.sites["commune-00070"].name == "Phường Hoàn Kiếm"


def test_addresses_are_unique_and_stay_on_the_loopback_network(nation: Nation) -> None:
    addresses = [node.address for node in nation.inventory.nodes.values()]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("127.") for address in addresses)


def test_every_reference_resolves(nation: Nation) -> None:
    inventory = nation.inventory
    assert all(site.province in inventory.provinces for site in inventory.sites.values())
    assert all(node.site in inventory.sites for node in inventory.nodes.values())
    for link in inventory.links.values():
        assert link.a in inventory.nodes
        assert link.b in inventory.nodes
        assert link.id in nation.lines
    for group in inventory.groups.values():
        for member in group.members:
            kind, _, key = member.partition(":")
            assert key in {"node": inventory.nodes, "link": inventory.links}[kind]
    assert set(inventory.monitors) <= set(inventory.nodes)


def test_no_port_carries_two_links(nation: Nation) -> None:
    ends = [
        end
        for link in nation.inventory.links.values()
        for end in ((link.a, link.a_port), (link.b, link.b_port))
    ]
    assert len(set(ends)) == len(ends)


def test_a_fifth_of_the_communes_is_dual_homed_and_some_are_chained(nation: Nation) -> None:
    uplinks = Counter(link.b for link in nation.inventory.links.values())
    cpes = [node for node in nation.inventory.nodes if node.startswith("cpe-")]
    dual = sum(uplinks[cpe] == 2 for cpe in cpes)
    chained = sum(link.a.startswith("cpe-") for link in nation.inventory.links.values())
    assert 0.19 < dual / len(cpes) < 0.21
    assert 60 < chained < 330


def test_the_far_islands_hang_on_satellites_of_600_ms(nation: Nation) -> None:
    slow = {link for link, line in nation.lines.items() if line.rtt_s >= 0.6}
    names = {
        nation.inventory.sites[nation.inventory.nodes[nation.inventory.links[link].b].site].name
        for link in slow
    }
    assert names == {"Đặc khu Trường Sa", "Đặc khu Hoàng Sa"}


def test_the_same_seed_gives_the_same_nation_and_another_seed_another() -> None:
    assert build(7, 68) == build(7, 68)
    assert build(7, 68) != build(8, 68)


def test_a_smaller_nation_still_has_every_province() -> None:
    small = build(1, 40)
    communes = [site for site in small.inventory.sites.values() if site.kind is SiteKind.COMMUNE]
    assert len(communes) == 40
    assert len({site.province for site in communes}) == 34 == len(areas())


@pytest.mark.parametrize(("share", "credential"), [(0.0, V2C), (1.0, V3)])
def test_all_agents_may_speak_one_version(share: float, credential: str) -> None:
    nodes = build(1, 34, Access(v3_share=share)).inventory.nodes.values()
    assert {node.credential for node in nodes} == {credential, None}
