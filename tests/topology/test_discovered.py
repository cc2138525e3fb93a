"""What the nodes say of their neighbours, kept over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from collector.speaker import (
    TABLES,
    Address,
    CdpNeighbour,
    Interface,
    LldpNeighbour,
    LldpPort,
    Member,
    Speaker,
    Unheard,
)
from configs.inventory import Inventory, Link
from tests.topology.networks import network
from tests.topology.world import START
from topology.discovered import AGED_AFTER, Discovery, Findings
from topology.drift import DriftKind
from topology.fusion import Source
from topology.outages import Clock

HALF_AN_HOUR = 1800.0


def speaker(node: str, at: float = 0.0, **ports: str) -> Speaker:
    """`ports`: what is heard on each, written `node.port`."""
    heard = []
    for number, told in enumerate(ports.values(), 1):
        far, _, port = told.partition(".")
        if far:
            heard.append(LldpNeighbour(number, "", 5, port, name=far))
    interfaces = tuple(Interface(number, name) for number, name in enumerate(ports, 1))
    own = tuple(LldpPort(port.index, 5, port.name) for port in interfaces)
    return Speaker(node, at, node, interfaces=interfaces, lldp_ports=own, lldp=tuple(heard))


def declared(*links: str) -> Inventory:
    """`links`, written `a.port-b.port`."""
    inventory = network("mabc", []).inventory
    for number, node in enumerate(inventory.nodes.values(), 1):
        inventory.nodes[node.id] = replace(node, address=f"192.0.2.{number}")
    for text in links:
        (a, _, a_port), (b, _, b_port) = (end.partition(".") for end in text.split("-"))
        inventory.links[text] = Link(text, a, b, a_port, b_port)
    return inventory


def found(
    discovery: Discovery,
    now: float = 0.0,
    broken: Iterable[str] = (),
    rejected: Iterable[str] = (),
) -> Findings:
    return discovery.work(Clock(now, START), frozenset(broken), frozenset(rejected))()


def heard(inventory: Inventory, *speakers: Speaker) -> Discovery:
    discovery = Discovery(inventory, HALF_AN_HOUR)
    for each in speakers:
        discovery.hear(each)
    return discovery


def test_a_network_as_declared_has_no_drift_and_gains_no_link() -> None:
    discovery = heard(declared("m.e1-a.e1"), speaker("m", e1="a.e1"), speaker("a", e1="m.e1"))
    findings = found(discovery)
    assert findings.drifts == findings.found == ()
    assert findings.seen["m.e1-a.e1"].confidence > 0.99
    assert findings.sources[Source.LLDP] == 1


def test_a_link_that_nobody_declared_joins_the_graph_until_it_is_rejected() -> None:
    discovery = heard(declared(), speaker("a", e1="b.e9"), speaker("b", e9="a.e1"))
    findings = found(discovery)
    (drift,) = findings.drifts
    (link,) = findings.found
    assert (drift.kind, link.a, link.b) == (DriftKind.UNDECLARED, "a", "b")
    rejected = found(discovery, rejected={drift.key})
    assert rejected.drifts == findings.drifts
    assert rejected.found == ()


def test_who_was_not_heard_yet_is_known_by_id_and_no_stranger() -> None:
    discovery = heard(declared(), speaker("a", e1="b.e9", e2="printer.1"))
    findings = found(discovery)
    assert [drift.kind for drift in findings.drifts] == [DriftKind.UNDECLARED, DriftKind.STRANGER]
    inventory = declared()
    inventory.nodes["c"] = replace(inventory.nodes["c"], credential="snmp")
    waiting = heard(inventory, speaker("a", e2="printer.1"))
    assert found(waiting).drifts == ()
    (stranger,) = found(waiting, now=HALF_AN_HOUR).drifts
    assert stranger.stranger is not None
    assert stranger.stranger.name == "printer"


def test_a_link_that_was_not_told_of_for_three_intervals_leaves_the_graph() -> None:
    discovery = heard(declared(), speaker("a", e1="b.e9"), speaker("b", e9=""))
    old = AGED_AFTER * HALF_AN_HOUR
    assert found(discovery, now=old).found
    aged = found(discovery, now=old + 1.0)
    assert aged.found == ()
    assert [drift.kind for drift in aged.drifts] == [DriftKind.UNDECLARED]
    discovery.hear(speaker("b", old, e9="a.e1"))
    assert found(discovery, now=old + 1.0).found


def test_unseen_is_only_what_both_ends_would_tell_of_lately() -> None:
    ends = speaker("m", e1="", e2="b.e1"), speaker("a", e1="", e2="c.e1")
    discovery = heard(declared("m.e1-a.e1"), *ends)
    kinds = [drift.kind for drift in found(discovery).drifts]
    assert kinds == [DriftKind.UNSEEN, DriftKind.UNDECLARED, DriftKind.UNDECLARED]
    assert DriftKind.UNSEEN not in {
        drift.kind for drift in found(discovery, broken={"m.e1-a.e1"}).drifts
    }
    later = found(discovery, now=(AGED_AFTER + 1) * HALF_AN_HOUR)
    assert DriftKind.UNSEEN not in {drift.kind for drift in later.drifts}
    mute = heard(declared("m.e1-a.e1"), ends[0], Speaker("a", 0.0, "a"))
    assert DriftKind.UNSEEN not in {drift.kind for drift in found(mute).drifts}


def test_a_node_that_left_the_inventory_is_forgotten() -> None:
    discovery = heard(declared(), speaker("a", e1="b.e9"), speaker("b", e9="a.e1"))
    smaller = declared()
    del smaller.nodes["b"]
    discovery.replace(smaller)
    discovery.hear(speaker("b", e9="a.e1"))
    findings = found(discovery, now=HALF_AN_HOUR)
    assert findings.found == ()
    assert [drift.kind for drift in findings.drifts] == [DriftKind.STRANGER]


def test_work_is_due_after_news_but_not_at_each_of_them() -> None:
    discovery = Discovery(declared(), HALF_AN_HOUR)
    discovery.hear(speaker("a"))
    assert discovery.due(0.0)
    found(discovery)
    assert not discovery.due(59.0)
    discovery.hear(speaker("b"))
    assert not discovery.due(59.0)
    assert discovery.due(60.0)
    found(discovery, 60.0)
    assert not discovery.due(119.0 + HALF_AN_HOUR)
    assert discovery.due(120.0 + HALF_AN_HOUR)  # nobody spoke, but edges age
    discovery.stir()
    assert discovery.due(0.0)
    assert not Discovery(declared(), HALF_AN_HOUR).due(0.0)


def test_a_port_may_be_declared_by_any_of_its_names() -> None:
    heard_by_a = replace(
        speaker("a", e1="m.e1"),
        interfaces=(Interface(1, "e1", "Ethernet 1", "uplink"),),
    )
    for name in ("e1", "Ethernet 1", "uplink"):
        inventory = declared("m.e1-a.e1")
        inventory.links["m.e1-a.e1"] = Link("m.e1-a.e1", "m", "a", "e1", name)
        assert found(heard(inventory, speaker("m", e1="a.e1"), heard_by_a)).drifts == ()
    inventory.links["m.e1-a.e1"] = Link("m.e1-a.e1", "m", "a", "e1", "e2")
    (drift,) = found(heard(inventory, speaker("m", e1="a.e1"), heard_by_a)).drifts
    assert drift.kind is DriftKind.DISAGREEING


@pytest.mark.parametrize("ports", [("ae0", "ae0"), ("e1", "e1"), ("ae0", "e1")])
def test_an_aggregate_and_its_parts_may_be_declared_one_for_the_other(
    ports: tuple[str, str],
) -> None:
    parts = Member(1, 3), Member(2, 3)
    ends = (
        replace(speaker("m", e1="a.e1", e2="a.e2", ae0=""), members=parts),
        replace(speaker("a", e1="m.e1", e2="m.e2", ae0=""), members=parts),
    )
    inventory = declared()
    inventory.links["l"] = Link("l", "m", "a", *ports)
    assert found(heard(inventory, *ends)).drifts == ()
    plain = [replace(end, members=()) for end in ends]
    assert found(heard(inventory, *plain)).drifts != ()


def test_the_same_words_again_are_no_news_but_others_are() -> None:
    discovery = heard(declared("m.e1-a.e1"), speaker("m", e1="a.e1"))
    found(discovery)
    discovery.hear(speaker("m", 600.0, e1="a.e1"))
    assert not discovery.due(600.0)
    discovery.hear(speaker("m", 601.0, e2="a.e1"))
    assert discovery.due(601.0)


def without(speaker: Speaker, *tables: str) -> Speaker:
    """What is heard of the same node while these tables cannot be read."""
    blank = Speaker(speaker.node, 0.0)
    gone = {field: getattr(blank, field) for table in tables for field in TABLES[table]}
    lacks = tuple(Unheard(table, "no answer") for table in tables)
    return replace(speaker, **gone, unheard=lacks)


def test_a_table_that_could_not_be_read_says_nothing_of_its_links() -> None:
    whole = speaker("m", e1="a.e1"), speaker("a", e1="m.e1", e2="b.e1"), speaker("b", e1="a.e2")
    discovery = heard(declared("m.e1-a.e1"), *whole)
    before = found(discovery)
    for each in whole:
        discovery.hear(replace(without(each, "lldp"), heard_at=HALF_AN_HOUR))
    after = found(discovery, now=HALF_AN_HOUR)
    assert after.drifts == before.drifts
    assert after.found == before.found != ()
    assert after.seen == before.seen
    assert {edge.seen_at for edge in after.edges} == {0.0}  # when it was told indeed


@pytest.mark.parametrize("table", TABLES)
def test_any_table_that_could_not_be_read_leaves_its_words_of_before_standing(table: str) -> None:
    whole = replace(
        speaker("a", e1="b.e1", e2=""),
        addresses=(Address("192.0.2.1", 30, 1),),
        cdp=(CdpNeighbour(2, "c", "e1"),),
        members=(Member(1, 2),),
    )
    discovery = heard(declared(), whole, speaker("b", e1="a.e1"))
    before = found(discovery)
    discovery.hear(replace(without(whole, table), heard_at=HALF_AN_HOUR))
    after = found(discovery, now=HALF_AN_HOUR)
    assert [(edge.a, edge.b) for edge in after.edges] == [(e.a, e.b) for e in before.edges]
    assert after.found == before.found
    discovery.hear(replace(speaker("a", e1="", e2=""), heard_at=2 * HALF_AN_HOUR))
    assert len(found(discovery, now=2 * HALF_AN_HOUR).edges) == 1  # of b alone


def test_what_a_table_told_ages_while_it_cannot_be_read() -> None:
    ends = speaker("a", e1="b.e9"), speaker("b", e9="a.e1")
    discovery = heard(declared("a.e1-b.e9"), *ends)
    undeclared = heard(declared(), *ends)
    for turn in range(1, AGED_AFTER + 2):
        for each in ends:
            again = replace(without(each, "lldp"), heard_at=turn * HALF_AN_HOUR)
            undeclared.hear(again)
            discovery.hear(again)
        assert bool(found(undeclared, now=turn * HALF_AN_HOUR).found) == (turn <= AGED_AFTER)
        assert found(discovery, now=turn * HALF_AN_HOUR).drifts == ()


def test_nothing_is_unseen_that_an_unread_table_may_know() -> None:
    ends = speaker("m", e1="", e2="b.e1"), speaker("a", e1="", e2="c.e1")
    for table in TABLES:
        discovery = heard(declared("m.e1-a.e1"), ends[0], without(ends[1], table))
        kinds = {drift.kind for drift in found(discovery).drifts}
        assert DriftKind.UNSEEN not in kinds, table
        discovery.hear(ends[1])
        assert DriftKind.UNSEEN in {drift.kind for drift in found(discovery).drifts}


def test_a_node_whose_addresses_cannot_be_read_is_known_by_that_of_the_inventory() -> None:
    by_address = LldpNeighbour(1, "", 5, "e1", name="", addresses=("192.0.2.3",))
    near = replace(speaker("a", e1=""), lldp=(by_address,))
    far = without(replace(speaker("b", e1=""), name="other"), "addresses")
    inventory = declared()
    inventory.nodes["b"] = replace(inventory.nodes["b"], address="192.0.2.3")
    (drift,) = found(heard(inventory, near, far), now=HALF_AN_HOUR).drifts
    assert drift.kind is DriftKind.UNDECLARED


def test_words_of_before_are_dropped_when_the_interfaces_were_numbered_anew() -> None:
    discovery = heard(declared(), speaker("a", e1="b.e9", e2=""), speaker("b", e9="a.e1"))
    anew = replace(without(speaker("a", HALF_AN_HOUR, e2="", e1=""), "lldp"), heard_at=HALF_AN_HOUR)
    discovery.hear(anew)
    (edge,) = found(discovery, now=HALF_AN_HOUR).edges
    assert edge.a.port == "e1"  # as b alone has it
    assert edge.confidence == pytest.approx(0.95)


def test_what_was_read_of_a_table_counts_once_its_words_of_before_are_old() -> None:
    def in_part(at: float) -> Speaker:
        part = replace(
            speaker("a", at, e1="c.e1"), unheard=(Unheard("lldp", "genErr at 1.0.8802"),)
        )
        return replace(part, interfaces=(Interface(1, "e1"), Interface(2, "e2")))

    discovery = heard(declared(), speaker("a", e1="c.e1", e2="b.e1"))
    discovery.hear(in_part(HALF_AN_HOUR))
    assert len(found(discovery, now=HALF_AN_HOUR).edges) == 2
    late = (AGED_AFTER + 1) * HALF_AN_HOUR
    discovery.hear(in_part(late))
    (edge,) = found(discovery, now=late).edges
    assert (edge.b.node, edge.seen_at) == ("c", late)


def test_who_could_not_be_heard_whole_since_the_start_may_still_tell_of_something() -> None:
    inventory = declared()
    inventory.nodes["a"] = replace(inventory.nodes["a"], credential="snmp")
    discovery = heard(inventory, without(speaker("a", e1="b.e9"), "lldp"))
    assert not found(discovery).whole  # so that links found before the start stay
    assert found(discovery, now=HALF_AN_HOUR).whole
    discovery.hear(speaker("a", 1.0, e1="b.e9"))
    discovery.hear(without(speaker("a", e1="b.e9"), "lldp"))
    assert found(discovery).whole


def test_what_was_read_in_part_is_never_taken_for_the_whole() -> None:
    def in_part(at: float, **ports: str) -> Speaker:
        return replace(speaker("a", at, **ports), unheard=(Unheard("lldp", "genErr at 1.0.8802"),))

    discovery = heard(declared("m.e1-a.e1"), speaker("m", e1="", e2="b.e1"))
    discovery.hear(in_part(0.0, e1="", e2="c.e1"))
    discovery.hear(in_part(1.0, e1="", e2="b.e2"))
    findings = found(discovery, now=1.0)
    assert {edge.b.node for edge in findings.edges if edge.a.node == "a"} == {"b"}  # the newer part
    discovery.hear(replace(without(speaker("a", e1="", e2=""), "lldp"), heard_at=2.0))
    later = found(discovery, now=2.0)
    assert later.edges == findings.edges
    assert DriftKind.UNSEEN not in {drift.kind for drift in later.drifts}


def test_a_common_network_is_told_as_of_when_the_addresses_were_heard() -> None:
    ends = [
        replace(Speaker(node, 0.0, node), interfaces=(Interface(1, "e1"),), addresses=(own,))
        for node, own in (("a", Address("10.0.0.1", 30, 1)), ("b", Address("10.0.0.2", 30, 1)))
    ]
    discovery = heard(declared(), *ends)
    for each in ends:
        discovery.hear(replace(without(each, "addresses"), heard_at=HALF_AN_HOUR))
    (edge,) = found(discovery, now=HALF_AN_HOUR).edges
    assert (edge.sources, edge.seen_at) == ((Source.SUBNET,), 0.0)
