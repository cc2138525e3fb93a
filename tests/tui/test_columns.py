"""What stands in a column of a fixed width finds room there, in both languages."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from configs.messages import messages
from tui.figures import Figures
from tui.screens import drift, nodes, outage, outages, planned, ports, province, vitals, whatif
from tui.screens.events import EVENT_COLUMNS
from tui.widgets.rowtable import Column

TABLES: dict[str, tuple[tuple[Column, ...], tuple[str, ...]]] = {
    "nodes": (nodes.NODE_COLUMNS, tuple(title for title, _ in nodes.ORDERS)),
    "province": (province.COLUMNS, ("console.column.site", "console.column.state")),
    "outages": (outages.COLUMNS, ("console.outages.timer", "console.outages.hurt")),
    "outage": (outage.COLUMNS, ()),
    "ports": (ports.PORTS, ("console.column.in",)),
    "links": (ports.LINKS, ()),
    "vitals": (vitals.VITALS, ()),
    "events": (EVENT_COLUMNS, ()),
    "drift": (drift.COLUMNS, ()),
    "planned": (planned.COLUMNS, ()),
    "whatif": (whatif.WEAKENED, ()),
}
DAY_S = 86_400


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("table", TABLES)
def test_no_title_is_cut_nor_the_mark_of_the_order(table: str, language: str) -> None:
    (columns, orders), say = TABLES[table], messages(language)
    titled = [column for column in columns if column.title and column.width]
    words = {c.title: say(c.title) + (" ▾" if c.title in orders else "") for c in titled}
    assert [words[c.title] for c in titled if cell_len(words[c.title]) > c.width] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_that_a_column_says_is_cut(language: str) -> None:
    say = messages(language)
    figures = Figures(say)
    width = {column.title: column.width for column in outages.COLUMNS + vitals.VITALS}
    flags = ("console.short.maintenance", "console.outages.silenced", "console.outages.flapping")
    assert max(cell_len(say(flag)) for flag in flags) <= outages.COLUMNS[-1].width
    for days in (3, 4, 30, 98):
        lasting = figures.timer(days * DAY_S + DAY_S - 1)
        assert cell_len(lasting) <= width["console.outages.timer"]
    for seconds in (59 * 60 + 59, 23 * 3600 + 59 * 60, 364 * DAY_S):
        assert cell_len(figures.span(seconds)) <= width["console.column.value"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_kind_nor_time_of_what_is_planned_is_cut(language: str) -> None:
    say = messages(language)
    width = {column.title: column.width for column in planned.COLUMNS}
    for kind in ("maintenance", "silence"):
        assert cell_len(say(f"console.planned.{kind}")) <= width["console.planned.kind"]
    for stage in ("in_force", "coming", "over", "called_off"):
        for seconds in (95 * 3600, 98 * DAY_S + 23 * 3600):
            lasting = say(f"console.planned.{stage}", time=Figures(say).timer(seconds))
            brief = stage in ("over", "called_off") and seconds > DAY_S * 4  # half a day at most
            assert brief or cell_len(lasting) <= width["console.planned.timer"], lasting
    for key, count in (("console.planned.sites", "3.414"), ("console.summary.outages", "999")):
        assert cell_len(say(key, count=count)) <= width["console.planned.covers"]
