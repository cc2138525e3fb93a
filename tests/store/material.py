"""Outages, changes and alerts as the engine would hand them over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store.record import Alert, AlertStatus
from topology.outage import Clue, Outage, Root, RootKind, Severity, Sign

START = datetime(2026, 3, 1, 7, 30, 0, 123456, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def outage(id_: str = "o1", **changes: object) -> Outage:
    values: dict[str, object] = {
        "id": id_,
        "root": Root(RootKind.NODE, "hub-01-r1"),
        "severity": Severity.CRITICAL,
        "since": START,
        "down": ("hub-01-r1",),
        "shadowed": ("xa-00001", "xa-00002"),
        "alternatives": (Root(RootKind.LINK, "l1"),),
        "confidence": 0.9,
        "clues": (Clue(Sign.BATTERY, "ups-01"),),
    }
    return Outage(**(values | changes))  # type: ignore[arg-type]


def alert(
    status: AlertStatus = AlertStatus.FIRING,
    *,
    outage: str = "o1",
    receiver: str = "noc",
    severity: Severity = Severity.CRITICAL,
    suppressed: str = "",
    text: str = "",
) -> Alert:
    return Alert(
        outage=outage,
        receiver=receiver,
        status=status,
        severity=severity,
        created=START,
        starts=START,
        ends=later(60) if status is AlertStatus.RESOLVED else None,
        labels={"outage": outage, "severity": severity},
        annotations={"summary": text},
        suppressed=suppressed,
    )
