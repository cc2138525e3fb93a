"""What the monitor notices of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from configs.inventory import Inventory
from configs.messages import messages
from exporters.atlas import Atlas
from store.record import Event
from tests.exporters.daemon import NOW, country
from wanwatch.ledger import Ledger
from wanwatch.vigil import Vigil

INVENTORY = replace(
    country(), nodes={n: replace(node, credential="v3") for n, node in country().nodes.items()}
)


class Hands:
    """Two clocks that are set by hand."""

    def __init__(self) -> None:
        self.passed_s = 100.0
        self.calendar = NOW

    def monotonic(self) -> float:
        return self.passed_s

    def utc(self) -> datetime:
        return self.calendar

    def wait(self, seconds: float) -> None:
        self.passed_s += seconds
        self.calendar += timedelta(seconds=seconds)


class Noted:
    """The part of a ledger that takes events."""

    def __init__(self, inventory: Inventory) -> None:
        self.events: list[Event] = []
        self.pager = SimpleNamespace(atlas=Atlas(inventory))

    def note(self, event: Event) -> None:
        self.events.append(event)

    def said(self) -> list[str]:
        """What was told since the last call."""
        said = [messages("en")(event.kind, **event.params) for event in self.events]
        self.events.clear()
        return said


@pytest.fixture
def hands() -> Hands:
    return Hands()


def vigil(hands: Hands, refusing: set[tuple[str, str]]) -> tuple[Vigil, Noted]:
    noted = Noted(INVENTORY)
    return Vigil(lambda: refusing, cast(Ledger, noted), hands), noted


def test_a_calendar_that_jumps_an_hour_is_told_once_and_a_few_seconds_are_no_jump(
    hands: Hands,
) -> None:
    watching, noted = vigil(hands, set())
    for late_s in (0.0, 1.0, -1.0, 20.0):
        hands.calendar += timedelta(seconds=late_s)
        hands.wait(1.0)
        watching.look(INVENTORY)
    assert noted.said() == []
    hands.calendar -= timedelta(hours=1)
    for _ in range(3):
        hands.wait(1.0)
        watching.look(INVENTORY)
    assert noted.said() == ["The monitor's clock jumped by -3600 seconds"]


def test_a_refused_credential_is_told_once_by_node_and_once_when_it_is_accepted(
    hands: Hands,
) -> None:
    refusing = {("cpe-1", "snmp")}
    watching, noted = vigil(hands, refusing)
    for _ in range(3):
        watching.look(INVENTORY)
    (said,) = noted.said()
    assert said.endswith("refuses the SNMP credential: check v3")
    refusing.clear()
    for _ in range(3):
        watching.look(INVENTORY)
    (said,) = noted.said()
    assert said.endswith("accepts the SNMP credential again")


def test_a_node_that_is_declared_anew_is_not_said_to_accept(hands: Hands) -> None:
    refusing = {("cpe-1", "snmp")}
    watching, noted = vigil(hands, refusing)
    watching.look(INVENTORY)
    noted.said()
    refusing.clear()
    changed = replace(INVENTORY.nodes["cpe-1"], credential="other")
    watching.look(replace(INVENTORY, nodes={**INVENTORY.nodes, "cpe-1": changed}))
    assert noted.said() == []


def test_a_passphrase_that_is_wrong_everywhere_is_one_event(hands: Hands) -> None:
    refusing = {(node, "snmp") for node in INVENTORY.nodes}
    watching, noted = vigil(hands, refusing)
    watching.look(INVENTORY)
    (said,) = noted.said()
    assert said.startswith(f"{len(refusing)} nodes refuse")
