from __future__ import annotations

from dataclasses import replace

from exporters.alerts.payload import (
    alertmanager,
    fingerprint,
    idempotency_key,
    pagerduty,
    webhook,
)
from store.record import AlertStatus
from tests.alerts.material import alert, entry, later
from topology.outage import Severity

RESOLVED = AlertStatus.RESOLVED


def test_the_webhook_message_is_alertmanagers_version_four() -> None:
    message = webhook(entry(alert()), "http://noc.example")
    (inner,) = message.pop("alerts")
    labels = {"alertname": "WanOutage", "outage": "o1", "severity": "critical"}
    texts = {"summary": "Hub Lào Cai ngừng hoạt động", "description": "7 xã"}
    assert message == {
        "version": "4",
        "groupKey": '{}:{outage="o1"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "noc",
        "groupLabels": {"outage": "o1"},
        "commonLabels": labels,
        "commonAnnotations": texts,
        "externalURL": "http://noc.example",
    }
    assert inner == {
        "status": "firing",
        "labels": labels,
        "annotations": texts,
        "startsAt": "2026-03-01T00:30:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://noc.example/api/v1/outages/o1",
        "fingerprint": fingerprint("o1"),
    }


def test_a_resolved_carries_the_labels_that_the_receiver_knows() -> None:
    known = {"alertname": "WanOutage", "root": "hub-lc"}
    message = webhook(entry(alert(RESOLVED), known), "")
    assert message["commonLabels"] == known
    assert message["alerts"][0]["endsAt"] == "2026-03-01T00:31:30.000Z"
    assert message["alerts"][0]["fingerprint"] == fingerprint("o1")


def test_fingerprint_and_idempotency_key_depend_on_the_page_alone() -> None:
    assert fingerprint("o1") == "2352da7280f1decc"
    one = alert()
    assert idempotency_key(one) == idempotency_key(replace(one, created=later(9), labels={}))
    others = {
        idempotency_key(other)
        for other in (
            one,
            alert(RESOLVED),
            alert(severity=Severity.WARNING),
            alert(outage="o2"),
            alert(receiver="boss"),
        )
    }
    assert len(others) == 5


def test_alertmanager_is_told_when_a_firing_alert_changes_its_labels() -> None:
    now, hold = later(100), later(1000)
    same = alertmanager(entry(alert()), now, hold)
    assert [post["endsAt"] for post in same] == ["2026-03-01T00:46:40.000Z"]
    before = {"alertname": "WanRedundancyLost"}
    old, new = alertmanager(entry(alert(), before), now, hold)
    assert (old["labels"], old["endsAt"]) == (before, "2026-03-01T00:31:40.000Z")
    assert new["labels"]["alertname"] == "WanOutage"
    (over,) = alertmanager(entry(alert(RESOLVED), before), now, hold)
    assert (over["labels"], over["endsAt"]) == (before, "2026-03-01T00:31:30.000Z")


def test_pagerduty_triggers_and_resolves_the_same_incident() -> None:
    trigger = pagerduty(entry(alert(root_name="hub-1")), "key", "http://noc.example")
    resolve = pagerduty(entry(alert(RESOLVED)), "key", "")
    assert trigger["event_action"] == "trigger"
    assert resolve["event_action"] == "resolve"
    assert trigger["dedup_key"] == resolve["dedup_key"] == fingerprint("o1")
    assert trigger["payload"]["source"] == "hub-1"
    assert trigger["payload"]["severity"] == "critical"
    assert trigger["payload"]["summary"] == "Hub Lào Cai ngừng hoạt động"
    assert "client_url" not in resolve
