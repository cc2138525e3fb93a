"""From a survey to the history of a node and its events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from collector.portrait import Identity, Portrait
from collector.sample import Facts, Survey
from configs.inventory import Inventory
from configs.messages import messages
from exporters.alerts.pager import Pager
from store.database import Store
from store.record import Event, Record
from store.series import SeriesMemory
from tests.exporters.daemon import NOW, all_up, country
from topology.situation import Turn
from topology.snapshot import Snapshot
from wanwatch.ledger import Ledger
from wanwatch.registry import Registry

ISR = Identity("iosxe", "Cisco", "ISR4321/K9", "17.9.4a", "FDO1", "cpe-1", "", "", "")
SPEAKING = country()
SPEAKING = replace(
    SPEAKING, nodes={n: replace(node, credential="v2c") for n, node in SPEAKING.nodes.items()}
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store, Pager((), language="en", external_url="", held=()), lambda: None)


@pytest.fixture
def registry(ledger: Ledger) -> Registry:
    return Registry(SeriesMemory(SPEAKING), ledger, "rules")


def survey(identity: Identity) -> Survey:
    return Survey("cpe-1", 1.0, Portrait(identity, *((),) * 9))


def turn(snapshot: Snapshot | None = None) -> Turn:
    return Turn((), (), (), (), frozenset(), snapshot or all_up(SPEAKING))


async def test_a_swapped_box_is_told_with_both_serials_and_kept(
    registry: Registry, ledger: Ledger, store: Store
) -> None:
    await ledger.enter(turn())
    registry.note(survey(ISR), SPEAKING, NOW)
    await ledger.enter(turn())
    assert await store.events() == []
    registry.note(survey(replace(ISR, serial="FDO2")), SPEAKING, NOW + timedelta(days=1))
    await ledger.enter(turn())
    (event,) = await store.events()
    assert (event.kind, event.node, event.site) == ("event.serial.changed", "cpe-1", "c-1")
    assert messages("en")(event.kind, **event.params) == (
        "CPE Ea Súp has another serial number: FDO1 → FDO2"
    )
    assert [seen.identity.serial for seen in await store.identities_of("cpe-1")] == ["FDO2", "FDO1"]


async def test_every_change_has_a_sentence_in_both_languages(
    registry: Registry, ledger: Ledger, store: Store
) -> None:
    await ledger.enter(turn())
    registry.note(survey(ISR), SPEAKING, NOW)
    other = Identity("vrp", "Huawei", "AR169F", "5.170", "2102", "", "", "", "")
    registry.note(survey(other), SPEAKING, NOW + timedelta(days=1))
    await ledger.enter(turn())
    events = await store.events()
    assert len(events) == 4
    for event in events:
        for language in ("vi", "en"):
            sentence = messages(language)(event.kind, **event.params)
            assert event.params["old"] in sentence
            assert event.params["new"] in sentence


async def test_what_has_not_changed_is_not_written_every_time(
    registry: Registry, ledger: Ledger, store: Store
) -> None:
    registry.note(survey(ISR), SPEAKING, NOW)
    registry.note(survey(ISR), SPEAKING, NOW + timedelta(minutes=30))
    await ledger.enter(turn())
    (seen,) = await store.identities_of("cpe-1")
    assert seen.last_seen == NOW
    registry.note(survey(ISR), SPEAKING, NOW + timedelta(days=1))
    await ledger.enter(turn())
    (seen,) = await store.identities_of("cpe-1")
    assert seen.last_seen == NOW + timedelta(days=1)


@pytest.mark.parametrize(("inventory", "known"), [(SPEAKING, 0), (country(), 1)])
def test_a_command_line_is_believed_only_where_there_is_no_snmp(
    ledger: Ledger, inventory: Inventory, known: int
) -> None:
    series = SeriesMemory(inventory)
    Registry(series, ledger, "rules").note(Facts("cpe-1", 1.0, "15.2(4)M", 4000.0), inventory, NOW)
    assert len(series.identities) == known


def test_who_is_not_in_the_inventory_is_not_remembered(registry: Registry, ledger: Ledger) -> None:
    registry.note(replace(survey(ISR), node="gone"), SPEAKING, NOW)
    assert registry._series.identities == {}


async def test_what_is_noted_while_a_turn_is_written_is_not_lost(
    ledger: Ledger, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = store.commit

    async def slowly(record: Record) -> object:
        ledger.note(Event(NOW, "event.daemon.stopped"))
        monkeypatch.setattr(store, "commit", commit)
        return await commit(record)

    ledger.note(Event(NOW, "event.store.recovered"))
    monkeypatch.setattr(store, "commit", slowly)
    await ledger.enter(turn())
    await ledger.enter(turn())
    kinds = [event.kind for event in await store.events()]
    assert kinds == ["event.daemon.stopped", "event.store.recovered"]
