"""The ledger, where the store fails."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from exporters.alerts.pager import Pager
from store.database import Store
from store.errors import UnreachableError
from store.record import Alert, Record
from tests.alerts.material import receiver
from tests.topology.nation import nation
from tests.topology.world import World
from wanwatch.ledger import Ledger


class Severed:
    """A server whose connection breaks once, after it has committed."""

    def __init__(self) -> None:
        self.kept: list[Record] = []

    async def commit(self, record: Record) -> list[Alert]:
        self.kept.append(record)
        if len(self.kept) == 1:
            raise UnreachableError("the server does not answer")
        return []  # it has all of it


async def test_a_page_whose_commit_was_not_acknowledged_goes_out_once_it_is() -> None:
    world = World(nation())
    world.run(8)
    world.fail("node:cpe-0-2")
    ((_, outage),) = world.run(8).opened
    over = replace(world.turn, ended=(replace(outage, ended=world.utc(world.now)),))
    store, rang = Severed(), list[bool]()
    ledger = Ledger(
        cast(Store, store),
        Pager([receiver()], language="en"),
        lambda: rang.append(True),
    )
    await ledger.enter(over)
    assert ledger.failure
    assert not rang
    await ledger.enter(world.turn)
    assert not ledger.failure
    (failing,) = [e for e in store.kept[1].events if e.kind == "event.store.failing"]
    assert failing.params["cause"] == "unreachable"
    assert "resolved" in {alert.status for alert in store.kept[1].alerts}
    assert rang
