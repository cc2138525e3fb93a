"""Availability of the country, of each province or of each site, from what the store holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from configs.inventory import Inventory
from exporters.reports.schema import AvailabilityOut, By, PauseOut, ReportOut
from store.availability import SiteTime, Times
from topology.chronicle import BEAT

NOTHING = SiteTime(0.0)


def report(times: Times, inventory: Inventory, by: By, *, with_maintenance: bool) -> ReportOut:
    """The report of the sites that are in the inventory now.

    Time in maintenance windows is left out, or counted as what it was. A site that was not
    watched, or not yet there, is unknown in that time: neither up nor down.
    """
    period_s = (times.until - times.since).total_seconds()

    def row(id_: str, name: str, sites: Sequence[str], province_name: str = "") -> AvailabilityOut:
        found = [times.sites.get(site, NOTHING) for site in sites]
        known = sum(t.watched_s for t in found)
        down = sum(t.cut_s for t in found)
        maintenance = sum(t.maintenance_s for t in found)
        unknown = period_s * len(sites) - known
        if with_maintenance:
            down += sum(t.maintenance_cut_s for t in found)
            cuts = sum(t.all_cuts for t in found)
            longest = max((t.all_longest_s for t in found), default=0.0)
        else:
            known -= maintenance
            cuts = sum(t.cuts for t in found)
            longest = max((t.longest_s for t in found), default=0.0)
        return AvailabilityOut(
            id=id_,
            name=name,
            province_name=province_name,
            sites=len(sites),
            availability=1.0 - down / known if known > 0 else None,
            known_s=known,
            down_s=down,
            cuts=cuts,
            longest_s=longest,
            maintenance_s=maintenance,
            maintenance_down_s=sum(t.maintenance_cut_s for t in found),
            unknown_s=max(0.0, unknown),
        )

    country = row("", "", list(inventory.sites))
    rows: list[AvailabilityOut] = []
    if by is By.PROVINCE:
        sites_in: dict[str, list[str]] = {province: [] for province in inventory.provinces}
        for site in inventory.sites.values():
            sites_in[site.province].append(site.id)
        rows = [row(p.id, p.name, sites_in[p.id]) for p in inventory.provinces.values()]
    elif by is By.SITE:
        rows = [
            row(site.id, site.name, [site.id], inventory.provinces[site.province].name)
            for site in inventory.sites.values()
        ]
    return ReportOut(
        since=times.since,
        until=times.until,
        by=by,
        maintenance="included" if with_maintenance else "excluded",
        known_since=times.known_since,
        pauses=_pauses(times),
        undeclared=len(times.sites.keys() - inventory.sites.keys()),
        country=country,
        rows=worst_first(rows),
    )


def worst_first(rows: Iterable[AvailabilityOut]) -> list[AvailabilityOut]:
    """By availability, then by time without coverage, then as they came; what nothing is known
    of comes last."""
    return sorted(
        rows, key=lambda row: (2.0 if row.availability is None else row.availability, -row.down_s)
    )


def _pauses(times: Times) -> list[PauseOut]:
    """When no run was alive, from the first known time on. A daemon that has not given its next
    sign of life yet does not pause."""
    if times.known_since is None:
        return []
    edges = [(times.since, max(times.since, min(times.known_since, times.until)))]
    edges += [(max(run.started, times.since), min(run.alive, times.until)) for run in times.runs]
    edges.append((times.until, times.until))
    gaps = [(before[1], after[0]) for before, after in pairwise(sorted(edges))]
    return [
        PauseOut(since=start, until=end)
        for start, end in gaps
        if end - start > (2 * BEAT if end == times.until else timedelta(0))
    ]
