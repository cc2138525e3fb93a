"""Everything known of one node: `NodeDetail`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from exporters.api.directory import Directory
from exporters.api.picture import Json, links, nodes
from store.interfaces import interfaces, traffic
from store.series import History, SeriesMemory
from topology.snapshot import Snapshot

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
    directory: Directory, snapshot: Snapshot, series: SeriesMemory, id_: str, events: Iterable[Json]
) -> Json | None:
    """None when the snapshot does not have the node yet."""
    outline = nodes(directory, snapshot, [id_])
    if not outline:
        return None
    facts = series.facts.get(id_)
    polled = [block.at for block in series.blocks(id_)]
    ticks = series.number(id_, "sysUpTime")
    return outline[0] | {
        "vendor": _vendor(series.text(id_, "sysObjectID")),
        "version": facts.version if facts else "",
        "description": series.text(id_, "sysDescr"),
        "uptime_s": ticks / 100 if ticks is not None else (facts.uptime_s if facts else None),
        "polled_at": on_calendar(snapshot, series, max(polled)) if polled else None,
        "poll_failure": "; ".join(
            f"{failed.module}: {failed.failure} {failed.detail}".rstrip()
            for failed in series.failures.get(id_, {}).values()
        ),
        "interfaces": interface_list(series, id_, MOST_INTERFACES),
        "rtt_history": history(snapshot, series, series.reach_history(id_)),
        "in_history": history(snapshot, series, traffic(series, id_, "In")),
        "out_history": history(snapshot, series, traffic(series, id_, "Out")),
        "links": links(directory.links_of[id_]),
        "events": list(events),
    }


def interface_list(series: SeriesMemory, id_: str, limit: int, offset: int = 0) -> list[Json]:
    """Interfaces of a node by ifIndex."""
    return [asdict(port) for port in interfaces(series, id_, limit=limit, offset=offset)]


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


def _vendor(object_id: str) -> str:
    enterprise = object_id.removeprefix(".").removeprefix(_ENTERPRISES).partition(".")[0]
    return _VENDORS.get(int(enterprise), "") if enterprise.isdecimal() else ""
