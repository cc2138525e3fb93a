"""Another configuration while alerts wait."""

from __future__ import annotations

import pytest

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.post_box import AT_ONCE
from store.database import Store
from store.record import AlertStatus, Record
from tests.alerts.delivering import delivering, patient
from tests.alerts.hook import HANG, hook
from tests.alerts.material import alert


@pytest.mark.parametrize("bad", [404, 500])
async def test_a_receiver_whose_url_was_mended_gets_everything_at_once(
    store: Store, bad: int
) -> None:
    await store.commit(Record(alerts=(alert(), alert(outage="o2"))))
    async with hook(lambda _call: bad) as wrong, hook() as right:
        access = ReceiverAccess("noc", "webhook", wrong.url)
        async with delivering(store, access, delay=patient) as it:
            await it.outbox.noted.wait()
            it.deliverer.use([ReceiverAccess("noc", "webhook", right.url)], external_url="")
            await it.settled()
        assert sorted(right.pages()) == [("o1", "firing"), ("o2", "firing")]


async def test_alerts_for_a_receiver_that_is_gone_wait_in_the_outbox(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = (alert(receiver="old"), alert(outage="o2", receiver="old"))
    await store.commit(Record(alerts=(*waiting, alert())))
    async with hook() as noc:
        present = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, present) as it:
            await noc.until(lambda h: len(h.taken) == 1)
            assert len(await store.pending()) >= 2
            old = ReceiverAccess("old", "webhook", noc.url)
            it.deliverer.use([present, old], external_url="")
            await it.settled()
        assert len(noc.pages()) == 3
    assert caplog.text.count("alerts wait for receiver old, which is not configured") == 1


async def test_a_reload_takes_alerts_away_from_an_address_that_hangs(store: Store) -> None:
    await store.commit(Record(alerts=tuple(alert(outage=f"o{n}") for n in range(AT_ONCE + 4))))
    async with hook(lambda _call: HANG) as wrong, hook() as right:
        access = ReceiverAccess("noc", "webhook", wrong.url, timeout_s=1.0)
        async with delivering(store, access) as it:
            await wrong.until(lambda h: len(h.calls) == AT_ONCE)
            it.deliverer.use([ReceiverAccess("noc", "webhook", right.url)], external_url="")
            await it.settled()
        assert len(wrong.calls) == AT_ONCE
    assert len(right.pages()) == AT_ONCE + 4


async def test_a_reload_changes_the_address_that_messages_give_for_more(store: Store) -> None:
    await store.commit(Record(alerts=(alert(),)))
    async with hook() as noc:
        access = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, access) as it:
            await it.settled()
            it.deliverer.use([access], external_url="http://wan.example")
            await store.commit(Record(alerts=(alert(AlertStatus.RESOLVED),)))
            it.notify()
            await it.settled()
    assert [call.json["externalURL"] for call in noc.taken] == ["", "http://wan.example"]
