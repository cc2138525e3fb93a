from __future__ import annotations

from store.database import Store
from store.record import AlertStatus, OutboxAlert, Record
from tests.store.material import alert, later, outage
from topology.outage import Severity

FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL


async def steps(store: Store) -> list[tuple[str, str]]:
    return [(waiting.alert.step, waiting.alert.receiver) for waiting in await store.pending()]


async def deliver_all(store: Store) -> list[OutboxAlert]:
    waiting = await store.pending()
    for one in waiting:
        await store.delivered(one, later(1))
    return waiting


async def test_committing_the_same_record_again_pages_nobody_twice(store: Store) -> None:
    record = Record(alerts=(alert(),))
    for _ in range(2):
        assert await store.commit(record) == [alert()]
        assert await steps(store) == [("critical", "noc")]
    await deliver_all(store)
    assert await store.commit(record) == []
    assert await store.pending() == []


async def test_a_firing_and_its_resolved_are_both_delivered_in_order(store: Store) -> None:
    await store.commit(Record(alerts=(alert(),)))
    await store.commit(Record(alerts=(alert(RESOLVED),)))
    assert await steps(store) == [("critical", "noc"), ("resolved", "noc")]


async def test_an_undelivered_firing_takes_the_newest_content(store: Store) -> None:
    await store.commit(Record(alerts=(alert(text="97 xã"),)))
    assert await store.commit(Record(alerts=(alert(text="98 xã"),))) == [alert(text="98 xã")]
    (waiting,) = await store.pending()
    assert waiting.alert.annotations == {"summary": "98 xã"}


async def test_a_delivered_firing_is_not_sent_again_when_it_is_revised(store: Store) -> None:
    await store.commit(Record(alerts=(alert(text="97 xã"),)))
    await deliver_all(store)
    await store.commit(Record(alerts=(alert(text="98 xã"),)))
    assert await store.pending() == []


async def test_a_delivered_warning_that_becomes_critical_pages_once_more(store: Store) -> None:
    await store.commit(Record(alerts=(alert(severity=WARNING),)))
    await deliver_all(store)
    for severity in (CRITICAL, WARNING, CRITICAL):
        await store.commit(Record(alerts=(alert(severity=severity),)))
    (waiting,) = await deliver_all(store)
    assert waiting.alert.step == "critical"
    assert waiting.sent_labels == {"outage": "o1", "severity": "warning"}
    for severity in (WARNING, CRITICAL):
        assert await store.commit(Record(alerts=(alert(severity=severity),))) == []


async def test_a_warning_that_rises_while_it_is_being_sent_pages_once_more(store: Store) -> None:
    await store.commit(Record(alerts=(alert(severity=WARNING),)))
    (under_way,) = await store.pending()
    await store.commit(Record(alerts=(alert(severity=CRITICAL),)))
    await store.delivered(under_way, later(1))
    (risen,) = await deliver_all(store)
    assert risen.alert.severity is CRITICAL
    assert risen.sent_labels == under_way.alert.labels
    assert await store.pending() == []


async def test_a_waiting_critical_does_not_become_a_warning(store: Store) -> None:
    await store.commit(Record(alerts=(alert(severity=CRITICAL),)))
    await store.commit(Record(alerts=(alert(severity=WARNING),)))
    assert await steps(store) == [("critical", "noc")]
    await deliver_all(store)
    await store.commit(Record(alerts=(alert(severity=CRITICAL),)))
    assert await store.pending() == []


async def test_a_suppressed_alert_pages_nobody_and_has_no_resolved(store: Store) -> None:
    assert await store.commit(Record(alerts=(alert(suppressed="maintenance"),))) == []
    assert await store.suppressed() == {"o1"}
    assert await store.commit(Record(alerts=(alert(RESOLVED),))) == []
    assert await store.pending() == []
    (kept,) = await store.alerts()
    assert kept.alert.suppressed == "maintenance"


async def test_a_suppressed_alert_pages_when_its_reason_goes_away(store: Store) -> None:
    await store.commit(Record(alerts=(alert(suppressed="silence"),)))
    assert await store.commit(Record(alerts=(alert(),))) == [alert()]
    assert await store.suppressed() == frozenset()
    await store.commit(Record(alerts=(alert(RESOLVED),)))
    assert await steps(store) == [("critical", "noc"), ("resolved", "noc")]


async def test_nothing_follows_a_resolved(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(RESOLVED), alert(), alert(RESOLVED))))
    assert await steps(store) == [("critical", "noc"), ("resolved", "noc")]


async def test_receivers_and_outages_are_apart(store: Store) -> None:
    await store.commit(
        Record(alerts=(alert(), alert(receiver="boss"), alert(outage="o2", receiver="boss")))
    )
    assert await steps(store) == [("critical", "noc"), ("critical", "boss"), ("critical", "boss")]
    assert [a.alert.outage for a in await store.alerts(receiver="boss")] == ["o2", "o1"]
    assert len(await store.alerts(outage="o1", undelivered=True)) == 2
    assert len(await store.alerts(limit=1)) == 1


async def test_attempts_and_the_last_error_are_kept(store: Store) -> None:
    await store.commit(Record(alerts=(alert(),)))
    (waiting,) = await store.pending()
    await store.failed(waiting, "HTTP 500")
    (waiting,) = await store.pending()
    assert (waiting.attempts, waiting.last_error) == (1, "HTTP 500")
    await store.delivered(waiting, later(9))
    (done,) = await store.alerts()
    assert (done.attempts, done.last_error, done.delivered) == (2, "", later(9))


async def test_what_a_receiver_was_told_of_open_outages_can_be_told_again(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(outage="o2"), alert(outage="o3"))))
    first, second, _third = await store.pending()
    await store.delivered(first, later(1))
    await store.delivered(second, later(1))
    await store.commit(Record(alerts=(alert(RESOLVED),)))
    assert [told.alert.outage for told in await store.firing("noc")] == ["o2"]
    assert await store.firing("boss") == []


async def test_what_is_over_is_neither_firing_nor_held_back_whoever_was_told(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(outage="o2", suppressed="silence"))))
    await deliver_all(store)
    assert len(await store.firing("noc")) == len(await store.suppressed()) == 1
    over = tuple(outage(name, ended=later(60)) for name in ("o1", "o2"))
    await store.commit(Record(outages=over))  # of a receiver that wants no resolved
    assert await store.firing("noc") == []
    assert await store.suppressed() == frozenset()


async def test_every_receiver_that_there_was_is_known(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(receiver="old"), alert(RESOLVED))))
    assert await store.receivers() == {"noc", "old"}
