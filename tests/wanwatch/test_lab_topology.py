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
from tests.lab.conftest import running
from tests.topology.nation import START
from topology.discovered import Discovery, Findings
from topology.drift import DriftKind
from topology.outages import Clock

HEARD_AT = 100.0


async def heard(folder: Path) -> tuple[Inventory, Discovery]:
    """(what the lab declares, what all its devices said)."""
    async with running(folder / "lab", communes=34) as info, SnmpEngine() as engine:
        configuration = load(info.config)
        inventory = configuration.inventory
        discovery = Discovery(inventory, 1800.0)
        for node in inventory.nodes.values():
            if node.credential is None:
                continue
            credential = configuration.snmp[node.credential]
            target = Target(node.id, node.address, node.port, credential, retries=3)
            discovery.hear(await speak(Reading(engine, target), node.id, HEARD_AT))
    return inventory, discovery


def findings(discovery: Discovery, inventory: Inventory) -> Findings:
    discovery.replace(inventory)
    return discovery.work(Clock(HEARD_AT, START), frozenset(), frozenset())()


async def test_the_lab_is_wired_as_declared_and_what_is_taken_out_of_the_inventory_is_found(
    tmp_path: Path,
) -> None:
    inventory, discovery = await heard(tmp_path)
    whole = findings(discovery, inventory)
    assert whole.drifts == whole.found == ()
    assert whole.seen.keys() == inventory.links.keys()

    trunk = next(link for link in inventory.links.values() if link.a.startswith("hub-"))
    fewer = {id_: link for id_, link in inventory.links.items() if link is not trunk}
    short = findings(discovery, replace(inventory, links=fewer))
    assert [drift.kind for drift in short.drifts] == [DriftKind.UNDECLARED]
    (found,) = short.found
    assert {found.a, found.b} == {trunk.a, trunk.b}

    swapped = replace(trunk, a_port="eth99")
    moved = findings(discovery, replace(inventory, links=fewer | {trunk.id: swapped}))
    assert [(drift.kind, drift.link) for drift in moved.drifts] == [
        (DriftKind.DISAGREEING, trunk.id)
    ]
