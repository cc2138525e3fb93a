"""The table that draws only what is seen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult

from exporters.client import ApiClient
from tui.desk import Clock, Desk
from tui.feed import Feed
from tui.look import PLAIN
from tui.widgets.rowtable import Cell, Column, RowTable, widths_for

COLUMNS = (Column("", 4), Column("console.column.node"), Column("console.column.site", least=60))


class Table(App[None]):
    def __init__(self) -> None:
        super().__init__()
        client = ApiClient("http://127.0.0.1:1")
        self.desk = Desk(client, Feed(client, lambda: None), Clock(), "en")
        self.drawn: list[int] = []
        self.chosen: list[int | None] = []
        self.table = RowTable[int](self.desk, COLUMNS, self._draw, lambda row: row)

    def compose(self) -> ComposeResult:
        yield self.table

    def _draw(self, row: int) -> Sequence[Cell]:
        self.drawn.append(row)
        return (str(row), PLAIN), (f"row {row}", PLAIN), ("", PLAIN)

    def on_row_table_chosen(self) -> None:
        self.chosen.append(self.table.pointed)


async def test_of_many_rows_only_those_on_the_screen_are_drawn() -> None:
    app = Table()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(range(100_000))
        await pilot.pause()
        assert set(app.drawn) == set(range(23))
        await pilot.press("end")
        await pilot.pause()
        assert app.table.pointed == 99_999
        assert max(app.drawn) == 99_999
        assert len(set(app.drawn)) < 100


async def test_the_cursor_moves_by_row_page_and_end_and_stays_in_view() -> None:
    app = Table()
    async with app.run_test(size=(80, 11)) as pilot:
        app.table.show(range(50))
        await pilot.press("down", "down", "j", "up")
        assert app.table.pointed == 2
        await pilot.press("pagedown")
        assert app.table.pointed == 11
        assert app.table.scroll_offset.y == 2
        await pilot.press("home", "up")
        assert app.table.pointed == 0
        assert app.table.scroll_offset.y == 0
        await pilot.press("enter")
        assert app.chosen == [0]


async def test_the_cursor_holds_on_to_its_row_when_the_order_changes() -> None:
    app = Table()
    async with app.run_test(size=(80, 11)) as pilot:
        app.table.show([1, 2, 3, 4])
        await pilot.press("down", "down")
        assert app.table.pointed == 3
        app.table.show([3, 1, 4, 2])
        assert app.table.pointed == 3
        app.table.show([4, 1])  # its row is gone: it stays about where it was
        assert app.table.pointed in (4, 1)
        app.table.show([])
        assert app.table.pointed is None
        await pilot.press("enter", "down", "pageup", "end")
        assert app.chosen == []


async def test_at_the_top_the_cursor_stays_at_the_top() -> None:
    app = Table()
    async with app.run_test(size=(80, 11)):
        app.table.show([1, 2, 3])
        app.table.show([9, 1, 2, 3])
        assert app.table.pointed == 9


async def test_a_click_points_and_a_second_one_chooses() -> None:
    app = Table()
    async with app.run_test(size=(80, 11)) as pilot:
        app.table.show([1, 2, 3])
        await pilot.click(RowTable, offset=(5, 2))
        assert (app.table.pointed, app.chosen) == (2, [])
        await pilot.click(RowTable, offset=(5, 2))
        assert app.chosen == [2]
        await pilot.click(RowTable, offset=(5, 0))  # the heading
        await pilot.click(RowTable, offset=(5, 9))  # beyond the last row
        assert app.chosen == [2]


async def test_an_order_shows_some_of_the_rows() -> None:
    app = Table()
    async with app.run_test(size=(80, 11)) as pilot:
        app.table.show([10, 20, 30], (2, 0))
        await pilot.pause()
        assert app.table.pointed == 30
        assert set(app.drawn) == {30, 10}


def test_what_is_left_is_shared_and_narrow_tables_leave_columns_out() -> None:
    assert widths_for(COLUMNS, 59) == (4, 48, -1)
    assert widths_for(COLUMNS, 60) == (4, 24, 25)
    assert widths_for((Column("", most=10), Column("")), 40) == (10, 25)


async def test_a_row_that_looks_different_is_drawn_again_and_no_other() -> None:
    app = Table()
    async with app.run_test(size=(80, 11)) as pilot:
        app.table.show([1, 2, 3])
        await pilot.resize_terminal(70, 11)
        await pilot.pause()
        app.table.show([1, 7, 3])
        await pilot.pause()
        assert "row 7" in app.table.render_line(2).text
        assert app.table._drawn.keys() == set(range(11))
