"""Our own series of the present picture: coverage, outages, sites, nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from exporters import families
from exporters.atlas import Atlas
from exporters.exposition import Block, Family, label_pairs, label_set, lines
from exporters.labels import ProvinceLabels
from topology.outage import Outage, Severity
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

# In the order of the counts in a `Coverage`.
_COUNTED = (NodeState.UP, NodeState.DOWN, NodeState.UNREACHABLE, NodeState.UNKNOWN)
_SHOWN = {NodeState.UP: 1.0, NodeState.DOWN: 0.0, NodeState.UNREACHABLE: 0.0}


def country_blocks(snapshot: Snapshot, atlas: Atlas) -> Iterator[Block]:
    """What is true of the whole country, and outages that belong to no province."""
    yield _one(families.COUNTRY_COVERAGE, snapshot.coverage.ratio)
    yield _one(families.CUT_OFF, snapshot.cut_off)
    yield from _outages(snapshot, atlas, "")


def province_blocks(snapshot: Snapshot, atlas: Atlas, here: ProvinceLabels) -> Iterator[Block]:
    """Coverage, outages, sites and nodes of a province."""
    labels = label_pairs((("province", here.id),))
    coverage = snapshot.provinces.get(here.id)
    if coverage is not None:
        yield _one(families.COVERAGE, coverage.ratio, labels)
        yield _one(families.SITES_MAINTENANCE, coverage.maintenance, labels)
        counts = (coverage.up, coverage.down, coverage.unreachable, coverage.unknown)
        states = [
            label_set(labels, f'state="{s}"') for s in ("UP", "DOWN", "UNREACHABLE", "UNKNOWN")
        ]
        yield _many(families.SITES, states, counts)
    yield from _outages(snapshot, atlas, here.id)
    yield _many(families.SITE_INFO, here.site_info, [1] * len(here.sites))
    states_now = (snapshot.sites.get(site, NodeState.UNKNOWN) for site in here.sites)
    yield _many(families.SITE_UP, here.site_labels, [_SHOWN.get(state) for state in states_now])
    yield _many(families.NODE_INFO, here.node_info, [1] * len(here.nodes))
    yield from _nodes(here, [snapshot.nodes.get(node) for node in here.nodes])


def _nodes(here: ProvinceLabels, views: Sequence[NodeView | None]) -> Iterator[Block]:
    labels = here.node_labels
    states = [view.state if view else NodeState.UNKNOWN for view in views]
    yield _many(families.NODE_UP, labels, [_SHOWN.get(state) for state in states])
    name, tails = families.NODE_STATE.name, [label[1:] for label in labels]
    one_hot = {s: np.array([state is s for state in states], np.float64) for s in NodeState}
    yield (
        families.NODE_STATE,
        b"".join(lines(f'{name}{{state="{s}",', tails, column) for s, column in one_hot.items()),
    )
    columns = {
        families.NODE_SINCE: [_stamp(v.since) if v else None for v in views],
        families.NODE_MAINTENANCE: [float(v.maintenance) if v else None for v in views],
        families.NODE_SEEN: [_stamp(v.last_seen) if v else None for v in views],
        families.NODE_RTT: [v.rtt_s if v else None for v in views],
        families.NODE_JITTER: [v.jitter_s if v else None for v in views],
        families.NODE_LOSS: [v.loss_ratio if v else None for v in views],
    }
    for family, values in columns.items():
        yield _many(family, labels, values)


def _outages(snapshot: Snapshot, atlas: Atlas, province: str) -> Iterator[Block]:
    here = [o for o in snapshot.outages if _province_of(o, atlas) == province]
    labels = label_pairs((("province", province),))
    yield _many(
        families.OUTAGES,
        [label_set(labels, f'severity="{severity}"') for severity in Severity],
        [sum(o.severity is severity for o in here) for severity in Severity],
    )
    described = [
        (("outage", o.id), ("kind", o.root.kind), ("root", o.root.id), ("severity", o.severity))
        for o in here
    ]
    yield _many(
        families.OUTAGE_SITES,
        [label_set(label_pairs(pairs), labels) for pairs in described],
        [len(atlas.hurt(o, snapshot.sites).sites) for o in here],
    )


def _province_of(outage: Outage, atlas: Atlas) -> str:
    province = atlas.place(outage).province
    return province.id if province else ""


def _one(family: Family, value: float, labels: str = "") -> Block:
    return _many(family, [label_set(labels)], [value])


def _many(family: Family, labels: Sequence[bytes], values: Sequence[float | None]) -> Block:
    column: NDArray[np.float64] = np.array(values, np.float64)
    return family, lines(family.name, labels, column)


def _stamp(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
