from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import httpx
import pytest

from exporters.reports.schema import ReportOut
from store.record import Record
from tests.exporters.daemon import NOW, Daemon
from topology.chronicle import Run, Span, SpanKind

HOUR = timedelta(hours=1)


@pytest.fixture
async def watched(daemon: Daemon) -> Daemon:
    """Watched for two hours up to now; since half an hour a commune is cut off."""
    began = NOW - 2 * HOUR
    spans = [
        Span(SpanKind.WATCHED, site, began, began, maintenance=False)
        for site in daemon.snapshot().inventory.sites
    ]
    cut = NOW - HOUR / 2
    spans.append(Span(SpanKind.CUT, "c-1", cut, cut, maintenance=False))
    run = Run(1, began, NOW - timedelta(seconds=9))
    await daemon.store.commit(Record(spans=tuple(spans), run=run))
    return daemon


async def report(http: httpx.AsyncClient, **params: Any) -> ReportOut:
    answer = await http.get("/api/v1/report", params=params)
    assert answer.status_code == 200, answer.text
    return ReportOut.model_validate_json(answer.content)


async def test_a_cut_that_lasts_counts_up_to_now(watched: Daemon, http: httpx.AsyncClient) -> None:
    found = await report(http, since=(NOW - HOUR).isoformat(), by="site")
    worst, *others = found.rows
    assert (worst.id, worst.down_s, worst.cuts, worst.unknown_s) == ("c-1", 1_800, 1, 0)
    assert worst.availability == pytest.approx(0.5)
    assert {row.availability for row in others} == {1.0}
    assert (found.until, found.pauses) == (NOW, [])


async def test_the_time_before_the_first_look_is_unknown(
    watched: Daemon, http: httpx.AsyncClient
) -> None:
    found = await report(http, since=(NOW - 4 * HOUR).isoformat(), by="country")
    assert found.known_since == NOW - 2 * HOUR
    assert found.country.unknown_s == 4 * 2 * 3_600
    assert found.country.availability == pytest.approx(1 - 0.5 / 8)


async def test_times_are_told_in_utc_however_they_were_asked_for(
    watched: Daemon, http: httpx.AsyncClient
) -> None:
    since = (NOW - HOUR).astimezone(timezone(7 * HOUR)).isoformat()
    answer = await http.get("/api/v1/report", params={"since": since})
    assert answer.json()["since"] == "2026-01-31T07:00:00Z"


async def test_a_time_in_the_future_ends_now(watched: Daemon, http: httpx.AsyncClient) -> None:
    until = (NOW + 100 * HOUR).isoformat()
    assert (await report(http, since=(NOW - HOUR).isoformat(), until=until)).until == NOW


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "since"),
        ({"since": "2026-01-31T07:00:00"}, "since"),
        ({"since": (NOW + HOUR).isoformat()}, "before now"),
        ({"since": (NOW - HOUR).isoformat(), "until": (NOW - 2 * HOUR).isoformat()}, "until"),
        ({"since": (NOW - HOUR).isoformat(), "by": "continent"}, "by"),
        ({"since": (NOW - HOUR).isoformat(), "maintenance": "perhaps"}, "maintenance"),
    ],
)
async def test_what_cannot_be_reported_on_is_said(
    watched: Daemon, http: httpx.AsyncClient, params: dict[str, str], reason: str
) -> None:
    answer = await http.get("/api/v1/report", params=params)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
