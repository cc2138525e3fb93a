from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exporters.reports.availability import report
from exporters.reports.schema import By
from store.availability import SiteTime, Times
from tests.exporters.daemon import country
from topology.chronicle import Run

START = datetime(2026, 11, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def times(sites: dict[str, SiteTime], *runs: Run, until: float = 10) -> Times:
    """Ten hours, watched from their start unless `runs` are given."""
    known = min((run.started for run in runs), default=None)
    return Times(START, at(until), sites, runs, known)


WHOLE = Run(1, START, at(10))
TEN_H = 36_000.0


def test_a_site_that_was_cut_for_an_hour_of_ten_was_available_for_nine() -> None:
    sites = {"c-1": SiteTime(TEN_H, cut_s=3_600, cuts=2, longest_s=3_000)}
    found = report(times(sites, WHOLE), country(), By.SITE, with_maintenance=False)
    worst = found.rows[0]
    assert (worst.id, worst.province_name) == ("c-1", 'Đắk "Lắk" \\ Cao\nnguyên')
    assert worst.availability == pytest.approx(0.9)
    assert (worst.down_s, worst.cuts, worst.longest_s, worst.unknown_s) == (3_600, 2, 3_000, 0)


def test_time_in_which_nobody_watched_is_neither_up_nor_down() -> None:
    sites = {"c-1": SiteTime(3_600, cut_s=1_800, cuts=1, longest_s=1_800)}
    found = report(times(sites, WHOLE), country(), By.SITE, with_maintenance=False)
    assert found.rows[0].availability == pytest.approx(0.5)
    assert found.rows[0].unknown_s == TEN_H - 3_600
    assert [row.availability for row in found.rows[1:]] == [None] * 3, "they were never watched"
    assert found.country.availability == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("included", "known", "down", "cuts", "longest"),
    [(False, TEN_H - 7_200, 600, 1, 600), (True, TEN_H, 4_200, 2, 3_600)],
)
def test_maintenance_is_left_out_or_counted_and_shown_either_way(
    included: bool, known: float, down: float, cuts: int, longest: float
) -> None:
    sites = {"c-1": SiteTime(TEN_H, 7_200, 600, 3_600, 1, 600, 2, 3_600)}
    found = report(times(sites, WHOLE), country(), By.SITE, with_maintenance=included)
    row = found.rows[0]
    assert (row.known_s, row.down_s, row.cuts, row.longest_s) == (known, down, cuts, longest)
    assert (row.maintenance_s, row.maintenance_down_s) == (7_200, 3_600)
    assert found.maintenance == ("included" if included else "excluded")


def test_a_province_adds_its_sites_up_and_its_longest_is_of_one_of_them() -> None:
    sites = {
        "c-1": SiteTime(TEN_H, cut_s=3_600, cuts=2, longest_s=3_000),
        "c-2": SiteTime(TEN_H, cut_s=1_800, cuts=1, longest_s=1_800),
        "hub-66": SiteTime(TEN_H),
        "dc-1": SiteTime(TEN_H),
    }
    found = report(times(sites, WHOLE), country(), By.PROVINCE, with_maintenance=False)
    daklak, hanoi = found.rows
    assert (daklak.id, daklak.sites, daklak.cuts, daklak.longest_s) == ("66", 3, 3, 3_000)
    assert daklak.availability == pytest.approx(1 - 5_400 / (3 * TEN_H))
    assert (hanoi.availability, hanoi.down_s) == (1.0, 0)
    assert found.country.down_s == 5_400
    assert found.country.sites == 4


def test_of_the_country_alone_there_are_no_rows() -> None:
    found = report(times({}, WHOLE), country(), By.COUNTRY, with_maintenance=False)
    assert found.rows == []
    assert found.country.availability is None


def test_what_left_the_inventory_is_not_counted_and_said() -> None:
    sites = {"gone": SiteTime(TEN_H, cut_s=TEN_H), "c-1": SiteTime(TEN_H)}
    found = report(times(sites, WHOLE), country(), By.COUNTRY, with_maintenance=False)
    assert found.undeclared == 1
    assert found.country.availability == 1.0


def pauses(*runs: Run) -> list[tuple[float, float]]:
    found = report(times({}, *runs), country(), By.COUNTRY, with_maintenance=False)
    hour = timedelta(hours=1)
    return [((p.since - START) / hour, (p.until - START) / hour) for p in found.pauses]


def test_a_daemon_that_was_down_is_a_pause() -> None:
    assert pauses(Run(1, at(-5), at(3)), Run(2, at(4), at(10))) == [(3, 4)]
    assert pauses(Run(1, at(-5), at(3))) == [(3, 10)]


def test_before_the_first_daemon_there_was_none_to_pause() -> None:
    assert pauses(Run(1, at(6), at(10))) == []
    assert pauses() == []


def test_the_seconds_since_the_last_sign_of_life_are_no_pause() -> None:
    assert pauses(Run(1, at(0), at(10) - timedelta(seconds=12))) == []
