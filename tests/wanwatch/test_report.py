"""`wanwatch report`: of a store, and of a running daemon."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from configs.settings import Http
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import serve
from exporters.program import program_registry
from store.database import Store
from store.record import Record
from tests.exporters.daemon import NOW, Daemon
from tests.wanwatch.test_whatif import INVENTORY
from topology.chronicle import Run, Span, SpanKind
from wanwatch.cli import cli
from wanwatch.commands.report import period
from wanwatch.errors import UsageError

HOUR = timedelta(hours=1)


@pytest.fixture
def hanoi(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock stands in Hà Nội."""
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def watched(folder: Path, cut: str, now: datetime) -> None:
    """A store in which a site has been cut off for the last hour of two."""
    store = await Store.open("sqlite:///wanwatch.db", folder=folder)
    spans = (
        Span(SpanKind.WATCHED, cut, now - 2 * HOUR, now - 2 * HOUR, maintenance=False),
        Span(SpanKind.CUT, cut, now - HOUR, now - HOUR, maintenance=False),
    )
    await store.commit(Record(spans=spans, run=Run(1, now - 2 * HOUR, now)))
    await store.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "inventory.yaml").write_text(INVENTORY, "utf-8")
    path = tmp_path / "wanwatch.yaml"
    path.write_text("inventory: [inventory.yaml]\nmonitors: [core]\n", "utf-8")
    asyncio.run(watched(tmp_path, "c-1", datetime(2026, 1, 15, 2, tzinfo=UTC)))
    return path


def said(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["report", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


JANUARY = ("--month", "2026-01")


@pytest.mark.usefixtures("hanoi")
def test_a_month_of_a_store_as_text(config: Path) -> None:
    text = said("-c", config, *JANUARY)
    assert "01/01/2026 00:00 – 01/02/2026 00:00 (giờ UTC+07:00)" in text
    assert "Đắk Lắk" in text
    assert "50,000%" in text


def test_a_month_of_a_store_for_programs(config: Path) -> None:
    found = json.loads(said("-c", config, *JANUARY, "--by", "site", "--format", "json"))
    assert (found["rows"][0]["id"], found["rows"][0]["down_s"]) == ("c-1", 3_600)
    assert found["rows"][1]["availability"] is None


def test_a_month_of_a_store_for_spreadsheets(config: Path) -> None:
    text = said("-c", config, *JANUARY, "--by", "site", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["id"] == "c-1"
    assert len(rows) == 3


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    began = NOW - 2 * HOUR
    span = Span(SpanKind.WATCHED, "dc-1", began, began, maintenance=False)
    await store.commit(Record(spans=(span,), run=Run(1, began, NOW)))
    app = create_app(Daemon(store), access=Access(), registry=program_registry([]))
    async with serve(app, Http(port=0)) as served:
        yield served.url
    app.state.scraper.close()
    await store.close()


async def test_the_running_daemon_is_asked_without_a_configuration(url: str) -> None:
    arguments = ("--url", url, "--month", "2026-01", "--by", "country", "--language", "en")
    text = await asyncio.to_thread(said, *arguments)
    assert "100.000%" in text
    assert "Figures are known from" in text


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def local(text: str) -> datetime:
    """As it is given on the command line: without a zone."""
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.usefixtures("hanoi")
def test_months_are_those_of_this_machines_clock() -> None:
    assert period("2026-10", None, None, NOON) == (utc("2026-09-30T17:00"), utc("2026-10-31T17:00"))
    assert period("2025-12", None, None, NOON) == (utc("2025-11-30T17:00"), utc("2025-12-31T17:00"))
    assert period(None, None, None, NOON) == (utc("2026-10-31T17:00"), NOON)
    midnight = utc("2026-10-31T17:30")  # November has begun in Hà Nội, not in Greenwich
    assert period(None, None, None, midnight) == (utc("2026-10-31T17:00"), midnight)


@pytest.mark.usefixtures("hanoi")
def test_a_time_without_a_zone_is_this_machines_and_ends_now_at_the_latest() -> None:
    day = local("2026-11-20")
    assert period(None, day, None, NOON) == (utc("2026-11-19T17:00"), NOON)
    assert period(None, day, local("2027-01-01"), NOON) == (utc("2026-11-19T17:00"), NOON)
    assert period(None, utc("2026-11-20"), None, NOON) == (utc("2026-11-20"), NOON)


@pytest.mark.parametrize(
    ("month", "since", "until", "reason"),
    [
        ("2026-13", None, None, "write a month as 2026-11"),
        ("2026-12", None, None, "lies in the future"),
        ("2026-10", local("2026-10-01"), None, "not both"),
        (None, None, local("2026-10-01"), "needs --since"),
        ("0001-01", None, None, "in no calendar"),
        ("9999-12", None, None, "in no calendar"),
        (None, local("0001-01-01"), None, "in no calendar"),
        (None, local("2026-10-02"), local("2026-10-01"), "until is before since"),
    ],
)
def test_a_time_that_cannot_be_is_wrong_use(
    month: str | None, since: datetime | None, until: datetime | None, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        period(month, since, until, NOON)
