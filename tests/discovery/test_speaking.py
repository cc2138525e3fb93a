"""What a device says of its neighbours, in whatever table it says it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.discovery import announcements, bridging, routing, speaking
from collector.discovery.identity import SYS_NAME
from collector.discovery.reading import Reading
from collector.discovery.speaking import speak
from collector.snmp.ber import Value
from collector.speaker import (
    Address,
    BridgePort,
    CdpNeighbour,
    Learnt,
    Member,
    Met,
    NextHop,
    RoutingPeer,
    Speaker,
)
from tests.discovery.recorded import HERE, Recorded
from tests.topology.test_discovered import declared
from tests.topology.world import START
from topology.discovered import Discovery
from topology.outages import Clock

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
MAC = b"\x00\x1b\x21\x00\x00\x07"
PORTS: dict[str, Value] = {
    f"{IF}.2.1": b"eth0",
    f"{IF}.2.2": b"eth1",
    f"{IF}.2.7": b"bond0",
    f"{IF}.3.7": bridging.AGGREGATE,
    f"{IF}.2.9": b"vlan20",
    f"{IF}.3.9": bridging.VLAN,
}


async def said(values: dict[str, Value]) -> Speaker:
    return await speak(Reading(Recorded(PORTS | values), HERE), "device", 5.0)


def row(columns: dict[str, str], index: str, **cells: Value) -> dict[str, Value]:
    return {f"{columns[name]}.{index}": cell for name, cell in cells.items()}


async def test_cdp_tells_the_interface_the_device_its_port_and_its_address() -> None:
    address = bytes((192, 0, 2, 2))
    heard = await said(
        row(announcements.CDP, "2.5", name=b"core-1", port=b"Gi0/1", address=address)
    )
    assert heard.cdp == (CdpNeighbour(2, "core-1", "Gi0/1", "192.0.2.2"),)


async def test_only_neighbours_that_hear_us_too_count_in_ospf() -> None:
    states = dict(enumerate(routing.OSPF_STATES, 1))
    values = {}
    for state in states:
        values |= row(routing.OSPF_COLUMNS, f"192.0.2.{state}.0", id="10.0.0.1", state=state)
    assert [peer.address for peer in (await said(values)).ospf] == ["192.0.2.4", "192.0.2.8"]


async def test_an_unnumbered_ospf_link_names_its_interface() -> None:
    heard = await said(row(routing.OSPF_COLUMNS, "10.0.0.9.2", id="10.0.0.9", state=8))
    assert heard.ospf == (RoutingPeer("10.0.0.9", "10.0.0.9", 2),)


async def test_of_bgp_only_established_sessions_count() -> None:
    values = row(routing.BGP_COLUMNS, "192.0.2.1", id="10.0.0.1", state=6)
    values |= row(routing.BGP_COLUMNS, "192.0.2.5", id=routing.NOBODY, state=3)
    assert (await said(values)).bgp == (RoutingPeer("192.0.2.1", "10.0.0.1"),)


async def test_a_router_id_that_was_never_set_is_none() -> None:
    ospf, bgp = routing.ROUTER_IDS
    assert (await said({ospf: routing.NOBODY, bgp: "10.0.0.1"})).router_id == "10.0.0.1"


async def test_the_spanning_tree_tells_who_is_designated_on_each_port() -> None:
    values: dict[str, Value] = {bridging.ADDRESS: MAC}
    values |= {f"{bridging.BRIDGE_PORTS}.1": 1, f"{bridging.BRIDGE_PORTS}.2": 2}
    designated = {"bridge": b"\x80\x00" + MAC, "port": b"\x80\x03"}
    values |= row(bridging.TREE, "1", state=5, **designated)
    values |= row(bridging.TREE, "2", state=1, **designated)  # disabled: what it heard is old
    heard = await said(values)
    assert heard.bridge == "00:1b:21:00:00:07"
    assert heard.bridge_ports == (
        BridgePort(1, 1, "00:1b:21:00:00:07", 0x8003),
        BridgePort(2, 2),
    )


@pytest.mark.parametrize(
    "values",
    [{f"{bridging.ATTACHED}.1": 7, f"{bridging.ATTACHED}.2": 0}, {f"{bridging.STACK}.7.1": 1}],
)
async def test_members_of_an_aggregate_are_found_in_either_table(values: dict[str, Value]) -> None:
    assert (await said(values)).members == (Member(1, 7),)


async def test_a_tagged_unit_has_the_port_that_it_runs_on_as_parent() -> None:
    heard = await said({f"{bridging.STACK}.9.2": 1, f"{bridging.STACK}.0.9": 1})
    assert {each.name: each.parent for each in heard.interfaces}["vlan20"] == "eth1"


async def test_management_addresses_belong_to_their_neighbour() -> None:
    values = row(announcements.REMOTE, "8.2.1", name=b"hub", port=b"e1", port_kind=5)
    values |= row(announcements.MANAGED, "8.2.1.1.4.192.0.2.7", kind=2)
    values |= row(announcements.MANAGED, "9.2.2.1.4.192.0.2.8", kind=2)
    (neighbour,) = (await said(values)).lldp
    assert (neighbour.local_port, neighbour.name, neighbour.addresses) == (2, "hub", ("192.0.2.7",))


async def test_the_newer_lldp_mib_is_read_where_the_older_one_is_empty() -> None:
    _, (kind, chassis) = announcements.CHASSIS
    values: dict[str, Value] = {kind: 4, chassis: MAC}
    values |= row(announcements.REMOTE_V2, "8.2.1.1", name=b"hub", port=b"e1", port_kind=5)
    values |= row(announcements.LOCAL_V2, "2", kind=5, id=b"eth1")
    values |= row(announcements.MANAGED_V2, f"8.2.1.1.2.16.{'.'.join(['0'] * 15)}.1", kind=2)
    heard = await said(values)
    assert heard.chassis == "00:1b:21:00:00:07"
    assert [(port.number, port.id) for port in heard.lldp_ports] == [(2, "eth1")]
    assert [(each.local_port, each.addresses) for each in heard.lldp] == [(2, ("::1",))]


async def test_a_row_of_lldp_that_goes_while_it_is_read_is_no_neighbour() -> None:
    whole = row(announcements.REMOTE, "8.2.1", name=b"hub", port=b"e1", port_kind=5)
    torn = row(announcements.REMOTE, "8.3.2", port=b"e2", port_kind=5)
    assert [each.local_port for each in (await said(whole | torn)).lldp] == [2]


async def test_addresses_of_both_families_are_told_with_their_prefixes() -> None:
    v6 = "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1"
    values: dict[str, Value] = {
        f"{speaking.IPV4_COLUMNS['if_index']}.192.0.2.1": 1,
        f"{speaking.IPV4_COLUMNS['mask']}.192.0.2.1": "255.255.255.252",
        f"{speaking.ANY_COLUMNS['if_index']}.{v6}": 2,
        f"{speaking.ANY_COLUMNS['prefix']}.{v6}": f"1.3.6.1.2.1.4.32.1.5.2.{v6}.127",
    }
    assert (await said(values)).addresses == (
        Address("192.0.2.1", 30, 1),
        Address("2001:db8::1", 127, 2),
    )


async def test_who_was_met_and_learnt_is_told_without_ourselves() -> None:
    values = row(routing.MET, "1.192.0.2.9", mac=MAC, kind=3)
    values |= row(routing.MET, "1.192.0.2.8", mac=MAC, kind=routing.INVALID)
    values |= row(routing.ANY_MET, "1.1.4.192.0.2.1", mac=MAC, kind=routing.LOCAL)
    values |= row(bridging.FDB, "0.27.33.0.0.7", port=2, status=bridging.LEARNED)
    values |= row(bridging.VLAN_FDB, "1.0.27.33.0.0.7", port=2, status=4)
    heard = await said(values)
    assert heard.arp == (Met(1, "192.0.2.9", "00:1b:21:00:00:07"),)
    assert heard.fdb == (Learnt(2, "00:1b:21:00:00:07"),)


@pytest.mark.parametrize(
    ("columns", "index", "cells"),
    [
        (routing.ANY_ROUTES, "1.4.10.0.0.0.8.2.0.0.1.4.192.0.2.1", {"if_index": 1, "kind": 4}),
        (routing.CIDR_ROUTES, "10.0.0.0.255.0.0.0.0.192.0.2.1", {"if_index": 1, "kind": 4}),
        (routing.OLD_ROUTES, "10.0.0.0", {"if_index": 1, "kind": 4, "next": "192.0.2.1"}),
    ],
)  # fmt: skip
async def test_a_router_is_told_once_for_all_its_routes(
    columns: dict[str, str], index: str, cells: dict[str, Value]
) -> None:
    values = row(columns, index, **cells)
    values |= row(columns, index.replace("10.", "11.", 1), **cells)
    assert (await said(values)).next_hops == (NextHop(1, "192.0.2.1"),)


async def test_tables_too_long_to_tell_anything_are_left_out() -> None:
    values: dict[str, Value] = {}
    for number in range(bridging.MOST_LEARNT + 1):
        place = f"0.27.33.0.{number // 256}.{number % 256}"
        values |= row(bridging.FDB, place, port=1, status=bridging.LEARNED)
    assert (await said(values)).fdb == ()


ROOTS = [
    *speaking.COLUMNS, *routing.MET.values(), *routing.ANY_MET.values(), *bridging.FDB.values(),
    *bridging.VLAN_FDB.values(), *routing.ANY_ROUTES.values(), *routing.CIDR_ROUTES.values(),
    *routing.OLD_ROUTES.values(),
]  # fmt: skip
INDEXES = st.lists(
    st.one_of(st.integers(0, 16), st.integers(0, 2**32 - 1)), min_size=1, max_size=20
).map(lambda arcs: ".".join(map(str, arcs)))
VALUES = st.one_of(
    st.none(),
    st.integers(-5, 200),
    st.integers(0, 2**64 - 1),
    st.floats(),
    st.binary(max_size=20),
    st.sampled_from(["0.0", "1.3.6", "255.0.255.0", "1e999", "999.1.1.1", "::1", b"1e999"]),
)
CELLS = st.dictionaries(
    st.builds("{}.{}".format, st.sampled_from(ROOTS), INDEXES)
    | st.sampled_from((SYS_NAME, *speaking.SCALARS, *routing.ROUTER_IDS)),
    VALUES,
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(CELLS, CELLS)
async def test_garbage_in_any_table_neither_stops_the_reader_nor_what_is_made_of_it(
    one: dict[str, Value], other: dict[str, Value]
) -> None:
    speakers = [await speak(Reading(Recorded(dict(values)), HERE), node, 0.0)
                for node, values in (("a", one), ("b", other))]  # fmt: skip
    discovery = Discovery(declared("a.eth0-b.eth1"), 1800.0)
    for speaker in speakers:
        discovery.hear(speaker)
    discovery.work(Clock(0.0, START), frozenset(), frozenset())()
