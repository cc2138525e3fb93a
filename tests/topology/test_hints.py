"""Links given away by bridge tables, routes, ARP and traces, and aggregates."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.speaker import (
    Address,
    BridgePort,
    Interface,
    Learnt,
    LldpNeighbour,
    Member,
    Met,
    NextHop,
    RoutingPeer,
    Speaker,
    Trace,
)
from topology.directory import Directory
from topology.drift import CERTAIN
from topology.fusion import DOUBT, Edge, Source, fuse

WEAK = {Source.FDB, Source.ROUTE, Source.ARP, Source.TRACE}
NODES = "abcde"


def mac(node: str, port: int = 0) -> str:
    return f"02:00:00:00:{ord(node):02x}:{port:02x}"


def box(node: str, ports: int = 3, **told: object) -> Speaker:
    """A device with ports e1, e2 … of one MAC address each."""
    interfaces = tuple(Interface(i, f"e{i}", mac=mac(node, i)) for i in range(1, ports + 1))
    return replace(Speaker(node, 0.0, node, interfaces=interfaces), **told)  # type: ignore[arg-type]


def bridge(node: str, **learnt: str) -> Speaker:
    """A bridge that has learnt at port `pN` the nodes of a word; "?" for a stranger."""
    rows = tuple(
        Learnt(int(port[1:]), "02:ff:00:00:00:01" if far == "?" else mac(far, 1))
        for port, nodes in learnt.items()
        for far in nodes
    )
    return box(
        node, bridge=mac(node), bridge_ports=tuple(BridgePort(i, i) for i in (1, 2, 3)), fdb=rows
    )


def routed(node: str, *addresses: str, **told: object) -> Speaker:
    """A device with a /24 per port."""
    own = tuple(Address(address, 24, i) for i, address in enumerate(addresses, 1))
    return box(node, addresses=own, **told)


def links(*speakers: Speaker) -> dict[tuple[str, str], tuple[Source, ...]]:
    """The edges as ("a e1", "b e2"), by their sources."""
    edges = fuse(speakers).edges
    return {
        (f"{e.a.node} {e.a.port}".strip(), f"{e.b.node} {e.b.port}".strip()): e.sources
        for e in edges
    }


def test_a_device_alone_behind_a_bridge_port_is_joined_with_it() -> None:
    assert links(bridge("s", p2="a"), box("a")) == {("a e1", "s e2"): (Source.FDB,)}


def test_several_devices_behind_one_port_share_a_segment_that_tells_nothing() -> None:
    assert links(bridge("s", p2="ab"), box("a"), box("b")) == {}
    assert links(bridge("s", p2="a?"), box("a")) == {}


def test_of_bridges_in_a_chain_only_the_nearest_are_joined() -> None:
    chain = [bridge("s", p1="tux"), bridge("t", p1="s", p2="ux"), bridge("u", p1="st", p2="x")]
    assert links(*chain, box("x")).keys() == {
        ("s e1", "t e1"), ("t e2", "u e1"), ("u e2", "x e1"),
    }  # fmt: skip


def test_a_device_that_two_bridges_have_learnt_alone_is_joined_with_neither() -> None:
    assert links(bridge("s", p1="x"), bridge("t", p1="x"), box("x")) == {}


def test_the_only_one_that_a_port_has_met_is_weakly_joined() -> None:
    a = routed("a", "192.0.2.1", arp=(Met(1, "192.0.2.9", ""),))
    found = fuse([a, routed("b", "192.0.2.9")]).edges
    assert [(e.sources, e.confidence) for e in found] == [((Source.ARP,), 0.4)]


def test_who_answers_for_another_address_is_who_is_met() -> None:
    a = routed("a", "192.0.2.1", arp=(Met(1, "192.0.2.9", mac("c", 2)),))
    assert links(a, routed("b", "192.0.2.9"), box("c")) == {("a e1", "c e2"): (Source.ARP,)}


@pytest.mark.parametrize("third", [mac("c", 1), "02:ff:00:00:00:01"])
def test_a_network_of_three_tells_nobody_whom_he_is_joined_with(third: str) -> None:
    rows = (Met(1, "192.0.2.9", mac("b", 1)), Met(1, "192.0.2.7", third))
    a = routed("a", "192.0.2.1", arp=rows, next_hops=(NextHop(1, "192.0.2.9"),))
    assert links(a, routed("b", "192.0.2.9"), box("c")) == {}


def test_a_third_party_that_only_the_far_end_has_met_is_one_too() -> None:
    a = routed("a", "192.0.2.1", arp=(Met(1, "192.0.2.9", mac("b", 1)),))
    b = routed("b", "192.0.2.9", arp=(Met(1, "192.0.2.1", ""), Met(1, "192.0.2.7", mac("c", 1))))
    assert links(a, b, box("c")) == {}


def test_a_bridge_table_tells_who_is_joined_on_a_shared_segment() -> None:
    a = routed("a", "192.0.2.1", arp=(Met(1, "192.0.2.9", mac("b", 1)),))
    b = routed("b", "192.0.2.9", arp=(Met(1, "192.0.2.1", mac("a", 1)),))
    assert links(a, b, bridge("s", p1="a", p2="b")).keys() == {("a e1", "s e1"), ("b e1", "s e2")}


def test_the_only_next_hop_of_a_port_is_its_neighbour_and_nowhere_is_nobody() -> None:
    hops = (NextHop(1, "192.0.2.9"), NextHop(2, "0.0.0.0"), NextHop(3, ""))  # noqa: S104
    a = routed("a", "192.0.2.1", next_hops=hops)
    assert links(a, routed("b", "192.0.2.9")) == {("a e1", "b e1"): (Source.ROUTE,)}


def test_routers_that_answer_one_after_the_other_are_joined_and_a_gap_joins_nobody() -> None:
    m = box("m", traces=(Trace("192.0.2.99", ("192.0.2.1", "192.0.2.9", "", "192.0.2.77")),))
    rest = [routed("a", "192.0.2.1"), routed("b", "192.0.2.9"), routed("c", "192.0.2.77")]
    assert links(m, *rest) == {
        ("a e1", "m"): (Source.TRACE,), ("a", "b e1"): (Source.TRACE,),
    }  # fmt: skip


def test_what_is_joined_by_a_stronger_word_is_not_asked_of_a_weaker() -> None:
    told = (LldpNeighbour(1, mac("b", 1), 5, "e1", name="b"),)
    a = routed("a", "192.0.2.1", lldp=told, arp=(Met(1, "192.0.2.7", mac("c", 1)),))
    c = routed("c", "192.0.2.7")
    assert links(a, box("b"), c) == {("a e1", "b e1"): (Source.LLDP,)}


def aggregated(node: str, far: str, *, said: bool = True) -> Speaker:
    """Two ports in an aggregate, on which an OSPF peer is met without an address."""
    rows = [(i, LldpNeighbour(i, mac(far, 1), 5, f"e{i}", name=far)) for i in (1, 2)]
    whole = Interface(9, "ae0", mac=mac(node, 9))
    speaker = box(
        node,
        router_id=f"198.51.100.{ord(node)}",
        lldp=tuple(row for _, row in rows) if said else (),
        members=(Member(1, 9), Member(2, 9)),
        ospf=(RoutingPeer("", f"198.51.100.{ord(far)}", if_index=9),),
    )
    return replace(speaker, interfaces=(*speaker.interfaces, whole))


def test_what_is_said_of_an_aggregate_holds_for_its_members() -> None:
    found = fuse([aggregated("a", "b"), aggregated("b", "a")]).edges
    assert [(e.a.port, e.b.port) for e in found] == [("e1", "e1"), ("e2", "e2")]
    assert all(e.sources == (Source.LLDP, Source.OSPF) for e in found)


def test_an_aggregate_of_which_no_member_tells_is_one_link() -> None:
    found = fuse([aggregated("a", "b", said=False), aggregated("b", "a", said=False)]).edges
    assert [(e.a.port, e.b.port) for e in found] == [("ae0", "ae0")]


def test_a_neighbour_that_names_its_aggregate_means_the_member_that_hears_us() -> None:
    a, b = aggregated("a", "b"), aggregated("b", "a")
    quirky = tuple(replace(row, port="ae0") for row in a.lldp)
    found = fuse([replace(a, lldp=quirky), b]).edges
    assert [(e.a.port, e.b.port) for e in found] == [("e1", "e1"), ("e2", "e2")]


def test_members_of_an_aggregate_that_is_known_are_asked_of_nothing_weaker() -> None:
    a = replace(aggregated("a", "b", said=False), arp=(Met(1, "192.0.2.7", mac("c", 1)),))
    edges = fuse([a, aggregated("b", "a", said=False), routed("c", "192.0.2.7")]).edges
    assert [(e.a.node, e.b.node) for e in edges] == [("a", "b")]


def test_a_device_named_by_an_address_is_not_taken_for_others_of_its_network() -> None:
    directory = Directory([replace(box("a"), name="192.0.2.1"), box("b")])
    assert directory.find("192.0.2.1") == "a"
    assert directory.find("192.0.2.2") is None


def test_a_virtual_routers_mac_address_names_no_device() -> None:
    shared = "00:00:5e:00:01:07"
    a = replace(box("a"), interfaces=(Interface(1, "e1", mac=shared),))
    assert Directory([a]).find(shared) is None


@st.composite
def speakers(draw: st.DrawFn) -> list[Speaker]:
    """Devices that say all sorts of things of each other, true or not."""
    who, port = st.sampled_from(NODES), st.integers(1, 3)
    addresses = {
        node: tuple(Address(f"192.0.{ord(node)}.{i}", 30, i) for i in (1, 2)) for node in NODES
    }
    found = []
    for node in NODES:
        peers = st.lists(who.filter(lambda far, node=node: far != node), max_size=2)
        address = who.flatmap(lambda far: st.sampled_from([a.address for a in addresses[far]]))
        met = st.builds(Met, port, address, st.builds(mac, who, port) | st.just(""))
        found.append(
            box(
                node,
                addresses=addresses[node],
                router_id=addresses[node][0].address,
                bridge=mac(node) if draw(st.booleans()) else "",
                bridge_ports=tuple(BridgePort(i, i) for i in (1, 2, 3)),
                lldp=tuple(
                    LldpNeighbour(draw(port), mac(far, 1), 5, f"e{draw(port)}", name=far)
                    for far in draw(peers)
                ),
                ospf=tuple(
                    RoutingPeer("", addresses[far][0].address, if_index=draw(port))
                    for far in draw(peers)
                ),
                fdb=tuple(Learnt(draw(port), mac(far, draw(port))) for far in draw(peers)),
                arp=tuple(draw(st.lists(met, max_size=3))),
                next_hops=tuple(draw(st.lists(st.builds(NextHop, port, address), max_size=2))),
                traces=tuple(
                    Trace("", tuple(hops))
                    for hops in draw(st.lists(st.lists(address, max_size=3), max_size=2))
                ),
            )
        )
    return found


def without_hints(speaker: Speaker) -> Speaker:
    return replace(speaker, fdb=(), arp=(), next_hops=(), traces=())


@settings(max_examples=50, deadline=None)
@given(speakers(), st.randoms(use_true_random=False))
def test_the_order_in_which_devices_are_heard_changes_nothing(
    said: list[Speaker], rng: random.Random
) -> None:
    first = fuse(said)
    shuffled = list(said)
    rng.shuffle(shuffled)
    assert fuse(shuffled) == first


@settings(max_examples=50, deadline=None)
@given(speakers())
def test_a_weak_word_never_removes_or_changes_a_strong_edge(said: list[Speaker]) -> None:
    def strong(edges: tuple[Edge, ...]) -> dict[object, Edge]:
        return {(e.a, e.b): e for e in edges if not WEAK.issuperset(e.sources)}

    before = strong(fuse(map(without_hints, said)).edges)
    after = strong(fuse(said).edges)
    assert after.keys() == before.keys()
    for ends, edge in before.items():
        assert set(edge.sources) <= set(after[ends].sources)
        assert after[ends].confidence >= edge.confidence
        assert Source.LLDP not in edge.sources or after[ends] == edge


@settings(max_examples=50, deadline=None)
@given(speakers())
def test_no_port_leads_to_one_node_by_a_strong_word_and_to_another_by_a_weak(
    said: list[Speaker],
) -> None:
    edges = fuse(said).edges
    leads = {
        (near.node, near.port): far.node
        for edge in edges
        if Source.LLDP in edge.sources
        for near, far in ((edge.a, edge.b), (edge.b, edge.a))
    }
    for edge in edges:
        if WEAK.issuperset(edge.sources):
            (source,) = edge.sources
            assert edge.confidence <= 1.0 - DOUBT[source] ** 2 < CERTAIN
            assert not {(edge.a.node, edge.a.port), (edge.b.node, edge.b.port)} & leads.keys()
