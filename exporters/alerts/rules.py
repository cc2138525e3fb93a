"""Whom to page for what: a pure function of what a turn of the engine found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from configs.messages import Messages
from configs.settings import Receiver
from exporters.alerts.wording import labels_of, texts_of
from exporters.atlas import Atlas
from store.record import Alert, AlertStatus, Silence
from topology.outage import Outage, Severity
from topology.snapshot import Snapshot


def alerts_for(
    opened: Sequence[Outage],
    revised: Sequence[Outage],
    ended: Sequence[Outage],
    *,
    snapshot: Snapshot,
    receivers: Sequence[Receiver],
    absent: Sequence[str] = (),
    silences: Sequence[Silence] = (),
    held: Collection[str] = (),
    atlas: Atlas,
    say: Messages,
    external_url: str = "",
) -> tuple[Alert, ...]:
    """An alert per outage and receiver, for the outbox to pair into pages.

    `held`: ids of outages of which somebody was not told; told as soon as no silence and no
    maintenance holds them back any more. `absent`: who may have been told when they were
    receivers; an end waits for them. `atlas` is of the snapshot's inventory.
    """
    touched = {outage.id: outage for outage in (*opened, *revised)}
    for outage in snapshot.outages:
        if (
            outage.id in held
            and outage.id not in touched
            and not _reason(outage, labels_of(outage, atlas), silences, snapshot)
        ):
            touched[outage.id] = outage
    alerts: list[Alert] = []
    for outage in (*touched.values(), *ended):
        over = outage.ended is not None
        marks = labels_of(outage, atlas)
        texts = texts_of(outage, atlas, snapshot.sites, say)
        reason = "" if over else _reason(outage, marks, silences, snapshot)
        told = [r.name for r in receivers if (r.send_resolved if over else _wants(r, outage))]
        url = f"{external_url.rstrip('/')}/api/v1/outages/{outage.id}" if external_url else ""
        alerts += [
            Alert(
                outage=outage.id,
                receiver=receiver,
                status=AlertStatus.RESOLVED if over else AlertStatus.FIRING,
                severity=outage.severity,
                created=snapshot.at,
                starts=outage.since,
                ends=outage.ended,
                labels=marks,
                annotations=texts,
                url=url,
                suppressed=reason,
            )
            for receiver in (*told, *(absent if over else ()))
        ]
    return tuple(alerts)


def _wants(receiver: Receiver, outage: Outage) -> bool:
    return receiver.min_severity != Severity.CRITICAL.value or outage.severity is Severity.CRITICAL


def _reason(
    outage: Outage, marks: Mapping[str, str], silences: Sequence[Silence], snapshot: Snapshot
) -> str:
    """Why nobody is to be paged now, "" when there is no reason."""
    if outage.maintenance:
        return "maintenance"
    return "silence" if is_silenced(marks, silences, snapshot.at) else ""


def is_silenced(marks: Mapping[str, str], silences: Sequence[Silence], at: datetime) -> bool:
    """Whether a silence that lasts holds back whatever has the labels `marks`."""
    return any(
        silence.starts <= at < silence.ends
        and all(marks.get(k, "") == v for k, v in silence.matchers.items())
        for silence in silences
    )
