"""What follows a poll: rates, states, and the text for Prometheus, as in the daemon."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from collector.sample import Reach, Readings
from collector.snmp.target import Target
from configs.inventory import (
    Inventory,
    Link,
    Node,
    Province,
    Reachability,
    Role,
    Site,
    SiteKind,
)
from configs.module import Module
from configs.settings import Confirmation
from exporters.exposition import Format
from exporters.fleet import Fleet
from store.frame import frame
from store.kinds import kinds_of
from store.series import SeriesMemory
from topology.outages import Clock
from topology.situation import Situation

PROVINCES = 34


class Chain:
    """The rest of the daemon for a fleet of targets, fed by hand."""

    def __init__(self, fleet: Sequence[Target], module: Module) -> None:
        self.inventory = inventory_of(fleet)
        self.memory = SeriesMemory(self.inventory, kinds=kinds_of([module]))
        self.situation = Situation(
            self.inventory, Confirmation(), started=Clock(time.monotonic(), datetime.now(UTC))
        )
        self.fleet = Fleet([module])
        self.readings: list[Readings] = []

    def finish(self) -> int:
        """Takes in what was read and renders everything; octets of text."""
        for readings in self.readings:
            self.memory.put(readings)
        looks = [
            Reach(r.node, r.at, Reachability.SNMP, answered=True, rtt_s=r.took_s)
            for r in self.readings
        ]
        now = time.monotonic()
        self.situation.observe([*self.readings, *looks], now)
        while self.memory.tick(now):
            pass
        snapshot = self.situation.tick(now, datetime.now(UTC)).snapshot
        self.readings.clear()
        parts = self.fleet.render(
            snapshot,
            frame(self.memory),
            Format.TEXT,
            provinces=tuple(self.inventory.provinces),
            country=True,
        )
        return sum(map(len, parts))


def inventory_of(fleet: Sequence[Target]) -> Inventory:
    """The fleet as a star around its first node."""
    sites = {
        target.node: Site(target.node, target.node, SiteKind.COMMUNE, f"{i % PROVINCES:02}")
        for i, target in enumerate(fleet)
    }
    centre = fleet[0].node
    return Inventory(
        {f"{p:02}": Province(f"{p:02}", f"Tỉnh {p}") for p in range(PROVINCES)},
        sites,
        {t.node: Node(t.node, t.node, t.address, Role.CPE) for t in fleet},
        {t.node: Link(t.node, centre, t.node) for t in fleet[1:]},
        monitors=(centre,),
    )
