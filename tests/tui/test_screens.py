"""Keys, drill-down, filters, palette, language."""

from __future__ import annotations

import asyncio
from unittest.mock import patch

import pytest

from exporters.schema.node import NodeOut
from exporters.schema.picture import RootOut
from tests.tui.daemon import daemon
from tests.tui.nation import troubled_nation, whole_nation
from tests.tui.opened import console, text_of, until
from tests.tui.pieces import interface
from tui.letters import folded
from tui.look import MUTED, WARNING
from tui.screens.coverage import CoverageView
from tui.screens.node import NodeView
from tui.screens.outage import OutageView
from tui.screens.palette import Target, found
from tui.screens.ports import PortLines
from tui.screens.province import ProvinceView
from tui.screens.site import SiteView
from tui.screens.view import Open
from tui.widgets.heatgrid import HeatGrid
from tui.widgets.rowtable import RowTable


async def test_numbers_and_tab_turn_to_the_screens_and_round() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        for key, mode in (("2", "outages"), ("3", "nodes"), ("4", "events"), ("1", "coverage")):
            await pilot.press(key)
            assert app.current_mode == mode
        for mode in ("outages", "nodes", "events", "coverage"):
            await pilot.press("tab")
            assert app.current_mode == mode
        await pilot.press("shift+tab")
        assert app.current_mode == "events"


async def test_a_click_on_a_tab_opens_its_screen() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        for word, mode in (("Thiết bị", "nodes"), ("Sự cố", "outages"), ("Độ phủ", "coverage")):
            place = text_of(app).splitlines()[0].index(word)
            await pilot.click(offset=(place + 2, 0))
            await pilot.pause()
            assert app.current_mode == mode


async def test_an_event_leads_to_its_outage_even_when_that_is_over() -> None:
    nation = troubled_nation()
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("4")
        await until(lambda: "Đứt tuyến cáp Lào Cai" in text_of(app))
        await pilot.press("enter")
        assert isinstance(app.screen, OutageView)
        await until(lambda: "Lào Cai  101" in text_of(app))
        await pilot.press("escape", "down")
        nation.outages.clear()
        await pilot.press("enter")
        await until(lambda: "đã kết thúc" in text_of(app))


async def test_enter_leads_from_the_country_to_a_node_and_escape_back() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("enter")
        assert isinstance(app.screen, ProvinceView)
        await until(lambda: "100 %" in text_of(app))
        await pilot.press("enter")
        assert isinstance(app.screen, SiteView)
        await until(lambda: "Bộ định tuyến 2 Lào Cai" in text_of(app))
        await pilot.press("down", "enter")
        assert isinstance(app.screen, NodeView)
        await until(lambda: "GigabitEth" in text_of(app))
        assert "Cisco C1111-8P" in text_of(app)
        await pilot.press("escape", "escape", "escape")
        assert isinstance(app.screen, CoverageView)
        await pilot.press("escape")
        assert isinstance(app.screen, CoverageView)


async def test_a_filter_gives_the_keys_back_to_the_table_that_had_them() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2", "enter")
        await until(lambda: "bị che khuất" in text_of(app))
        await pilot.press("right", "slash", "escape")
        assert app.focused is not None
        assert app.focused.display
        await pilot.press("enter")
        assert isinstance(app.screen, OutageView)


async def test_a_click_turns_to_a_table_too() -> None:
    async with (
        daemon(troubled_nation()) as serving,
        console(serving.url, size=(160, 50)) as (app, pilot),
    ):
        await pilot.press("2", "enter")
        await until(lambda: "Đứt tuyến cáp Lào Cai" in text_of(app))
        hurt, past = app.screen.query(RowTable)
        await pilot.click(past, offset=(5, 1))
        assert app.focused is past
        await pilot.press("left")
        assert app.focused is hurt


async def test_the_number_of_a_screen_leads_back_to_its_beginning() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("enter", "enter")
        assert isinstance(app.screen, SiteView)
        await pilot.press("1")
        await pilot.pause()
        assert isinstance(app.screen, CoverageView)
        assert len(app.screen_stack) == 1
        await pilot.press("enter", "2", "1")
        assert isinstance(app.screen, ProvinceView)  # coming from elsewhere, it is as it was left


async def test_a_site_with_one_node_is_that_node() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("down", "enter", "enter")
        assert isinstance(app.screen, NodeView)
        await until(lambda: "mất liên lạc" in text_of(app))


async def test_the_province_opens_at_the_site_that_was_pointed_at() -> None:
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, size=(160, 50)) as (app, pilot),
    ):
        await pilot.press("down", "right", "right", "right")
        point = app.screen.query_one(HeatGrid).pointed[0]
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.query_one(RowTable).pointed.id == point.id


async def test_outages_are_one_line_each_worst_first_with_running_timers() -> None:
    async with (
        daemon(troubled_nation()) as serving,
        console(serving.url, size=(160, 50)) as (app, pilot),
    ):
        await pilot.press("2")
        lines = [line for line in text_of(app).splitlines() if line[1:2] in ("×", "▲", "◇")]
        assert len(lines) == 7
        assert "Tuyến cáp Lào Cai" in lines[0]
        assert "04:12" in lines[0]
        assert "im lặng" in lines[4]
        assert "bảo trì" in lines[5]
        assert "Gia Lai r2 ↔ dc-2" in lines[6]
        app.desk.clock.utc.__self__.elapsed = 1.0  # type: ignore[attr-defined]
        app._tick()
        await pilot.pause()
        assert "04:13" in text_of(app)


async def test_an_outage_shows_whom_it_shadows_and_what_happened() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2", "enter")
        assert isinstance(app.screen, OutageView)
        await until(lambda: "bị che khuất" in text_of(app))
        assert "Lào Cai  101" in text_of(app)
        await pilot.press("right")
        await until(lambda: "Đứt tuyến cáp Lào Cai" in text_of(app))
        await pilot.press("left", "down", "enter")
        assert isinstance(app.screen, NodeView)


async def test_a_dead_router_of_a_site_that_is_covered_by_another_is_not_shown_as_up() -> None:
    nation = troubled_nation()
    hub = "hub-gia-lai"
    root = RootOut(kind="node", id=f"{hub}-r1", name="Bộ định tuyến 1 Gia Lai")
    nation.strike(nation.outage("r1", root, hub, 1.0, down=[root.id], hurt=0, severity="warning"))
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2", "slash", *"gia", "space", *"lai", "enter")
        await pilot.press("enter")
        await until(lambda: root.id in text_of(app))
        (line,) = (line for line in text_of(app).splitlines() if root.id in line)
        assert line.strip().startswith("×")
        assert "mất liên lạc" in line


async def test_what_is_said_of_an_outage_goes_on_in_the_next_line_rather_than_being_cut() -> None:
    nation = troubled_nation()
    others = [RootOut(kind="group", id=f"g{i}", name=f"Nguồn điện số {i}") for i in range(3)]
    root = RootOut(kind="group", id="site:hub-hue", name="Trung tâm Huế")
    nation.strike(
        nation.outage("hue", root, "hub-hue", 9.0, down=[], hurt=500, alternatives=others)
    )
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2", "enter")
        await until(lambda: "Nguồn điện số 2" in text_of(app))
        assert "toàn bộ Trung tâm Huế" in text_of(app)  # and not a group with a name for experts


async def test_an_outage_that_is_over_says_so() -> None:
    nation = troubled_nation()
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2")
        del nation.outages["cut-lao-cai"]
        await pilot.press("enter")
        await until(lambda: "đã kết thúc" in text_of(app))


async def test_nobody_is_said_to_be_unhurt_because_of_a_filter() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2", "enter")
        await until(lambda: "bị che khuất" in text_of(app))
        await pilot.press("slash", *"qq", "enter")
        await pilot.pause()
        assert "Không có gì khớp với “qq”" in text_of(app)
        assert "Chưa ai bị ảnh hưởng" not in text_of(app)


async def test_no_outages_is_said_in_words() -> None:
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, language="en") as (app, pilot),
    ):
        await pilot.press("2")
        assert "No outages" in text_of(app)
        await pilot.press("4")
        await until(lambda: "No events yet" in text_of(app))


async def test_nodes_are_filtered_without_accents_and_ordered() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("3")
        await until(lambda: "3.458 / 3.458" in text_of(app))
        await pilot.press("slash", *"r2", "space", *"hue", "enter")
        await pilot.pause()
        assert "1 / 3.458 thiết bị" in text_of(app)
        await pilot.press("s")
        await pilot.pause()
        assert "thiết bị ▾" in text_of(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "3.458 / 3.458" in text_of(app)


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_finds_places_without_accents_and_goes_there(key: str) -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press(key, *"dak", "enter")
        assert isinstance(app.screen, ProvinceView)
        await pilot.pause()
        assert "Đắk Lắk" in text_of(app)


def test_the_palette_puts_what_has_the_words_together_before_what_has_them_anywhere() -> None:
    names = ("Phường Châu Thành Hà Tiên An Giang", "Phường Hà Giang 1", "Hà Giang", "Xã Hạ Hòa")
    choices = [Target(name, "", ("■", ""), folded(name), 2, Open("site", name)) for name in names]
    assert [choices[i].title for i in found(choices, "ha giang")] == [
        "Hà Giang",
        "Phường Hà Giang 1",
        "Phường Châu Thành Hà Tiên An Giang",
    ]


async def test_the_palette_finds_nodes_by_name_before_any_list_of_them_was_open() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("colon", *"dinh", "space", *"tuyen", "space", "2", "space", *"lao")
        await until(lambda: "Bộ định tuyến 2 Lào Cai" in text_of(app))
        await pilot.press("enter")
        assert isinstance(app.screen, NodeView)


async def test_the_palette_keeps_what_is_pointed_at_when_it_has_learnt_names() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        release, nodes = asyncio.Event(), app.desk.client.nodes

        async def late(**given: str) -> list[NodeOut]:
            await release.wait()
            return await nodes(**given)

        with patch.object(app.desk.client, "nodes", late):
            await pilot.press("colon", *"hue", "down", "down")
            table = app.screen.query_one(RowTable)
            chosen = table.pointed.title
            release.set()
            await until(lambda: app.desk.roster.entries)
            await pilot.pause()
        assert table.pointed.title == chosen


async def test_the_palette_finds_nodes_by_id_and_commands() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("colon", *"hue-r2", "enter")
        assert isinstance(app.screen, NodeView)
        await pilot.press("colon", *"su", "space", "c", "enter")
        assert app.current_mode == "outages"
        await pilot.press("colon", *"qq")
        await pilot.pause()
        assert "Không có gì khớp" in text_of(app)
        await pilot.press("enter", "escape")
        assert app.current_mode == "outages"


async def test_the_language_changes_everywhere_at_once() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        screen = text_of(app)
        for word in ("Coverage", "96.92", "sites covered", "unreachable", "data 0 s old", "open"):
            assert word in screen, word
        await pilot.press("2")
        await pilot.pause()
        assert "7 outages" in text_of(app)
        await pilot.press("L", "1")
        await pilot.pause()
        assert "Độ phủ" in text_of(app)
        assert "96,92" in text_of(app)


async def test_help_names_the_keys_and_every_glyph() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        screen = text_of(app)
        for word in ("■", "×", "◆", "?", "◇", "□", "ctrl+p", "thoát"):
            assert word in screen
        await pilot.press("escape")
        assert isinstance(app.screen, CoverageView)


async def test_a_terminal_that_is_too_small_says_what_is_needed() -> None:
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, size=(40, 10)) as (app, pilot),
    ):
        assert "Cửa sổ 40×10 quá nhỏ." in text_of(app)
        assert "60×16" in text_of(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "điểm thông suốt" in text_of(app)
        await pilot.resize_terminal(59, 24)
        await pilot.pause()
        assert "59×24" in text_of(app)
        await pilot.press("q")
    assert app.return_code == 0


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_the_keys_that_end_a_program_end_it(key: str) -> None:
    async with daemon(whole_nation()) as serving:
        async with console(serving.url) as (app, pilot):
            await pilot.press(key)
        assert app.return_code == 0


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
async def test_every_screen_stands_any_size(key: str) -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press(key, "enter")
        for size in ((60, 16), (200, 60), (1, 1), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert app.is_running


async def test_errors_that_are_few_are_not_told_as_none() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        few = interface(1).model_copy(update={"in_errors_per_s": 0.003, "out_errors_per_s": 0.0})
        draw = PortLines(app.desk).draw
        assert draw(few)[8] == ("<0,1", WARNING)
        none = few.model_copy(update={"in_errors_per_s": 0.0})
        assert draw(none)[8] == ("0", MUTED)


async def test_a_node_stands_in_a_column_of_one_cell() -> None:
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, size=(100, 50)) as (app, pilot),
    ):
        await pilot.press("colon", *"hue-r2", "enter")
        await until(lambda: "Cisco C1111-8P" in text_of(app))
        await pilot.resize_terminal(1, 50)
        await pilot.pause()
        await pilot.pause()
        assert app.is_running


async def test_a_screen_that_is_not_seen_asks_for_nothing() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("3")
        await until(lambda: app.desk.roster.entries)
        await pilot.press("1")
        await pilot.pause()
        hidden = app._screen_stacks["nodes"][0]
        assert [worker.name for worker in app.workers if worker.node is hidden] == []
