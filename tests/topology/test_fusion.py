"""Links found in what devices say: recorded networks, quirks, and drift."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from collector.speaker import (
    Address,
    BridgePort,
    CdpNeighbour,
    Interface,
    LldpNeighbour,
    LldpPort,
    RoutingPeer,
    Speaker,
)
from configs.inventory import Link
from tests.realdata import realdata
from tests.topology.networks import network
from topology.directory import plain_mac
from topology.drift import drift, key
from topology.fusion import Discovered, Edge, End, Source, fuse

LLDP = "1.0.8802.1.1.2.1."
IF, IFX = "1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1."
IP, OSPF, BGP = "1.3.6.1.2.1.4.20.1.", "1.3.6.1.2.1.14.10.1.", "1.3.6.1.2.1.15.3.1."
BRIDGE = "1.3.6.1.2.1.17."


class Walk:
    """A recorded `snmpwalk -On`, as {OID: text}."""

    def __init__(self, path: Path) -> None:
        self.values: dict[str, str] = {}
        for line in path.read_text("utf-8", errors="replace").splitlines():
            if match := re.match(r"\.([\d.]+) = (?:([\w-]+): )?(.*)", line):
                oid, kind, value = match.groups()
                value = value.strip().strip('"')
                self.values[oid] = value.replace(" ", ":") if kind == "Hex-STRING" else value

    def column(self, oid: str) -> dict[str, str]:
        """{index: value}"""
        return {k[len(oid) + 1 :]: v for k, v in self.values.items() if k.startswith(oid + ".")}

    def number(self, oid: str, index: str) -> int:
        return int(re.sub(r".*\((\d+)\)", r"\1", self.values.get(f"{oid}.{index}", "0")) or 0)


def speaker(node: str, path: Path) -> Speaker:
    walk = Walk(path)
    local, remote = LLDP + "3.7.1", LLDP + "4.1.1"
    masks = walk.column(IP + "3")
    managed: dict[str, list[str]] = {}
    for index in walk.column(LLDP + "4.2.1.4"):
        row, address = re.fullmatch(r"(\d+\.\d+\.\d+)\.1\.4\.([\d.]+)", index).groups()  # type: ignore[union-attr]
        managed.setdefault(row, []).append(address)
    designated = walk.column(BRIDGE + "2.15.1.8")
    return Speaker(
        node,
        0.0,
        walk.values["1.3.6.1.2.1.1.5.0"],
        walk.values[LLDP + "3.2.0"],
        walk.values.get(BRIDGE + "1.1.0", ""),
        walk.values.get("1.3.6.1.2.1.14.1.1.0", ""),
        tuple(
            Interface(
                int(i), walk.values.get(f"{IFX}1.{i}", descr), descr,
                walk.values.get(f"{IFX}18.{i}", ""), walk.values.get(f"{IF}6.{i}", ""),
            )
            for i, descr in walk.column(IF + "2").items()
        ),
        tuple(
            Address(address, sum(bin(int(o)).count("1") for o in masks[address].split(".")), int(i))
            for address, i in walk.column(IP + "2").items()
        ),
        tuple(
            LldpPort(
                int(i), walk.number(f"{local}.2", i), text, walk.values.get(f"{local}.4.{i}", "")
            )
            for i, text in walk.column(f"{local}.3").items()
        ),
        tuple(
            LldpNeighbour(
                int(i.split(".")[1]), chassis, walk.number(f"{remote}.6", i),
                walk.values[f"{remote}.7.{i}"], walk.values.get(f"{remote}.8.{i}", ""),
                walk.values.get(f"{remote}.9.{i}", ""), tuple(managed.get(i, ())),
            )
            for i, chassis in walk.column(f"{remote}.5").items()
        ),
        (),
        tuple(
            RoutingPeer(address, walk.values[f"{OSPF}3.{i}"])
            for i, address in walk.column(OSPF + "1").items()
        ),
        tuple(RoutingPeer(address) for address in walk.column(BGP + "7").values()),
        tuple(
            BridgePort(
                int(port), int(i), designated.get(port, "")[6:],
                int(walk.values.get(f"{BRIDGE}2.15.1.9.{port}", "0").replace(":", "") or "0", 16),
            )
            for port, i in walk.column(BRIDGE + "1.4.1.2").items()
        ),
    )  # fmt: skip


def recorded() -> tuple[list[Speaker], list[dict[str, str]]]:
    folder = realdata("opennms-linkd", "nms1055")
    known = json.loads((folder / "links.json").read_text("utf-8"))
    speakers = [speaker(node, folder / facts["file"]) for node, facts in known["nodes"].items()]
    return speakers, known["links"]


def test_the_recorded_network_is_rebuilt_with_all_its_links_and_no_other() -> None:
    speakers, links = recorded()
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


def test_the_order_in_which_devices_are_heard_changes_nothing() -> None:
    speakers, _ = recorded()
    first = fuse(speakers)
    for seed in range(5):
        random.Random(seed).shuffle(speakers)
        assert fuse(speakers) == first


def test_one_silent_end_leaves_the_link_less_sure_but_there() -> None:
    speakers, _ = recorded()
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


def edge(a: str, a_port: str, b: str, b_port: str, confidence: float = 0.95) -> Edge:
    return Edge(End(a, a_port), End(b, b_port), (Source.LLDP,), confidence, 0.0)


def test_drift_tells_what_is_missing_what_is_new_and_what_is_plugged_elsewhere() -> None:
    inventory = network("mabc", [("m", "a"), ("m", "b"), ("a", "b"), ("b", "c")]).inventory
    inventory.links["m-a"] = Link("m-a", "m", "a", "p1", "u1")
    inventory.links["m-b"] = Link("m-b", "m", "b", "p2", "u1")
    seen = Discovered(
        (edge("a", "u1", "m", "p1"), edge("b", "u1", "m", "p7"), edge("a", "x", "c", "y"),
         edge("m", "?", "c", "?", confidence=0.3)), (),
    )  # fmt: skip
    found = drift(inventory, seen, heard=frozenset("mab"))
    assert found.unseen == ("a-b",)  # of b-c, c was never asked
    assert [e.b.node for e in found.undeclared] == ["c"]
    assert [(d.link, d.edge.b.port) for d in found.disagreeing] == [("m-b", "p7")]
    accepted = frozenset({key(found.undeclared[0]), "a-b"})
    after = drift(inventory, seen, frozenset("mab"), accepted)
    assert after.unseen == ()
    assert after.undeclared == ()
