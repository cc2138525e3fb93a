"""`wanwatch report`: who was covered how long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from configs.messages import messages
from wanwatch.commands import options
from wanwatch.errors import UsageError

if TYPE_CHECKING:
    from exporters.reports.schema import By, ReportOut

SITES_SHOWN = 30
FORMATS = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"]
MOMENT = click.DateTime(FORMATS)


@click.command("report")
@click.option(
    "--month",
    metavar="YYYY-MM",
    help="A month by this machine's clock; this one if none is said.",
)
@click.option("--since", type=MOMENT, metavar="DATE[THH:MM]", help="From this local time on.")
@click.option("--until", type=MOMENT, metavar="DATE[THH:MM]", help="Up to this one, or to now.")
@click.option(
    "--by",
    type=click.Choice(["country", "province", "site"]),
    default="province",
    show_default=True,
    help="What the rows are.",
)
@click.option(
    "--with-maintenance",
    is_flag=True,
    help="Count time in maintenance windows like any other, instead of leaving it out.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    show_default=True,
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    metavar="N",
    help=f"Only the N worst rows as text, 0 for all; {SITES_SHOWN} sites unless given.",
)
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read this configuration's store, without asking the daemon.",
)
@options.url
@options.token_file
@options.language
def command(
    month: str | None,
    since: datetime | None,
    until: datetime | None,
    by: str,
    with_maintenance: bool,
    form: str,
    limit: int | None,
    config: Path | None,
    url: str,
    token_file: Path | None,
    language: str,
) -> None:
    """Show how long everybody was covered, worst first: time without coverage, how many times,
    the longest; time in maintenance and time in which nobody watched apart from it.

    Availability is 1 - (time cut off) / (time of which it is known whether a point was covered).
    A point is covered while any of its nodes answers.
    """
    from exporters.reports.schema import By
    from exporters.reports.sheet import sheet
    from exporters.reports.text import lines

    start, end = period(month, since, until, datetime.now(UTC))
    what = By(by)
    say = messages(language)
    with Console(stderr=True).status(say("report.working")):
        found = (
            _read(config, start, end, what, with_maintenance)
            if config
            else _asked(url, token_file, start, end, what, with_maintenance)
        )
    if form == "json":
        click.echo(found.model_dump_json())
    elif form == "csv":
        click.echo(sheet(found), nl=False)
    else:
        most = SITES_SHOWN if limit is None and what is By.SITE else limit or 0
        for line in lines(found, say, limit=most):
            click.echo(line)


def period(
    month: str | None, since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """(since, until) in UTC, `until` no later than `now`; without a word of when, this month.
    What has no zone is by this machine's clock. Raises UsageError."""
    if month and (since or until):
        raise UsageError("say --month, or --since and --until, not both")
    if until and not since:
        raise UsageError("--until needs --since")
    try:
        if since is None:
            since, until = _month(month, now)
        start, end = since.astimezone(UTC), min(until.astimezone(UTC) if until else now, now)
    except (ValueError, OverflowError):  # before the year 1, or after 9999
        raise UsageError("the time asked for is in no calendar; write a year of our time") from None
    if start >= end:
        when = "lies in the future" if start >= now else "has no time in it: until is before since"
        raise UsageError(f"the time asked for {when}")
    return start, end


def _month(month: str | None, now: datetime) -> tuple[datetime, datetime]:
    """A local month's first moment and the next one's, without a zone."""
    first = now.astimezone().replace(tzinfo=None, day=1, hour=0, minute=0, second=0, microsecond=0)
    if month:
        try:
            first = datetime.strptime(month, "%Y-%m")  # noqa: DTZ007  local, as is said
        except ValueError:
            raise UsageError(f"--month {month}: write a month as 2026-11") from None
    year, number = divmod(first.year * 12 + first.month, 12)
    return first, first.replace(year=year, month=number + 1)


def _asked(
    url: str, token_file: Path | None, since: datetime, until: datetime, by: By, whole: bool
) -> ReportOut:
    from wanwatch.commands.fetch import fetch

    return fetch(
        url, token_file, lambda api: api.report(since, until, by=by, with_maintenance=whole)
    )


def _read(config: Path, since: datetime, until: datetime, by: By, whole: bool) -> ReportOut:
    from configs.errors import ConfigError
    from configs.loader import load
    from configs.secret import store_url
    from exporters.reports.availability import report
    from store.availability import times
    from store.errors import StoreError
    from store.reading import read

    try:
        configuration = load(config)
        url = store_url(configuration.settings.store)
        work = partial(times, since=since, until=until)
        found = asyncio.run(read(url, configuration.path.parent, work))
    except (ConfigError, StoreError) as error:
        raise click.ClickException(str(error)) from error
    return report(found, configuration.inventory, by, with_maintenance=whole)
