"""The words of an alert: its labels, its summary and its description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from configs.messages import Messages
from exporters.atlas import Atlas, Hurt, Place, is_site
from topology.outage import Outage, Root, RootKind, Severity, Sign
from topology.state import NodeState

NAMES_SHOWN = 5
LABELS = (
    "alertname", "kind", "outage", "province", "province_name", "root", "root_name", "severity",
    "site", "site_name",
)  # fmt: skip


def labels_of(outage: Outage, atlas: Atlas) -> dict[str, str]:
    """Labels with a value, as Alertmanager wants them; an empty one is left out."""
    place = atlas.place(outage)
    if outage.root.kind is RootKind.MONITOR:
        name = "WanMonitorCutOff"
    elif outage.on_battery:
        name = "WanMainsLost"
    elif outage.severity is Severity.CRITICAL:
        name = "WanOutage"
    else:
        name = "WanRedundancyLost"
    found = {
        "alertname": name,
        "outage": outage.id,
        "kind": str(outage.root.kind),
        "root": outage.root.id,
        "root_name": place.name,
        "site": place.site.id if place.site else "",
        "site_name": place.site.name if place.site else "",
        "province": place.province.id if place.province else "",
        "province_name": place.province.name if place.province else "",
        "severity": str(outage.severity),
    }
    return {key: value for key, value in found.items() if value}


def texts_of(
    outage: Outage, atlas: Atlas, sites: Mapping[str, NodeState], say: Messages
) -> dict[str, str]:
    """`summary`, `description`, and the counts of points and communes cut off."""
    hurt = atlas.hurt(outage, sites)
    return {
        "summary": _summary(outage, atlas.place(outage), hurt, atlas.knows(outage.root), say),
        "description": " ".join(_description(outage, atlas, hurt, say)),
        "points": str(len(hurt.sites)),
        "communes": str(hurt.communes),
    }


def lasted(span: timedelta, say: Messages) -> str:
    """A duration in its two greatest units."""
    minutes, seconds = divmod(max(0, round(span.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    unit = "days" if days else "hours" if hours else "minutes" if minutes else "seconds"
    return say(f"alert.lasted.{unit}", days=days, hours=hours, minutes=minutes, seconds=seconds)


def _summary(outage: Outage, place: Place, hurt: Hurt, known: bool, say: Messages) -> str:
    monitor = outage.root.kind is RootKind.MONITOR
    key = "alert.battery" if outage.on_battery else f"alert.{_kind(outage.root)}"
    if outage.merged_into:
        key = "alert.merged"
    elif outage.ended is not None and not known:
        key = "alert.gone"
    elif outage.ended is not None:
        key += ".resolved"
    elif not monitor and not outage.on_battery:
        key += f".{outage.severity}"
    return say(
        key,
        root=place.name,
        where=_where(place, say),
        points=len(hurt.sites),
        communes=hurt.communes,
        lasted=lasted(outage.ended - outage.since, say) if outage.ended else "",
    )


def _where(place: Place, say: Messages) -> str:
    if place.site and place.province and place.site.name != place.name:
        return say("alert.where", site=place.site.name, province=place.province.name)
    if place.province:
        return say("alert.where.province", province=place.province.name)
    return ""


def _description(outage: Outage, atlas: Atlas, hurt: Hurt, say: Messages) -> list[str]:
    since = outage.since.astimezone()  # the operators' own clock
    parts = [say("alert.since", since=since, zone=_zone(since))]
    if outage.merged_into:
        return parts
    if outage.ended is not None:
        ended = outage.ended.astimezone()
        parts.append(say("alert.ended", ended=ended, zone=_zone(ended)))
        return parts
    if hurt.sites and outage.root.kind is not RootKind.MONITOR:
        names = ", ".join(site.name for site in hurt.sites[:NAMES_SHOWN])
        more = len(hurt.sites) - NAMES_SHOWN
        key = "alert.hurt.more" if more > 0 else "alert.hurt"
        parts.append(say(key, names=names, more=more))
    parts += _clues(outage, atlas, say)
    if outage.alternatives:
        roots = ", ".join(_root(root, outage, atlas, say) for root in outage.alternatives)
        parts.append(say("alert.alternatives", roots=roots))
    if outage.confidence < 1:
        parts.append(say("alert.confidence", percent=100 * outage.confidence))
    return parts


def _clues(outage: Outage, atlas: Atlas, say: Messages) -> list[str]:
    """What speaks for the root besides who is silent, a sentence for each kind of sign."""
    named: dict[Sign, list[str]] = {}
    for clue in outage.clues:
        named.setdefault(clue.sign, []).append(atlas.node_name(clue.node))
    return [
        say(f"alert.clue.{sign}", names=", ".join(names[:NAMES_SHOWN]))
        for sign, names in named.items()
    ]


def _root(root: Root, outage: Outage, atlas: Atlas, say: Messages) -> str:
    name = atlas.place(replace(outage, root=root)).name
    return f"{say(f'alert.kind.{_kind(root)}')} {name}".strip()


def _kind(root: Root) -> str:
    return "site" if is_site(root) else str(root.kind)


def _zone(local: datetime) -> str:
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"
