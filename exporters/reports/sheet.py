"""A report as a table for spreadsheets (RFC 4180)."""

from __future__ import annotations

import csv
import io

from exporters.reports.schema import AvailabilityOut, By, ReportOut

COLUMNS = tuple(AvailabilityOut.model_fields)


def sheet(report: ReportOut) -> str:
    """The rows, or the country's where the report is of it alone; times in seconds. Begins with
    the mark by which spreadsheets know that the text is UTF-8."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("since", "until", *COLUMNS))
    for row in [report.country] if report.by is By.COUNTRY else report.rows:
        values = row.model_dump()
        table.writerow(
            (report.since.isoformat(), report.until.isoformat(), *(values[c] for c in COLUMNS))
        )
    return "\ufeff" + text.getvalue()
