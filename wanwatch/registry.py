"""The registry: what every node is, and when it became another."""

from __future__ import annotations

from datetime import datetime, timedelta

from collector.sample import Facts, Survey
from configs.inventory import Inventory
from store.series import SeriesMemory
from topology.identity import NodeIdentity, sighted
from wanwatch.ledger import Ledger

SEEN_AGAIN = timedelta(hours=1)  # that a node is still what it was is written no more often


class Registry:
    """Remembers what nodes are, and has it entered in the ledger. `rules`: which ones they are
    recognised by."""

    def __init__(self, series: SeriesMemory, ledger: Ledger, rules: str) -> None:
        self._series = series
        self._ledger = ledger
        self._rules = rules

    def note(self, sample: Survey | Facts, inventory: Inventory, at: datetime) -> None:
        """Takes a look at a node that ended `at`. A command line tells the same in other words
        than SNMP, so it is believed only of nodes that do not speak SNMP."""
        node = inventory.nodes.get(sample.node)
        if node is None or (isinstance(sample, Facts) and node.credential is not None):
            return
        before = self._series.identities.get(node.id)
        sighting, changes = sighted(before, node.id, _told(sample), at, self._rules)
        if (
            before is not None
            and (sighting.identity, sighting.rules) == (before.identity, before.rules)
            and at - before.last_seen < SEEN_AGAIN
        ):
            return
        self._series.put_identities([sighting])
        self._ledger.sighted(sighting, changes)


def _told(sample: Survey | Facts) -> NodeIdentity:
    if isinstance(sample, Facts):
        return NodeIdentity(hardware=sample.hardware, version=sample.version, serial=sample.serial)
    told = sample.portrait.identity
    return NodeIdentity(told.vendor, told.os, told.hardware, told.version, told.serial)
