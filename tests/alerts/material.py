"""A province with a hub and its communes, and what an engine would publish of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from configs.inventory import (
    GroupKind,
    Inventory,
    Link,
    Node,
    Province,
    RiskGroup,
    Role,
    Site,
    SiteKind,
)
from configs.settings import Receiver
from store.record import Alert, AlertStatus, OutboxAlert
from topology.coverage import Coverage
from topology.outage import Outage, Root, RootKind, Severity
from topology.snapshot import Snapshot
from topology.state import NodeState

START = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
COMMUNES = ("Cốc Lếu", "Bắc Cường", "Sa Pa", "Bát Xát", "Mường Khương", "Si Ma Cai", "Bảo Thắng")
HUB = Root(RootKind.NODE, "hub-lc")


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def inventory() -> Inventory:
    sites = [
        Site("dc", "Trung tâm dữ liệu Hà Nội", SiteKind.DATA_CENTRE, "hn"),
        Site("hub", "Trung tâm tỉnh Lào Cai", SiteKind.HUB, "lc"),
        *(Site(f"xa-{n}", f"Xã {name}", SiteKind.COMMUNE, "lc") for n, name in enumerate(COMMUNES)),
    ]
    nodes = [
        Node("core", "dc", "127.1.0.1", Role.CORE, "core-hn-1"),
        Node("hub-lc", "hub", "127.1.0.2", Role.HUB, "hub-lao-cai-1"),
        *(Node(f"cpe-{n}", f"xa-{n}", f"127.1.1.{n}", Role.CPE) for n in range(len(COMMUNES))),
    ]
    links = [Link("trunk", "core", "hub-lc")]
    links += [Link(f"l-{n}", "hub-lc", f"cpe-{n}") for n in range(len(COMMUNES))]
    return Inventory(
        provinces={"hn": Province("hn", "Hà Nội"), "lc": Province("lc", "Lào Cai")},
        sites={site.id: site for site in sites},
        nodes={node.id: node for node in nodes},
        links={link.id: link for link in links},
        groups={"pwr": RiskGroup("pwr", GroupKind.POWER, ("node:hub-lc",), "Điện lưới Lào Cai")},
        monitors=("core",),
    )


INVENTORY = inventory()
CPES = tuple(f"cpe-{n}" for n in range(len(COMMUNES)))


def outage(id_: str = "o1", **changes: object) -> Outage:
    """The hub is down and all its communes are behind it."""
    hub = Outage(
        id=id_,
        root=HUB,
        severity=Severity.CRITICAL,
        since=START,
        down=("hub-lc",),
        shadowed=CPES,
    )
    return replace(hub, **changes)  # type: ignore[arg-type]


def redundancy_lost(id_: str = "o1", **changes: object) -> Outage:
    values = {"severity": Severity.WARNING, "root": Root(RootKind.LINK, "trunk")}
    return outage(id_, **{"down": (), "shadowed": (), **values, **changes})


def snapshot(
    *outages: Outage, at: float = 0.0, sites: Mapping[str, NodeState] | None = None
) -> Snapshot:
    return Snapshot(
        sequence=1,
        at=later(at),
        started_at=START,
        inventory=INVENTORY,
        nodes={},
        sites=sites or {},
        coverage=Coverage(0, 0, 0, 0, 0),
        provinces={},
        outages=outages,
    )


def receiver(name: str = "noc", **changes: object) -> Receiver:
    return Receiver(name=name, url="http://127.0.0.1:9/hook").model_copy(update=changes)


def alert(
    status: AlertStatus = AlertStatus.FIRING,
    *,
    outage: str = "o1",
    receiver: str = "noc",
    severity: Severity = Severity.CRITICAL,
    suppressed: str = "",
    **labels: str,
) -> Alert:
    return Alert(
        outage=outage,
        receiver=receiver,
        status=status,
        severity=severity,
        created=START,
        starts=START,
        ends=later(90) if status is AlertStatus.RESOLVED else None,
        labels={"alertname": "WanOutage", "outage": outage, "severity": str(severity), **labels},
        annotations={"summary": "Hub Lào Cai ngừng hoạt động", "description": "7 xã"},
        url="http://noc.example/api/v1/outages/o1",
        suppressed=suppressed,
    )


def entry(given: Alert, sent_labels: Mapping[str, str] | None = None) -> OutboxAlert:
    return OutboxAlert(1, given, sent_labels=sent_labels)
