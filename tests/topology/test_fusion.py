"""Links found in what devices say: recorded networks, quirks, and drift."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from collector.discovery.reading import Reading
from collector.discovery.speaking import speak
from collector.speaker import (
    Address,
    CdpNeighbour,
    Interface,
    LldpNeighbour,
    RoutingPeer,
    Speaker,
)
from tests.discovery.recorded import HERE, walked
from tests.realdata import realdata
from topology.directory import plain_mac
from topology.drift import key
from topology.fusion import End, Source, fuse


async def recorded() -> tuple[list[Speaker], list[dict[str, str]]]:
    """The recorded network as our own reader hears it."""
    folder = realdata("opennms-linkd", "nms1055")
    known = json.loads((folder / "links.json").read_text("utf-8"))
    speakers = [
        await speak(Reading(walked(folder / facts["file"]), HERE), node, 0.0)
        for node, facts in known["nodes"].items()
    ]
    return speakers, known["links"]


async def test_the_recorded_network_is_rebuilt_with_all_its_links_and_no_other() -> None:
    speakers, links = await recorded()
    found = fuse(speakers)
    expected = {}
    for link in links:
        a, b = (link["a"], link["a_ifName"]), (link["b"], link["b_ifName"])
        ends = frozenset({(a[0], a[1].partition(".")[0]), (b[0], b[1].partition(".")[0])})
        protocol = "stp" if link["protocol"] == "rstp" else link["protocol"]
        expected.setdefault(ends, set()).add(protocol)
    edges = {
        frozenset({(edge.a.node, edge.a.port), (edge.b.node, edge.b.port)}): edge
        for edge in found.edges
    }
    assert edges.keys() == expected.keys()
    for ends, protocols in expected.items():
        assert protocols <= set(edges[ends].sources)
    both_ends = [edge for edge in found.edges if Source.LLDP in edge.sources]
    assert len(both_ends) == 9
    assert all(edge.confidence > 0.99 for edge in both_ends)


async def test_the_order_in_which_devices_are_heard_changes_nothing() -> None:
    speakers, _ = await recorded()
    first = fuse(speakers)
    for seed in range(5):
        random.Random(seed).shuffle(speakers)
        assert fuse(speakers) == first


async def test_one_silent_end_leaves_the_link_less_sure_but_there() -> None:
    speakers, _ = await recorded()
    quiet = [replace(s, lldp=(), ospf=(), bgp=()) if s.node == "austin" else s for s in speakers]
    before = {key(edge): edge for edge in fuse(speakers).edges}
    after = {key(edge): edge for edge in fuse(quiet).edges}
    assert after.keys() == before.keys()
    assert any(after[k].confidence < before[k].confidence for k in after)


def box(node: str, *ports: str, **told: object) -> Speaker:
    interfaces = tuple(Interface(i + 1, name) for i, name in enumerate(ports))
    return replace(Speaker(node, 0.0, node, interfaces=interfaces), **told)  # type: ignore[arg-type]


def hears(port: int, who: str, their: str, kind: int = 5) -> LldpNeighbour:
    return LldpNeighbour(port, f"mac-{who}", kind, their, name=who)


def test_parallel_links_are_apart_and_both_directions_of_one_are_one() -> None:
    a = box("a", "e1", "e2", lldp=(hears(1, "b", "x1"), hears(2, "b", "x2")))
    b = box("b", "x1", "x2", lldp=(hears(1, "a", "e1"), hears(2, "a", "e2")))
    assert [(e.a.port, e.b.port) for e in fuse([a, b]).edges] == [("e1", "x1"), ("e2", "x2")]


def test_two_halves_that_know_only_their_own_port_are_one_link() -> None:
    a = box("a", "e1", lldp=(hears(1, "b", "?"),))
    b = box("b", "x1", lldp=(hears(1, "a", "?"),))
    (edge,) = fuse([a, b]).edges
    assert (edge.a, edge.b) == (End("a", "e1"), End("b", "x1"))


def test_a_neighbour_that_nobody_knows_is_a_stranger() -> None:
    found = fuse([box("a", "e1", lldp=(hears(1, "printer", "1"),))])
    assert found.edges == ()
    assert [(s.seen_by, s.name) for s in found.strangers] == [(End("a", "e1"), "printer")]


def test_cdp_finds_a_device_by_its_full_name_and_the_serial_behind_it() -> None:
    a = box("a", "Gi0/1", cdp=(CdpNeighbour(1, "B.example.vn(FOC123)", "Gi0/2"),))
    (edge,) = fuse([a, box("b", "Gi0/1", "Gi0/2")]).edges
    assert edge.b == End("b", "Gi0/2")
    assert edge.sources == (Source.CDP,)


def test_an_address_that_several_devices_claim_names_none_of_them() -> None:
    inner = (Address("10.0.0.4", 8, 1),)
    peer = RoutingPeer("10.0.0.4")
    found = fuse([box("a", "e", addresses=(Address("10.0.0.1", 8, 1),), ospf=(peer,)),
                  box("b", "e", addresses=inner), box("c", "e", addresses=inner)])  # fmt: skip
    assert found.edges == ()


def test_an_unnumbered_link_is_found_by_its_router_id() -> None:
    a = box("a", "tun1", ospf=(RoutingPeer("0.0.0.0", "192.0.2.2", if_index=1),))  # noqa: S104
    (edge,) = fuse([a, box("b", router_id="192.0.2.2")]).edges
    assert edge.a == End("a", "tun1")


def test_two_hosts_of_a_small_network_are_weakly_joined_and_a_shared_segment_is_not() -> None:
    def at(node: str, address: str, prefix: int) -> Speaker:
        return box(node, "e", addresses=(Address(address, prefix, 1),))

    (edge,) = fuse([at("a", "192.0.2.1", 30), at("b", "192.0.2.2", 30)]).edges
    assert edge.sources == (Source.SUBNET,)
    assert edge.confidence == 0.7
    shared = [at(n, f"192.0.2.{i}", 24) for i, n in enumerate("abc", 1)]
    assert fuse(shared).edges == ()


@pytest.mark.parametrize(
    ("text", "mac"),
    [("00:22:83:09:57:C0", "0022830957c0"), ("0:1b:2:3:4:5", "001b02030405"),
     ("0022.8309.57c0", "0022830957c0"), ("host-1", ""), ("00:00:00:22:83:09:57:C0", "")],
)  # fmt: skip
def test_a_mac_address_is_read_in_any_notation(text: str, mac: str) -> None:
    assert plain_mac(text) == mac
