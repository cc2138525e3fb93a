from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.figures import DELIVERY
from exporters.alerts.post_box import AT_ONCE
from exporters.program import program_registry
from store.database import Store
from store.record import AlertStatus, Event, OutboxAlert, Record
from tests.alerts.delivering import delivering, patient
from tests.alerts.hook import CUT_SHORT, HANG, HANG_UP, SLOWLY, Call, hook
from tests.alerts.material import alert, later
from topology.outage import Severity

FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED


def times(count: int, bad: int | str, then: int = 200) -> Callable[[Call], int | str]:
    """`bad` for the first `count` calls."""
    left = [bad] * count
    return lambda _call: left.pop() if left else then


async def test_a_page_goes_out_as_soon_as_it_is_announced(store: Store) -> None:
    async with hook() as noc, delivering(store, ReceiverAccess("noc", "webhook", noc.url)) as it:
        for n in range(2):
            await store.commit(Record(alerts=(alert(outage=f"o{n}"),)))
            it.notify()
            await it.settled()
        assert noc.pages() == [("o0", "firing"), ("o1", "firing")]
        (stats,) = it.deliverer.stats()
        assert (stats.attempted, stats.delivered, stats.failed, stats.waiting) == (2, 2, 0, 0)


@pytest.mark.parametrize("bad", [500, 503, 429, 404, 302, HANG_UP])
async def test_a_receiver_that_fails_for_a_while_gets_every_page_once_and_in_order(
    store: Store, bad: int | str
) -> None:
    await store.commit(Record(alerts=(alert(), alert(RESOLVED), alert(outage="o2"))))
    async with hook(times(9, bad)) as noc:
        async with delivering(store, ReceiverAccess("noc", "webhook", noc.url)) as it:
            await it.settled()
            (stats,) = it.deliverer.stats()
        assert sorted(noc.pages()) == [("o1", "firing"), ("o1", "resolved"), ("o2", "firing")]
        assert noc.pages().index(("o1", "firing")) < noc.pages().index(("o1", "resolved"))
        assert len({call.headers["idempotency-key"] for call in noc.calls}) == 3
        assert (stats.failed, stats.delivered) == (9, 3)


async def test_a_receiver_that_hangs_is_given_up_on_and_asked_again(store: Store) -> None:
    await store.commit(Record(alerts=(alert(),)))
    async with hook(times(2, HANG)) as noc:
        access = ReceiverAccess("noc", "webhook", noc.url, timeout_s=1.0)
        async with delivering(store, access) as it:
            await it.settled()
        assert noc.pages() == [("o1", "firing")]
    (done,) = await store.alerts()
    assert done.attempts == 3


async def test_an_outage_whose_page_is_refused_does_not_hold_up_another(store: Store) -> None:
    await store.commit(Record(alerts=(alert(outage="bad"), alert(outage="good"))))
    async with hook(lambda call: 400 if call.page[0] == "bad" else 200) as noc:
        access = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, access, delay=patient):
            await noc.until(lambda h: len(h.taken) == 1)
        assert noc.pages() == [("good", "firing")]
    assert [entry.alert.outage for entry in await store.pending()] == ["bad"]


async def test_a_receiver_that_works_again_gets_everything_at_once(store: Store) -> None:
    await store.commit(Record(alerts=tuple(alert(outage=f"o{n}") for n in range(4))))
    working = False
    async with hook(lambda _call: 200 if working else 500) as noc:
        access = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, access, delay=patient) as it:
            await noc.until(lambda h: len(h.calls) == 4)
            working = True
            await store.commit(Record(alerts=(alert(outage="o9"),)))
            it.notify()
            await it.settled()
        assert len(noc.pages()) == 5


async def test_a_page_that_was_put_off_is_not_sent_before_its_time_because_another_was_taken(
    store: Store,
) -> None:
    await store.commit(Record(alerts=tuple(alert(outage=f"o{n}") for n in range(4))))
    async with hook(lambda c: 200 if "new" in c.page[0] else "429 Wait\r\nRetry-After: 9") as noc:
        access = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, access, delay=patient) as it:
            await noc.until(lambda h: len(h.calls) == 4)
            for n in range(2):
                await store.commit(Record(alerts=(alert(outage=f"new-{n}"),)))
                it.notify()
                await it.outbox.emptied(left=4)
        assert len(noc.calls) == 6


async def test_any_number_of_receivers_that_hang_hold_up_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporters.alerts.delivery.GRACE_S", 0.0)
    names = [f"deaf-{n}" for n in range(100 // AT_ONCE + 1)]  # more than a client's usual hundred
    waiting = [alert(outage=f"o{n}", receiver=name) for n in range(AT_ONCE) for name in names]
    await store.commit(Record(alerts=tuple(waiting)))
    async with hook(lambda _call: HANG) as deaf, hook() as noc:
        accesses = [ReceiverAccess(name, "webhook", deaf.url, timeout_s=60.0) for name in names]
        accesses.append(ReceiverAccess("noc", "webhook", noc.url))
        async with delivering(store, *accesses) as it:
            await deaf.until(lambda h: len(h.calls) >= 100)
            await store.commit(Record(alerts=(alert(),)))
            it.notify()
            await noc.until(lambda h: len(h.taken) == 1)


async def test_every_receiver_has_its_own_queue(store: Store) -> None:
    await store.commit(Record(alerts=(alert(receiver="dead"), alert(receiver="noc"))))
    async with hook() as noc:
        dead = ReceiverAccess("dead", "webhook", "http://127.0.0.1:1/x")
        async with delivering(store, dead, ReceiverAccess("noc", "webhook", noc.url)):
            await noc.until(lambda h: len(h.taken) == 1)
    (left,) = await store.pending()
    assert left.alert.receiver == "dead"


async def test_the_body_is_signed(store: Store) -> None:
    await store.commit(Record(alerts=(alert(),)))
    async with hook() as noc:
        access = ReceiverAccess("noc", "webhook", noc.url, hmac_secret="tr0ng-đêm")
        async with delivering(store, access) as it:
            await it.settled()
    (call,) = noc.taken
    key = "tr0ng-đêm".encode()
    expected = hmac.new(key, call.body, hashlib.sha256).hexdigest()
    assert call.headers["x-wanwatch-signature"] == f"sha256={expected}"
    stamped = call.headers["x-wanwatch-timestamp"].encode() + b"." + call.body
    expected = hmac.new(key, stamped, hashlib.sha256).hexdigest()
    assert call.headers["x-wanwatch-timestamp-signature"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("template", "content_type", "body"),
    [
        ('{"text": {{ annotations.summary | tojson }}}', "application/json", b'{"text": "Hub'),
        ("{{ annotations.summary }}", "text/plain; charset=utf-8", b"Hub"),
        ("{{ broken }}", "application/json", b'{"version":"4"'),
    ],
)
async def test_an_operators_template_replaces_the_body_unless_it_is_broken(
    store: Store, tmp_path: Path, template: str, content_type: str, body: bytes
) -> None:
    path = tmp_path / "page.j2"
    path.write_text(template, "utf-8")
    await store.commit(Record(alerts=(alert(),)))
    async with hook() as noc:
        access = ReceiverAccess("noc", "webhook", noc.url, template=path)
        async with delivering(store, access) as it:
            await it.settled()
    (call,) = noc.taken
    assert call.headers["content-type"] == content_type
    assert call.body.startswith(body)


async def test_an_outage_that_rises_after_its_page_pages_again(store: Store) -> None:
    await store.commit(Record(alerts=(alert(severity=Severity.WARNING),)))
    async with hook() as noc, delivering(store, ReceiverAccess("noc", "webhook", noc.url)) as it:
        await it.settled()
        for then in (alert(), alert(RESOLVED)):
            await store.commit(Record(alerts=(then,)))
            it.notify()
            await it.settled()
        told = [(c.json["status"], c.json["commonLabels"]["severity"]) for c in noc.taken]
    assert told == [("firing", "warning"), ("firing", "critical"), ("resolved", "critical")]


async def test_pagerduty_gets_a_trigger_and_a_resolve_with_our_key(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(RESOLVED))))
    async with hook(lambda _call: 202) as pager:
        access = ReceiverAccess("noc", "pagerduty", pager.url, routing_key="R0UTE")
        async with delivering(store, access) as it:
            await it.settled()
    told = [(c.json["event_action"], c.json["routing_key"]) for c in pager.taken]
    assert told == [("trigger", "R0UTE"), ("resolve", "R0UTE")]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://noc/t0ken", "not an http:// or https:// URL"),
        ("nonsense", "not an http:// or https:// URL"),
        ("http://[bad/t0ken", "cannot be"),
        ("http://exa mple/t0ken", "cannot be reached"),
        ("http://\n/t0ken", "not an http:// or https:// URL"),
    ],
)
async def test_a_url_that_cannot_be_used_is_told_and_loses_nothing(
    store: Store, caplog: pytest.LogCaptureFixture, url: str, reason: str
) -> None:
    await store.commit(Record(alerts=(alert(),)))
    async with delivering(store, ReceiverAccess("noc", "webhook", url), delay=patient) as it:
        await it.outbox.noted.wait()
        (stats,) = it.deliverer.stats()
    assert reason in stats.error
    assert "t0ken" not in stats.error + caplog.text
    assert len(await store.pending()) == 1


async def test_an_alert_that_trips_over_a_library_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def trip(entry: OutboxAlert, _url: str) -> object:
        if entry.alert.outage == "bad":
            raise RuntimeError("secret")
        return {"groupLabels": {"outage": "good"}, "status": "firing"}

    monkeypatch.setattr("exporters.alerts.channel.webhook", trip)
    await store.commit(Record(alerts=(alert(outage="bad"), alert(outage="good"))))
    async with hook() as noc:
        access = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, access, delay=patient) as it:
            await it.outbox.emptied(left=1)
            await it.outbox.noted.wait()
    (left,) = await store.pending()
    assert left.last_error == "cannot be told: RuntimeError, see the log"
    assert "in trip" in caplog.text
    assert "secret" not in caplog.text.replace('raise RuntimeError("secret")', "")


async def test_a_page_under_way_is_brought_to_its_end_when_the_daemon_stops(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(RESOLVED))))
    async with hook(lambda _call: SLOWLY) as noc:
        async with delivering(store, ReceiverAccess("noc", "webhook", noc.url)):
            await noc.until(lambda h: len(h.calls) == 1)
        assert noc.pages() == [("o1", "firing")]
    assert [entry.alert.step for entry in await store.pending()] == ["resolved"]


async def test_a_failing_receiver_is_told_to_operators_once_and_without_its_secrets(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []
    await store.commit(Record(alerts=(alert(),)))
    echo = "401 No\r\nX: y"
    async with hook(times(5, echo)) as noc:
        access = ReceiverAccess("noc", "webhook", noc.url, hmac_secret="hush-hush")
        async with delivering(store, access, events=events) as it:
            await it.settled()
    assert [event.kind for event in events] == [
        "event.receiver.failing",
        "event.receiver.recovered",
    ]
    assert events[0].params == {
        "receiver": "noc",
        "error": "HTTP 401 body",
        "cause": "rejected",
    }
    everything = caplog.text + repr(access) + str(events) + str(await store.alerts())
    assert "s3cret" not in everything
    assert "hush" not in everything
    assert "receiver noc does not take alerts" in caplog.text


async def test_the_delivery_can_be_watched_on_metrics(store: Store) -> None:
    await store.commit(Record(alerts=(alert(), alert(receiver="dead"))))
    async with hook() as noc:
        dead = ReceiverAccess("dead", "webhook", "http://127.0.0.1:1/x")
        present = ReceiverAccess("noc", "webhook", noc.url)
        async with delivering(store, dead, present, delay=patient, clock=lambda: later(30)) as it:
            await it.outbox.emptied(left=1)
            await it.outbox.noted.wait()
            registry = program_registry([(it.deliverer.counted, DELIVERY)])
            shown = {
                (name, receiver): registry.get_sample_value(
                    f"wanwatch_{name}", {"receiver": receiver}
                )
                for name in ("alert_failures_total", "alerts_waiting", "alerts_oldest_seconds")
                for receiver in ("noc", "dead")
            }
    assert shown == {
        ("alert_failures_total", "noc"): 0.0,
        ("alert_failures_total", "dead"): 1.0,
        ("alerts_waiting", "noc"): 0.0,
        ("alerts_waiting", "dead"): 1.0,
        ("alerts_oldest_seconds", "noc"): 0.0,
        ("alerts_oldest_seconds", "dead"): 30.0,
    }


async def test_an_alertmanager_that_is_told_nothing_is_not_said_to_work_again(
    store: Store,
) -> None:
    events: list[Event] = []
    rounds = asyncio.Semaphore(0)

    async def firing(receiver: str) -> list[OutboxAlert]:
        rounds.release()
        return await store.firing(receiver)

    await store.commit(Record(alerts=(alert(receiver="am"),)))
    async with hook(lambda _call: 400) as am, asyncio.timeout(15):
        access = ReceiverAccess("am", "alertmanager", am.url)
        async with delivering(store, access, events=events, delay=patient, repeat_s=0.01) as it:
            await it.outbox.noted.wait()
            it.outbox.firing = firing
            for _ in range(3):
                await rounds.acquire()
            (stats,) = it.deliverer.stats()
    assert stats.failing
    assert [event.kind for event in events] == ["event.receiver.failing"]


async def test_a_page_that_was_taken_is_not_sent_again_though_the_answer_breaks_off(
    store: Store,
) -> None:
    await store.commit(Record(alerts=(alert(),)))
    async with hook(lambda _call: CUT_SHORT) as noc:
        async with delivering(store, ReceiverAccess("noc", "webhook", noc.url)) as it:
            await it.settled()
        assert len(noc.calls) == 1
