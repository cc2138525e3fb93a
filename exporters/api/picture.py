"""Snapshots as the API's JSON: plain dictionaries in the shapes of `exporters.schema`.

Thousands of pydantic models cost more than the answer; a test holds both to the same shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any, TypeAlias

from configs.inventory import Link
from exporters.api.directory import Directory
from topology.coverage import Coverage
from topology.discovered import Findings
from topology.graph import FOUND
from topology.outage import Outage, Root
from topology.snapshot import Snapshot
from topology.state import NodeState

Json: TypeAlias = dict[str, Any]
Flags: TypeAlias = Mapping[str, tuple[NodeState, bool]]

VERSION = version("wanwatch")


def flags(snapshot: Snapshot) -> Flags:
    """State and maintenance of every site; a site is in maintenance when one of its nodes is."""
    nodes = snapshot.inventory.nodes
    planned = {nodes[v.id].site for v in snapshot.nodes.values() if v.maintenance and v.id in nodes}
    return {
        site: (snapshot.sites.get(site, NodeState.UNKNOWN), site in planned)
        for site in snapshot.inventory.sites
    }


def coverage(counts: Coverage) -> Json:
    return {
        "total": counts.total,
        "up": counts.up,
        "down": counts.down,
        "unreachable": counts.unreachable,
        "unknown": counts.unknown,
        "maintenance": counts.maintenance,
        "ratio": counts.ratio,
    }


def provinces(snapshot: Snapshot) -> list[Json]:
    nothing = Coverage(0, 0, 0, 0, 0)
    return [
        {
            "id": province.id,
            "name": province.name,
            "code": province.code,
            "coverage": coverage(snapshot.provinces.get(province.id, nothing)),
        }
        for province in snapshot.inventory.provinces.values()
    ]


def sites(directory: Directory, present: Flags, wanted: Iterable[str]) -> list[Json]:
    known = directory.inventory.sites
    return [
        {
            "id": id_,
            "name": known[id_].name,
            "kind": known[id_].kind,
            "province": known[id_].province,
            "code": known[id_].code,
            "state": present[id_][0],
            "maintenance": present[id_][1],
            "nodes": directory.nodes_at[id_],
        }
        for id_ in wanted
    ]


def nodes(directory: Directory, snapshot: Snapshot, wanted: Iterable[str]) -> list[Json]:
    """Nodes that the snapshot does not have yet are left out."""
    inventory, views, found = directory.inventory, snapshot.nodes, []
    for id_ in wanted:
        view = views.get(id_)
        if view is None:
            continue
        node = inventory.nodes[id_]
        site = inventory.sites[node.site]
        found.append(
            {
                "id": id_,
                "name": node.name,
                "site": site.id,
                "site_name": site.name,
                "province": site.province,
                "role": node.role,
                "address": node.address,
                "state": view.state,
                "since": view.since,
                "maintenance": view.maintenance,
                "suspected": view.suspected,
                "last_seen": view.last_seen,
                "looked_at": view.looked_at,
                "rtt_s": view.rtt_s,
                "jitter_s": view.jitter_s,
                "loss_ratio": view.loss_ratio,
                "failure": view.failure,
                "outage": view.outage,
            }
        )
    return found


def links(wanted: Iterable[Link], findings: Findings) -> list[Json]:
    found = []
    for link in wanted:
        edge = findings.seen.get(link.id)
        shown: Json = {
            "id": link.id,
            "a": link.a,
            "b": link.b,
            "a_port": link.a_port,
            "b_port": link.b_port,
            "carrier": link.carrier,
            "capacity_bps": link.capacity_bps,
            "declared": not link.id.startswith(FOUND),
            "sources": [],
            "confidence": None,
            "seen_at": None,
        }
        if edge is not None:
            shown["sources"], shown["confidence"] = list(edge.sources), edge.confidence
            shown["seen_at"] = findings.seen_at(edge)
        found.append(shown)
    return found


def outage(
    directory: Directory, snapshot: Snapshot, found: Outage, silenced: Collection[str]
) -> Json:
    """One outage, open or over; whoever is hurt is counted by the states of now."""
    place = directory.atlas.place(found)
    province, site = place.province, place.site
    return {
        "id": found.id,
        "root": _root(directory, found, found.root),
        "severity": found.severity,
        "since": found.since,
        "ended": found.ended,
        "down": found.down,
        "shadowed_count": len(found.shadowed),
        "sites_hurt": len(directory.atlas.hurt(found, snapshot.sites).sites),
        "province": province.id if province else "",
        "province_name": province.name if province else "",
        "site": site.id if site else "",
        "site_name": site.name if site else "",
        "alternatives": [_root(directory, found, root) for root in found.alternatives],
        "confidence": found.confidence,
        "maintenance": found.maintenance,
        "silenced": found.id in silenced,
        "flapping": found.flapping,
        "clues": [
            {"sign": clue.sign, "node": clue.node, "name": directory.atlas.node_name(clue.node)}
            for clue in found.clues
        ],
        "revision": found.revision,
    }


def outages(directory: Directory, snapshot: Snapshot, silenced: Collection[str]) -> list[Json]:
    """The open ones, in the snapshot's order."""
    return [outage(directory, snapshot, found, silenced) for found in snapshot.outages]


def whole(directory: Directory, snapshot: Snapshot, silenced: Collection[str]) -> Json:
    """Everything that a console starts from: `SnapshotOut`."""
    rank = {province: i for i, province in enumerate(snapshot.inventory.provinces)}
    by_province = sorted(snapshot.inventory.sites.values(), key=lambda site: rank[site.province])
    return {
        "sequence": snapshot.sequence,
        "at": snapshot.at,
        "started_at": snapshot.started_at,
        "version": VERSION,
        "cut_off": snapshot.cut_off,
        "coverage": coverage(snapshot.coverage),
        "provinces": provinces(snapshot),
        "sites": sites(directory, flags(snapshot), (site.id for site in by_province)),
        "outages": outages(directory, snapshot, silenced),
    }


def _root(directory: Directory, found: Outage, root: Root) -> Json:
    name = directory.atlas.place(replace(found, root=root)).name
    return {"kind": root.kind, "id": root.id, "name": name}
