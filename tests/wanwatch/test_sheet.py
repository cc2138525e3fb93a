"""What is printed of words that others chose."""

from __future__ import annotations

import logging

import pytest

from wanwatch import logs
from wanwatch.commands.sheet import Sheet, line

HOSTILE = "\x1b[2J[/nothing][red]\r\nsw\u202e1"


def test_the_words_of_a_device_are_no_markup_and_no_control(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sheet = Sheet("port", "value", title=HOSTILE, right=(1,))
    sheet.row(HOSTILE, 1.0)
    sheet.row(None, 37.800000000000004)
    sheet.print()
    line("sysName", HOSTILE)
    printed = capsys.readouterr().out
    assert "[2J[/nothing][red] sw 1" in printed
    assert "37.8\n" in printed
    assert printed.replace("\n", "").isprintable()


def test_a_wide_table_is_not_cut_where_nobody_reads_it_on_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sheet = Sheet(*(f"column {i}" for i in range(40)))
    sheet.row(*("a long value" for _ in range(40)))
    sheet.print()
    assert capsys.readouterr().out.count("a long value") == 40


def test_what_a_stranger_says_cannot_forge_a_line_of_the_log() -> None:
    said = ("x\n2026-01-01 INFO forged\x1b[31m",)
    record = logging.LogRecord("test", logging.WARNING, "", 1, "trap from %s", said, None)
    logged = logs.OneLine(logs.FORMAT).format(record)
    assert logged.isprintable()
    assert logged.endswith("trap from x\\n2026-01-01 INFO forged\\x1b[31m")
