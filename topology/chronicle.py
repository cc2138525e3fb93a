"""The chronicle: from when to when it was known of each site whether it was covered.

What the daemon did not see is not in it: it is neither up nor down. Availability is worked out from
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from configs.inventory import Inventory
from topology.coverage import site_state
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

BEAT = timedelta(seconds=10)  # what a crash makes unknown at most
GAP = timedelta(seconds=60)  # a pause as long as this is one in which nobody looked
STEP_BACK = timedelta(days=1)  # a clock that goes back further than this was wrong before
SILENT = (NodeState.DOWN, NodeState.UNREACHABLE)


class SpanKind(StrEnum):
    WATCHED = "watched"  # it was known whether the site was covered
    CUT = "cut"  # it was known not to be: down or unreachable


@dataclass(frozen=True, slots=True)
class Span:
    """`since` to `until`, or to the end of the run for None.

    `began`: when the cut began of which this is a part. A cut is in parts where maintenance began
    or ended, and where nobody watched. What is cut is within what is watched, and never
    overlaps with another part.
    """

    kind: SpanKind
    site: str
    began: datetime
    since: datetime
    maintenance: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A time of watching without a break; `alive` is until when that is sure."""

    id: int
    started: datetime
    alive: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """Where the run before ended: its spans that were open then."""

    run: Run | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be kept of a turn. A span replaces the one of its kind, site and start."""

    spans: tuple[Span, ...] = ()
    run: Run | None = None


@dataclass(slots=True)
class _Place:
    """What is open of a site. `torn`: when the cut began that lasted when it was last seen."""

    watched: Span | None = None
    cut: Span | None = None
    torn: datetime | None = None


class Chronicle:
    """Takes every snapshot in turn. A site is covered while any of its nodes answers, as coverage
    counts it; a state of before a restart is believed once the node was looked at again."""

    def __init__(self, past: Past | None = None) -> None:
        past = past or Past()
        self._run = past.run
        self._running = False
        self._told_at: datetime | None = None
        self._ahead = timedelta(0)  # of a clock that was set back
        self._inventory = Inventory()
        self._nodes_at: dict[str, list[str]] = {}
        self._places: dict[str, _Place] = {}
        self._dark: dict[str, datetime] = {}  # nodes that are not up, and since when
        self._doubtful: set[str] = set()  # sites of which nothing is known yet
        self._rows: list[Span] = []
        for span in past.spans:
            place = self._places.setdefault(span.site, _Place())
            if span.kind is SpanKind.CUT:
                place.cut = span
            else:
                place.watched = span

    def take(self, snapshot: Snapshot) -> Entry:
        """What the snapshot adds."""
        at = self._turn_to(snapshot.at)
        self._ahead = max(at - snapshot.at, timedelta(0))
        nodes = snapshot.nodes
        if snapshot.inventory is not self._inventory:
            changed = self._settle(snapshot.inventory, at)
        else:
            changed = snapshot.changed_nodes
        for node in changed:
            view = nodes[node]
            if view.state is NodeState.UP:
                self._dark.pop(node, None)
            else:
                self._dark.setdefault(node, view.since)
        here = self._inventory.nodes
        for site in {here[node].site for node in changed} | self._doubtful:
            self._judge(site, nodes, at)
        return self._entry(at)

    def _turn_to(self, now: datetime) -> datetime:
        """The time to write: never before what is written, unless the clock was wrong by far."""
        run = self._run
        if run is None:
            return self._start(1, now)
        back = run.alive - now
        if self._running and back <= STEP_BACK and -back < GAP:
            at = max(now, run.alive)
            self._run = replace(run, alive=at)
            return at
        for place in self._places.values():
            self._end(place, run.alive)
        self._doubtful.update(self._inventory.sites)
        return self._start(run.id + 1, now if back > STEP_BACK else max(now, run.alive))

    def _start(self, number: int, at: datetime) -> datetime:
        self._run = Run(number, at, at)
        self._running = True
        self._told_at = None
        return at

    def _settle(self, inventory: Inventory, at: datetime) -> Iterable[str]:
        """Goes on with another inventory; returns its nodes."""
        self._inventory = inventory
        self._nodes_at = {site: [] for site in inventory.sites}
        for node in inventory.nodes.values():
            self._nodes_at[node.site].append(node.id)
        for gone in self._places.keys() - inventory.sites.keys():
            self._end(self._places.pop(gone), at)
        for site in inventory.sites:
            self._places.setdefault(site, _Place())
        self._dark = {n: since for n, since in self._dark.items() if n in inventory.nodes}
        self._doubtful.intersection_update(inventory.sites)
        self._doubtful.update(site for site, nodes in self._nodes_at.items() if not nodes)
        return inventory.nodes

    def _judge(self, name: str, nodes: Mapping[str, NodeView], at: datetime) -> None:
        """Brings a site's spans to what is known of it."""
        place, views = self._places[name], [nodes[node] for node in self._nodes_at[name]]
        covered = _covered(views)
        if covered is None:
            doubtful = any(view.state is not NodeState.UNKNOWN for view in views)
            (self._doubtful.add if doubtful else self._doubtful.discard)(name)
            looks = [view.looked_at if place.cut else view.last_seen for view in views]
            last = max((look + self._ahead for look in looks if look), default=at)
            self._end(place, last, at)
            return
        self._doubtful.discard(name)
        watched = self._watch(name, place, any(view.maintenance for view in views), at)
        if covered:
            place.torn = None
            if place.cut is not None:
                up = min(view.since for view in views if _is_up(view) and _believed(view))
                self._mend(place, min(max(up + self._ahead, place.cut.since), at))
        elif place.cut is None:
            turned = max(self._dark[view.id] for view in views)
            since = min(max(turned + self._ahead, watched.since), at)
            began, place.torn = place.torn or since, None
            place.cut = Span(SpanKind.CUT, name, began, since, watched.maintenance)
            self._rows.append(place.cut)

    def _watch(self, name: str, place: _Place, maintenance: bool, at: datetime) -> Span:
        """The span in which the site is watched, begun now if there is none, or none like it."""
        before = place.watched
        if before is not None and before.maintenance is maintenance:
            return before
        if before is not None:
            self._rows.append(replace(before, until=at))
        place.watched = Span(SpanKind.WATCHED, name, at, at, maintenance)
        self._rows.append(place.watched)
        if place.cut is not None:
            self._rows.append(replace(place.cut, until=at))
            place.cut = replace(place.cut, since=at, maintenance=maintenance)
            self._rows.append(place.cut)
        return place.watched

    def _mend(self, place: _Place, at: datetime) -> None:
        if place.cut is not None:
            self._rows.append(replace(place.cut, until=at))
            place.cut = None

    def _end(self, place: _Place, known_to: datetime, latest: datetime | None = None) -> None:
        """Nothing is known of a site after `known_to`, which is brought between what is open and
        `latest`."""
        for span in (place.cut, place.watched):
            if span is not None:
                known_to = max(known_to, span.since)
        until = known_to if latest is None else min(known_to, latest)
        if place.cut is not None:
            place.torn = place.cut.began
            self._mend(place, until)
        if place.watched is not None:
            self._rows.append(replace(place.watched, until=until))
            place.watched = None

    def _entry(self, at: datetime) -> Entry:
        if not self._rows and self._told_at is not None and at - self._told_at < BEAT:
            return Entry()
        self._told_at = at
        rows, self._rows = tuple(self._rows), []
        return Entry(rows, self._run)


def _believed(view: NodeView) -> bool:
    """Whether a state is more than what the store remembered of before a restart."""
    return view.looked_at is not None and (view.last_seen is not None or not view.suspected)


def _is_up(view: NodeView) -> bool:
    return view.state is NodeState.UP


def _covered(views: list[NodeView]) -> bool | None:
    """Whether the site of these nodes is covered; None for not known."""
    if any(_is_up(view) and _believed(view) for view in views):
        return True
    if any(view.state is not NodeState.UNKNOWN and not _believed(view) for view in views):
        return None
    return False if site_state([view.state for view in views]) in SILENT else None
