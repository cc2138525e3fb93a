"""The picture: what the daemon last said, as an immutable value that updates replace.

A `Province` object is replaced only when something in it changed, so identity (`is`) tells a
widget which rows to draw again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from exporters.schema.model import State
from exporters.schema.picture import CoverageOut, OutageOut, SiteOut, SnapshotOut, StreamUpdate
from tui.letters import SortKey, folded, short_name, sort_key, tidy

_RANK: dict[State, int] = {"DOWN": 0, "UNREACHABLE": 1, "UNKNOWN": 2, "UP": 5}


def rank_of(state: State, maintenance: bool) -> int:
    """Place in the worst-first order; planned work comes after every surprise."""
    if maintenance:
        return 4 if state == "UP" else 3
    return _RANK[state]


@dataclass(frozen=True, slots=True)
class Point:
    """A site as the console needs it; `folded` is what a search looks into."""

    id: str
    name: str
    kind: str
    province: str
    state: State
    maintenance: bool
    nodes: tuple[str, ...]
    folded: str

    @property
    def rank(self) -> int:
        return rank_of(self.state, self.maintenance)


@dataclass(frozen=True, slots=True)
class Province:
    """`points` are in alphabetical order, places of the whole province before its communes."""

    id: str
    name: str
    code: str
    coverage: CoverageOut
    points: tuple[Point, ...]
    folded: str
    order: SortKey

    @property
    def missing(self) -> int:
        """How many of its sites nobody can vouch for."""
        return self.coverage.total - self.coverage.up

    def worst_first(self) -> tuple[Point, ...]:
        return tuple(sorted(self.points, key=_rank))


@dataclass(frozen=True, slots=True)
class Picture:
    """Provinces and outages as of `sequence`; `home` is the province of every
    site, `owner` the site of every node."""

    sequence: int
    at: datetime
    started_at: datetime
    version: str
    cut_off: bool
    coverage: CoverageOut
    provinces: Mapping[str, Province]
    home: Mapping[str, str]
    owner: Mapping[str, str]
    outages: tuple[OutageOut, ...]

    @classmethod
    def of(cls, snapshot: SnapshotOut) -> Picture:
        """The picture of a whole snapshot."""
        points: dict[str, list[Point]] = {province.id: [] for province in snapshot.provinces}
        for site in snapshot.sites:
            points.setdefault(site.province, []).append(_point(site))
        named = {province.id: province for province in snapshot.provinces}
        provinces = {}
        for id_, members in points.items():
            if (given := named.get(id_)) is None:
                continue
            name = short_name(tidy(given.name))
            members.sort(key=_alphabetical)
            provinces[id_] = Province(
                id_, name, given.code, given.coverage, tuple(members), folded(name), sort_key(name)
            )
        return cls(
            snapshot.sequence,
            snapshot.at,
            snapshot.started_at,
            snapshot.version,
            snapshot.cut_off,
            snapshot.coverage,
            provinces,
            {point.id: id_ for id_, province in provinces.items() for point in province.points},
            {node: site.id for site in snapshot.sites for node in site.nodes},
            tuple(snapshot.outages),
        )

    def updated(self, update: StreamUpdate) -> Picture | None:
        """The picture after `update`, or None when it can't be told without a fresh snapshot:
        an update is missing in between, the daemon was restarted, or the inventory changed."""
        if update.started_at != self.started_at or update.previous > self.sequence:
            return None
        if update.sequence <= self.sequence:
            return self
        if update.coverage.total != self.coverage.total:
            return None
        news: dict[str, dict[str, tuple[State, bool]]] = {}
        for site, state in update.states.items():
            if (home := self.home.get(site)) is None:
                return None
            news.setdefault(home, {})[site] = state
        coverages = {province.id: province.coverage for province in update.provinces}
        if coverages.keys() != self.provinces.keys():
            return None
        provinces: Mapping[str, Province] = {
            id_: _renewed(province, coverages[id_], news.get(id_, {}))
            for id_, province in self.provinces.items()
        }
        if all(province is self.provinces[id_] for id_, province in provinces.items()):
            provinces = self.provinces
        outages = tuple(update.outages)
        return replace(
            self,
            sequence=update.sequence,
            at=update.at,
            cut_off=update.cut_off,
            coverage=update.coverage,
            provinces=provinces,
            outages=self.outages if outages == self.outages else outages,
        )

    def looks_like(self, other: Picture | None) -> bool:
        """Whether nothing that is shown of the country differs, its age aside."""
        return (
            other is not None
            and self.provinces is other.provinces
            and self.outages is other.outages
            and self.cut_off == other.cut_off
        )

    def worst_first(self) -> tuple[Province, ...]:
        """Provinces by the share of sites lost, then by the share unknown, then by name."""
        return tuple(sorted(self.provinces.values(), key=_badness))

    def by_name(self) -> tuple[Province, ...]:
        return tuple(sorted(self.provinces.values(), key=lambda province: province.order))

    def point(self, site: str) -> Point | None:
        """The site with this id, if there is one."""
        province = self.provinces.get(self.home.get(site, ""))
        return next((p for p in province.points if p.id == site), None) if province else None


def matching(texts: Iterable[str], query: str) -> tuple[int, ...]:
    """Indices of the (folded) texts that hold every word of `query`, accents and case ignored."""
    words = folded(query).split()
    return tuple(i for i, text in enumerate(texts) if all(word in text for word in words))


def _point(site: SiteOut) -> Point:
    name = tidy(site.name)
    return Point(
        site.id,
        name,
        site.kind,
        site.province,
        site.state,
        site.maintenance,
        tuple(site.nodes),
        f"{folded(name)} {folded(site.id)}",
    )


def _renewed(
    province: Province, coverage: CoverageOut, news: Mapping[str, tuple[State, bool]]
) -> Province:
    points = province.points
    if news and any(
        news.get(p.id, (p.state, p.maintenance)) != (p.state, p.maintenance) for p in points
    ):
        points = tuple(
            replace(p, state=news[p.id][0], maintenance=news[p.id][1]) if p.id in news else p
            for p in points
        )
    if points is province.points and coverage == province.coverage:
        return province
    return replace(province, coverage=coverage, points=points)


def _rank(point: Point) -> int:
    return point.rank


def _alphabetical(point: Point) -> tuple[bool, SortKey, str]:
    return point.kind == "commune", sort_key(point.name), point.id


def _badness(province: Province) -> tuple[float, float, SortKey]:
    coverage = province.coverage
    total = coverage.total or 1
    lost = (coverage.down + coverage.unreachable) / total
    return -lost, -coverage.unknown / total, province.order
