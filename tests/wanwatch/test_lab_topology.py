"""The lab's devices tell of the very network that its inventory declares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from collector.discovery.reading import Reading
from collector.discovery.speaking import speak
from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from configs.inventory import Inventory
from configs.loader import load
from lab.country import build
from tests.lab.conftest import running
from tests.topology.world import START
from topology.discovered import Discovery, Findings
from topology.drift import DriftKind
from topology.outages import Clock

HEARD_AT = 100.0


async def heard(folder: Path) -> tuple[Inventory, Inventory, Discovery]:
    """(what is there, what the lab declares without one cable, what all its devices said)."""
    async with (
        running(folder / "lab", communes=34, undeclared=1, seed=1) as info,
        SnmpEngine() as engine,
    ):
        configuration = load(info.config)
        inventory = configuration.inventory
        discovery = Discovery(inventory, 1800.0)
        for node in inventory.nodes.values():
            if node.credential is None:
                continue
            credential = configuration.snmp[node.credential]
            target = Target(node.id, node.address, node.port, credential, retries=3)
            discovery.hear(await speak(Reading(engine, target), node.id, HEARD_AT))
    there = replace(inventory, links=build(1, 34).inventory.links)
    return there, inventory, discovery


def findings(discovery: Discovery, inventory: Inventory) -> Findings:
    discovery.replace(inventory)
    return discovery.work(Clock(HEARD_AT, START), frozenset(), frozenset())()


async def test_the_lab_is_wired_as_it_says_and_a_cable_that_it_does_not_declare_is_found(
    tmp_path: Path,
) -> None:
    there, declared, discovery = await heard(tmp_path)
    whole = findings(discovery, there)
    assert whole.drifts == whole.found == ()
    assert whole.seen.keys() == there.links.keys()

    (trunk,) = (there.links[id_] for id_ in there.links.keys() - declared.links.keys())
    short = findings(discovery, declared)
    assert [drift.kind for drift in short.drifts] == [DriftKind.UNDECLARED]
    (found,) = short.found
    assert {found.a, found.b} == {trunk.a, trunk.b}

    swapped = replace(trunk, a_port="eth99")
    moved = findings(discovery, replace(there, links=there.links | {trunk.id: swapped}))
    assert [(drift.kind, drift.link) for drift in moved.drifts] == [
        (DriftKind.DISAGREEING, trunk.id)
    ]
