"""What nodes were, in both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.database import Store
from store.record import Event, Record
from topology.identity import NodeIdentity, Sighting

AT = datetime(2026, 1, 31, 8, 0, 0, 123456, tzinfo=UTC)
LATER = AT + timedelta(days=1)
OLD = Sighting("r1", NodeIdentity("Cisco", "iosxe", "ISR4321/K9", "17.9.4a", "FDO1"), AT, AT)
NEW = Sighting("r1", replace(OLD.identity, version="17.9.5a"), LATER, LATER)
OTHER = Sighting(
    "r2", NodeIdentity("Huawei", "vrp", "AR169F", "", "Sê-ri 2102"), AT, AT, "0.1.0 a1"
)


async def test_what_a_node_was_is_kept_and_what_it_is_stands_first(store: Store) -> None:
    await store.commit(Record(sightings=(OLD, OTHER)))
    await store.commit(Record(sightings=(NEW,), events=(Event(LATER, "event.version.changed"),)))
    assert await store.identities() == {"r1": NEW, "r2": OTHER}
    assert await store.identities_of("r1") == [NEW, OLD]
    assert await store.identities_of("r1", limit=1) == [NEW]
    assert await store.identities_of("nobody") == []


async def test_who_is_still_the_same_is_written_over(store: Store) -> None:
    await store.commit(Record(sightings=(OLD,)))
    seen = replace(OLD, last_seen=LATER, identity=replace(OLD.identity, vendor="Cisco Systems"))
    await store.commit(Record(sightings=(OLD, seen)))
    assert await store.identities_of("r1") == [seen]


async def test_a_record_of_sightings_alone_is_something_to_write() -> None:
    assert Record(sightings=(OLD,))
    assert Record(sightings=(OLD,)).then(Record(sightings=(NEW,))).sightings == (OLD, NEW)


async def test_what_nobody_has_seen_for_long_is_forgotten(store: Store) -> None:
    await store.commit(Record(sightings=(OLD, NEW, OTHER)))
    assert await store.prune(LATER) == 2
    assert await store.identities() == {"r1": NEW}


async def test_identities_outlive_the_daemon(url: str, tmp_path: Path) -> None:
    first = await Store.open(url, folder=tmp_path)
    await first.commit(Record(sightings=(OLD,)))
    await first.close()
    second = await Store.open(url, folder=tmp_path)
    assert await second.identities() == {"r1": OLD}
    await second.close()
