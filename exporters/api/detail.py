"""Everything known of one node: `NodeDetail`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from collector.sample import Facts
from collector.vitals import VitalsLayout
from exporters.api.directory import Directory
from exporters.api.picture import Json, links, nodes
from exporters.api.vitals import vital_list
from store.interfaces import Interface, interfaces, traffic
from store.series import History, SeriesMemory
from topology.discovered import Findings
from topology.identity import NodeIdentity, Sighting
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

LONGEST_SUBID = 10  # digits; what agents send as a text may have thousands
# IANA private enterprise numbers, as sysObjectID begins with them.
_VENDORS = {
    9: "Cisco",
    11: "HP",
    311: "Microsoft",
    318: "APC",
    534: "Eaton",
    674: "Dell",
    2011: "Huawei",
    2636: "Juniper",
    3902: "ZTE",
    6876: "VMware",
    7367: "DrayTek",
    8072: "Net-SNMP",
    12356: "Fortinet",
    14823: "Aruba",
    14988: "MikroTik",
    25461: "Palo Alto Networks",
    25506: "H3C",
}
# In the detail of one node; a page with more is no page any more.
MOST_INTERFACES = 500

_ENTERPRISES = "1.3.6.1.4.1."


def node_detail(
    directory: Directory,
    snapshot: Snapshot,
    series: SeriesMemory,
    id_: str,
    *,
    events: Iterable[Json],
    identities: Iterable[Sighting],
    findings: Findings,
) -> Json | None:
    """None when the snapshot does not have the node yet."""
    outline = nodes(directory, snapshot, [id_])
    if not outline:
        return None
    facts = series.facts.get(id_)
    ports = interface_list(series, id_, MOST_INTERFACES)
    blocks = series.blocks(id_)
    polled = [block.at for block in blocks if not isinstance(block.layout, VitalsLayout)]
    ticks = series.number(id_, "sysUpTime")
    failures = list(series.failures.get(id_, {}).values())
    kinds = [failed.failure.value for failed in failures] or [snapshot.nodes[id_].failure_kind]
    sighting = series.identities.get(id_)
    identity = sighting.identity if sighting else NodeIdentity()
    return outline[0] | {
        "vendor": identity.vendor or _vendor(series.text(id_, "sysObjectID")),
        "os": identity.os,
        "hardware": identity.hardware or (facts.hardware if facts else ""),
        "version": identity.version or (facts.version if facts else ""),
        "serial": identity.serial or (facts.serial if facts else ""),
        "description": series.text(id_, "sysDescr"),
        "uptime_s": _uptime_s(snapshot.nodes[id_], series, facts) if ticks is None else ticks / 100,
        "polled_at": on_calendar(snapshot, series, max(polled)) if polled else None,
        "poll_failure": "; ".join(
            f"{failed.module}: {failed.failure} {failed.detail}".rstrip() for failed in failures
        ),
        "failure_kinds": list(dict.fromkeys(filter(None, kinds))),
        "interfaces": ports or _told_interfaces(facts),
        "vitals": vital_list(series, id_),
        "identities": [identity_json(seen) for seen in identities],
        "rtt_history": history(snapshot, series, series.reach_history(id_)),
        "in_history": history(snapshot, series, traffic(series, id_, "In")),
        "out_history": history(snapshot, series, traffic(series, id_, "Out")),
        "links": links(directory.links_of[id_], findings),
        "events": list(events),
    }


def interface_list(series: SeriesMemory, id_: str, limit: int, offset: int = 0) -> list[Json]:
    """Interfaces of a node by ifIndex."""
    return [asdict(port) for port in interfaces(series, id_, limit=limit, offset=offset)]


def identity_json(sighting: Sighting) -> Json:
    """An `IdentityOut`."""
    seen = {"first_seen": sighting.first_seen, "last_seen": sighting.last_seen}
    return seen | asdict(sighting.identity)


def history(snapshot: Snapshot, series: SeriesMemory, found: History | None) -> Json | None:
    """A history on the calendar; what was not measured is null."""
    if found is None:
        return None
    # The encoder writes NaN as null.
    return {
        "end": on_calendar(snapshot, series, found.end),
        "step_s": found.step_s,
        "values": found.values,
    }


def on_calendar(snapshot: Snapshot, series: SeriesMemory, at: float) -> datetime:
    """A monotonic time as a date: the snapshot's tick ties both clocks together."""
    return snapshot.at - timedelta(seconds=series.now - at)


def _uptime_s(view: NodeView, series: SeriesMemory, facts: Facts | None) -> float | None:
    """What the node said over its CLI, and the time since; not of a node that is not up."""
    if facts is None or view.state is not NodeState.UP:
        return None
    return facts.uptime_s + max(0.0, series.now - facts.at)


def _told_interfaces(facts: Facts | None) -> list[Json]:
    """What a node without SNMP said of its interfaces over its CLI, numbered in that order."""
    told = (facts.interfaces if facts else None) or {}
    return [
        asdict(
            Interface(
                if_index=number,
                name=name,
                alias="",
                speed_bps=None,
                admin_status="unknown",
                oper_status="up" if up else "down",
                in_bps=None,
                out_bps=None,
                in_errors_per_s=None,
                out_errors_per_s=None,
                in_discards_per_s=None,
                out_discards_per_s=None,
            )
        )
        for number, (name, up) in enumerate(told.items(), 1)
    ]


def _vendor(object_id: str) -> str:
    enterprise = object_id.removeprefix(".").removeprefix(_ENTERPRISES).partition(".")[0]
    numbered = enterprise.isdecimal() and len(enterprise) <= LONGEST_SUBID
    return _VENDORS.get(int(enterprise), "") if numbered else ""
