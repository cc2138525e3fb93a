"""The operators' log: what a turn of the engine found, as events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from configs.inventory import Inventory
from exporters.atlas import Atlas
from store.record import Event
from topology.identity import IdentityChange
from topology.outage import Outage, RootKind
from topology.state import NodeState, Returned, StateChange

MOST_APART = 3  # more nodes than these that turn up or get lost at once are one event


def events_for(
    changes: Sequence[StateChange],
    opened: Sequence[Outage],
    revised: Sequence[Outage],
    ended: Sequence[Outage],
    *,
    at: datetime,
    sites: Mapping[str, NodeState],
    atlas: Atlas,
) -> tuple[Event, ...]:
    """Outages first, then nodes. What is merely behind an outage is not told of each node: the
    outage says whom it hurts. `sites` are the states after the turn."""
    found = [_outage(outage, "opened", at, sites, atlas) for outage in opened]
    found += [_outage(outage, "revised", at, sites, atlas) for outage in revised]
    found += [_outage(outage, "ended", at, sites, atlas) for outage in ended]
    return (*found, *_nodes(changes, at, atlas))


def _outage(
    outage: Outage, what: str, at: datetime, sites: Mapping[str, NodeState], atlas: Atlas
) -> Event:
    place, hurt = atlas.place(outage), atlas.hurt(outage, sites)
    monitor = outage.root.kind is RootKind.MONITOR
    how = "battery" if outage.on_battery else outage.severity
    kind = f"event.monitor.{what}" if monitor else f"event.outage.{what}.{how}"
    if outage.merged_into:
        kind = "event.outage.merged"
    elif outage.ended is not None and not atlas.knows(outage.root):
        kind = "event.outage.gone"
    params = {"root": place.name, "points": str(len(hurt.sites)), "communes": str(hurt.communes)}
    if outage.ended is not None:
        params["lasted"] = _clock(outage.ended - outage.since)
    return Event(
        at=at,
        kind=kind,
        node=outage.root.id if outage.root.kind is RootKind.NODE else "",
        site=place.site.id if place.site else "",
        outage=outage.id,
        params=params,
    )


def _nodes(changes: Sequence[StateChange], at: datetime, atlas: Atlas) -> list[Event]:
    fell = [c for c in changes if c.new is NodeState.DOWN]
    rose = [c for c in changes if (c.old, c.new) == (NodeState.DOWN, NodeState.UP)]
    appeared = [c for c in changes if (c.old, c.new) == (NodeState.UNKNOWN, NodeState.UP)]
    vanished = [c for c in changes if c.new is NodeState.UNKNOWN]
    found = [_node(change, "event.node.down", atlas) for change in fell]
    found += [_node(change, "event.node.up", atlas) for change in rose]
    for crowd, word in ((appeared, "appeared"), (vanished, "vanished")):
        if len(crowd) > MOST_APART:
            found.append(Event(at, f"event.nodes.{word}", params={"count": str(len(crowd))}))
        else:
            found += [_node(change, f"event.node.{word}", atlas) for change in crowd]
    return found


def returned_events(returned: Sequence[Returned], atlas: Atlas) -> tuple[Event, ...]:
    """How nodes came back: after a restart, so they had failed, or having been cut off only."""
    found = []
    for how, word in ((True, "restarted"), (False, "ran_on")):
        crowd = [back for back in returned if back.restarted is how]
        if len(crowd) > MOST_APART:
            at = max(back.at for back in crowd)
            found.append(Event(at, f"event.nodes.{word}", params={"count": str(len(crowd))}))
            continue
        for back in crowd:
            site = atlas.site_of(back.node)
            names = {"node": atlas.node_name(back.node), "site": atlas.site_name(site)}
            found.append(Event(back.at, f"event.node.{word}", back.node, site, params=names))
    return tuple(found)


def _node(change: StateChange, kind: str, atlas: Atlas) -> Event:
    site = atlas.site_of(change.node)
    names = {"node": atlas.node_name(change.node), "site": atlas.site_name(site)}
    return Event(change.at, kind, node=change.node, site=site, params=names)


def identity_events(changes: Sequence[IdentityChange], atlas: Atlas) -> tuple[Event, ...]:
    """A node that is another box, or runs something else, than when it was last looked at."""
    return tuple(
        Event(
            change.at,
            f"event.{change.field}.changed",
            node=change.node,
            site=atlas.site_of(change.node),
            params={"node": atlas.node_name(change.node), "old": change.old, "new": change.new},
        )
        for change in changes
    )


def login_events(
    logins: Sequence[tuple[str, str]], word: str, inventory: Inventory, atlas: Atlas, at: datetime
) -> tuple[Event, ...]:
    """Logins, as (node, "snmp" or "ssh"), that `failed` or have `recovered`."""
    if len(logins) > MOST_APART:
        params = {"count": str(len(logins))}
        return (Event(at, f"event.authentications.{word}", params=params),)
    found = []
    for node, over in logins:
        declared = inventory.nodes[node]
        credential = declared.credential
        if over == "ssh":
            credential = declared.ssh.credential if declared.ssh else None
        params = {
            "node": atlas.node_name(node),
            "method": over.upper(),
            "credential": credential or "",
        }
        kind = f"event.authentication.{word}"
        found.append(Event(at, kind, node=node, site=atlas.site_of(node), params=params))
    return tuple(found)


def _clock(span: timedelta) -> str:
    """Hours, minutes and seconds, in no language."""
    minutes, seconds = divmod(max(0, round(span.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
