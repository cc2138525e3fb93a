"""Alerts in the words of those who take them, as JSON-able values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from store.record import Alert, AlertStatus, OutboxAlert
from topology.outage import Severity

Json = dict[str, Any]

NEVER = "0001-01-01T00:00:00Z"  # what Alertmanager writes for an alert that has not ended
SUMMARY_LIMIT = 1024  # PagerDuty's payload.summary


def fingerprint(outage: str) -> str:
    """Sixteen hexadecimal digits, as Alertmanager's; the same after a restart or a revision."""
    return hashlib.sha256(outage.encode()).hexdigest()[:16]


def idempotency_key(alert: Alert) -> str:
    """The same for every attempt at one page, another for every other page."""
    page = f"{alert.outage}\n{alert.receiver}\n{alert.step}"
    return hashlib.sha256(page.encode()).hexdigest()[:32]


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def webhook(entry: OutboxAlert, external_url: str) -> Json:
    """Alertmanager's webhook message, version 4, of a group with one alert.
    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config"""
    alert, labels = entry.alert, dict(stable_labels(entry))
    annotations = dict(alert.annotations)
    return {
        "version": "4",
        "groupKey": f'{{}}:{{outage="{alert.outage}"}}',
        "truncatedAlerts": 0,
        "status": str(alert.status),
        "receiver": alert.receiver,
        "groupLabels": {"outage": alert.outage},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": external_url,
        "alerts": [
            {
                "status": str(alert.status),
                "labels": labels,
                "annotations": annotations,
                "startsAt": rfc3339(min(alert.starts, alert.ends or alert.starts)),
                "endsAt": rfc3339(alert.ends) if alert.ends else NEVER,
                "generatorURL": alert.url,
                "fingerprint": fingerprint(alert.outage),
            }
        ],
    }


def alertmanager(entry: OutboxAlert, now: datetime, hold_until: datetime) -> list[Json]:
    """The body of `POST /api/v2/alerts`.

    Alertmanager knows an alert by its labels: when they change, the alert with the old ones is
    ended in the same request. A firing one ends by itself at `hold_until`, unless it is posted
    again before.
    """
    alert, labels = entry.alert, stable_labels(entry)
    # An end before the beginning, which a clock that was set back makes of it, would be refused.
    starts = min(alert.starts, alert.ends or now)
    posts = [_post(alert, labels, starts, alert.ends or hold_until)]
    if alert.status is AlertStatus.FIRING and entry.sent_labels not in (None, labels):
        posts.insert(0, _post(alert, entry.sent_labels or {}, starts, now))
    return posts


def pagerduty(entry: OutboxAlert, routing_key: str, external_url: str) -> Json:
    """An event of PagerDuty's Events API v2.
    https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"""
    alert, labels = entry.alert, stable_labels(entry)
    event: Json = {
        "routing_key": routing_key,
        "event_action": "resolve" if alert.status is AlertStatus.RESOLVED else "trigger",
        "dedup_key": fingerprint(alert.outage),
        "client": "wanwatch",
        "payload": {
            "summary": alert.annotations.get("summary", alert.outage)[:SUMMARY_LIMIT],
            "source": labels.get("root_name") or labels.get("root") or "wanwatch",
            "severity": "critical" if alert.severity is Severity.CRITICAL else "warning",
            "timestamp": rfc3339(alert.starts),
            "component": labels.get("root", ""),
            "group": labels.get("province_name", ""),
            "class": labels.get("alertname", ""),
            "custom_details": {**labels, **alert.annotations},
        },
    }
    if external_url:
        event["client_url"] = external_url
    return event


def stable_labels(entry: OutboxAlert) -> Mapping[str, str]:
    """A resolved carries the labels that its receiver was last given, so that it matches."""
    if entry.alert.status is AlertStatus.RESOLVED and entry.sent_labels is not None:
        return entry.sent_labels
    return entry.alert.labels


def _post(alert: Alert, labels: Mapping[str, str], starts: datetime, ends: datetime) -> Json:
    post: Json = {
        "labels": dict(labels),
        "annotations": dict(alert.annotations),
        "startsAt": rfc3339(starts),
        "endsAt": rfc3339(ends),
    }
    if alert.url:
        post["generatorURL"] = alert.url
    return post
