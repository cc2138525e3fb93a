"""A small country, and a daemon's face to the API over real parts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from collector.sample import Facts, Reach
from configs.inventory import (
    GroupKind,
    Inventory,
    Link,
    Node,
    Province,
    Reachability,
    RiskGroup,
    Role,
    Site,
    SiteKind,
)
from store.database import Store
from store.record import Event, TopologyDecision
from store.series import SeriesMemory
from tests.series.fleet import layout, readings
from topology.coverage import Coverage
from topology.discovered import Findings
from topology.drift import Drift, DriftKind, found_links
from topology.fusion import Edge, End, Source, Stranger
from topology.outage import Outage, Root, RootKind, Severity
from topology.outages import Clock
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

NOW = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)


def country() -> Inventory:
    """Two provinces: a hub with two communes behind it, and one with a name to be escaped."""
    return Inventory(
        provinces={
            "01": Province("01", "Thành phố Hà Nội", "01"),
            "66": Province("66", 'Đắk "Lắk" \\ Cao\nnguyên', "66"),
        },
        sites={
            "hub-66": Site("hub-66", "Trung tâm tỉnh Đắk Lắk", SiteKind.HUB, "66"),
            "c-1": Site("c-1", "Xã Ea Súp", SiteKind.COMMUNE, "66", "24178"),
            "c-2": Site("c-2", "Phường Buôn Ma Thuột", SiteKind.COMMUNE, "66", "24133"),
            "dc-1": Site("dc-1", "Trung tâm dữ liệu 1", SiteKind.DATA_CENTRE, "01"),
        },
        nodes={
            "core-1": Node("core-1", "dc-1", "127.1.0.1", Role.CORE, "Lõi 1"),
            "hub-66-a": Node("hub-66-a", "hub-66", "127.1.0.2", Role.HUB, "Bộ định tuyến A"),
            "cpe-1": Node("cpe-1", "c-1", "127.1.0.3", Role.CPE, "CPE Ea Súp"),
            "cpe-2": Node("cpe-2", "c-2", "127.1.0.4", Role.CPE, "CPE Buôn Ma Thuột"),
        },
        links={
            "l-hub": Link("l-hub", "core-1", "hub-66-a", "Gi0/1", "Gi0/0", "VNPT", 10**9),
            "l-1": Link("l-1", "hub-66-a", "cpe-1"),
            "l-2": Link("l-2", "hub-66-a", "cpe-2"),
        },
        groups={"duct": RiskGroup("duct", GroupKind.DUCT, ("link:l-1", "link:l-2"), "Cống bể")},
        monitors=("core-1",),
    )


def all_up(inventory: Inventory, sequence: int = 1) -> Snapshot:
    def counted(province: str | None) -> Coverage:
        total = sum(province in (None, s.province) for s in inventory.sites.values())
        return Coverage(total, total, 0, 0, 0)

    return Snapshot(
        sequence=sequence,
        at=NOW,
        started_at=NOW - timedelta(hours=1),
        inventory=inventory,
        nodes={
            n: NodeView(
                n, NodeState.UP, NOW - timedelta(hours=1), last_seen=NOW, looked_at=NOW,
                rtt_s=0.012, jitter_s=0.001, loss_ratio=0.0,
            )
            for n in inventory.nodes
        },
        sites=dict.fromkeys(inventory.sites, NodeState.UP),
        coverage=counted(None),
        provinces={p: counted(p) for p in inventory.provinces},
        outages=(),
    )  # fmt: skip


def hub_cut(before: Snapshot, *, maintenance: bool = False) -> Snapshot:
    """The hub of Đắk Lắk is down and its communes are behind it."""
    states = {
        "hub-66-a": NodeState.DOWN,
        "cpe-1": NodeState.UNREACHABLE,
        "cpe-2": NodeState.UNREACHABLE,
    }
    nodes = dict(before.nodes)
    for node, state in states.items():
        nodes[node] = replace(
            nodes[node], state=state, since=NOW, rtt_s=None, jitter_s=None, outage="o-1",
            maintenance=maintenance,
        )  # fmt: skip
    outage = Outage(
        "o-1",
        Root(RootKind.NODE, "hub-66-a"),
        Severity.CRITICAL,
        NOW,
        ("hub-66-a",),
        ("cpe-1", "cpe-2"),
        alternatives=(Root(RootKind.LINK, "l-hub"),),
        confidence=0.9,
    )
    planned = 3 if maintenance else 0
    return replace(
        before,
        sequence=before.sequence + 1,
        nodes=nodes,
        sites=dict(before.sites)
        | {"hub-66": NodeState.DOWN}
        | dict.fromkeys(("c-1", "c-2"), NodeState.UNREACHABLE),
        coverage=Coverage(4, 1, 1, 2, 0, planned),
        provinces={"01": Coverage(1, 1, 0, 0, 0), "66": Coverage(3, 0, 1, 2, 0, planned)},
        outages=(outage,),
        changed_nodes=tuple(states),
    )


def polled(inventory: Inventory) -> SeriesMemory:
    """Every node polled twice, and looked at."""
    memory = SeriesMemory(inventory, history_s=300, step_s=30)
    shape = layout()
    memory.tick(0)
    for at in (10.0, 40.0, 70.0):
        for node in inventory.nodes:
            memory.put(readings(node, at, shape, {"ifHCInOctets": 2.0**40 + at * 1000}))
            memory.put_reach(Reach(node, at, Reachability.ICMP, True, 0.012, 0.001))
        memory.tick(at)
    for node in inventory.nodes:
        memory.put_reach(Reach(node, 80.0, Reachability.ICMP, True, 0.012, 0.001))
    memory.tick(90.0)
    memory.put_facts(Facts("cpe-1", 80.0, "15.2(4)M", 4000.0))
    return memory


@dataclass
class Wiring:
    """Keeps decisions in memory; the store is not asked."""

    findings: Findings = field(default_factory=Findings)
    decisions: dict[str, TopologyDecision] = field(default_factory=dict)

    async def decide(self, decision: TopologyDecision) -> None:
        self.decisions[decision.key] = decision

    async def undecide(self, key: str, author: str) -> bool:
        return self.decisions.pop(key, None) is not None


def rewired() -> Findings:
    """One drift of every kind; the cable that was found is in the graph."""
    cable = Edge(End("cpe-1", "Gi0/9"), End("cpe-2", "Gi0/9"), (Source.LLDP,), 0.9975, 40.0)
    moved = Edge(End("core-1", "Gi0/7"), End("hub-66-a", "Gi0/1"), (Source.LLDP,), 0.95, 90.0)
    printer = Stranger(End("cpe-2", "Gi0/3"), Source.CDP, "máy in")
    drifts = (
        Drift(DriftKind.UNDECLARED, edge=cable),
        Drift(DriftKind.DISAGREEING, "l-hub", moved),
        Drift(DriftKind.UNSEEN, "l-1"),
        Drift(DriftKind.STRANGER, stranger=printer),
    )
    joined = tuple(found_links(drifts))
    return Findings(
        Clock(100.0, NOW),
        (cable, moved),
        {"l-hub": moved} | {link.id: edge for link, edge, _ in joined},
        drifts,
        tuple(link for link, _, _ in joined),
        whole=True,
    )


@dataclass
class Daemon:
    """`publish` stands in for the engine."""

    store: Store
    present: Snapshot = field(default_factory=lambda: all_up(country()))
    series: SeriesMemory = field(default_factory=lambda: polled(country()))
    language: str = "en"
    reasons: list[str] = field(default_factory=list)
    silenced_outages: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    wiring: Wiring = field(default_factory=Wiring)
    newer: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self, snapshot: Snapshot) -> None:
        self.present = snapshot
        self.newer.set()
        self.newer = asyncio.Event()

    def snapshot(self) -> Snapshot:
        return self.present

    async def wait_newer(self, sequence: int) -> Snapshot:
        while self.present.sequence <= sequence:
            await self.newer.wait()
        return self.present

    def silenced(self) -> set[str]:
        return self.silenced_outages

    def ready(self) -> Sequence[str]:
        return self.reasons

    def poll(self, node: str) -> None:
        self.asked.append(node)

    def planned_changed(self, event: Event) -> None:
        self.told.append(event)
