"""The first screen."""

from __future__ import annotations

import pytest

from tests.tui.daemon import daemon
from tests.tui.nation import troubled_nation, whole_nation
from tests.tui.opened import console, text_of, until
from tui.heat import packing
from tui.letters import folded
from tui.widgets.heatgrid import HeatGrid


async def test_a_whole_nation_is_at_one_hundred_per_cent() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        screen = text_of(app)
        assert "3.422 / 3.422 điểm thông suốt · 34 tỉnh, thành phố" in screen
        assert "Không có sự cố nào" in screen
        assert "×" not in screen.replace("× 0", "")


async def test_the_worst_province_comes_first_and_a_fault_moves_it_there() -> None:
    nation = whole_nation()
    async with daemon(nation) as serving, console(serving.url) as (app, _):
        await until(lambda: serving.listeners)
        nation.cut_hub("vinh-long")
        serving.send()
        await until(lambda: "1 sự cố" in text_of(app))
        grid = app.screen.query_one(HeatGrid)
        assert grid.province is not None
        assert grid.province.name == "Vĩnh Long"
        assert "mất liên lạc" in text_of(app)


async def test_the_cursor_stays_with_its_site_when_the_order_changes() -> None:
    nation = whole_nation()
    async with daemon(nation) as serving, console(serving.url, size=(160, 50)) as (app, pilot):
        await until(lambda: serving.listeners)
        await pilot.press("down", "down", "right", "right")
        grid = app.screen.query_one(HeatGrid)
        held = grid.pointed
        nation.cut_hub("vinh-long")
        serving.send()
        await until(lambda: "1 sự cố" in text_of(app))
        assert [point.id for point in grid.pointed] == [point.id for point in held]


async def test_a_filter_ignores_accents_and_hides_what_does_not_match() -> None:
    async with daemon(troubled_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("slash", *"dak", "enter")
        await pilot.pause()
        screen = text_of(app)
        assert "Đắk Lắk" in screen
        assert "Sơn La" not in screen
        await pilot.press("escape")
        await pilot.pause()
        assert "Sơn La" in text_of(app)


async def test_the_cursor_goes_to_the_first_site_that_a_filter_finds() -> None:
    nation = whole_nation()
    site = nation.communes("dak-lak")[40]
    name = nation.places[site].name
    async with daemon(nation) as serving, console(serving.url, size=(160, 50)) as (app, pilot):
        await pilot.press("slash", *folded(name).replace(" ", "_").replace("_", " "))
        await pilot.pause()
        grid = app.screen.query_one(HeatGrid)
        assert [point.id for point in grid.pointed] == [site]
        assert "Không có gì khớp" not in text_of(app)
        await pilot.press("enter", "right")
        app._tick()
        await pilot.pause()
        assert grid.province is not None
        assert grid.province.id == "dak-lak"  # and stays there, though the filter leaves it out
        assert grid.pointed == ()
        assert "Không có gì khớp" not in text_of(app)


async def test_a_filter_that_finds_nothing_says_so() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("slash", *"qq")
        await pilot.pause()
        assert "Không có gì khớp với “qq”" in text_of(app)


async def test_every_state_has_a_glyph_of_its_own() -> None:
    async with (
        daemon(troubled_nation()) as serving,
        console(serving.url, size=(160, 50)) as (app, _),
    ):
        lines = {line.split("  ")[0].strip(): line for line in text_of(app).splitlines()}
        assert "×◆◆" in lines["Lào Cai"]
        assert "?????■" in lines["Đồng Tháp"]
        assert "◇□□□□□□■" in lines["Sơn La"]


@pytest.mark.parametrize(
    ("sizes", "columns", "height", "pack"),
    [
        ([100, 50], 100, 2, 1),
        ([150, 50], 100, 3, 1),  # one row wraps, and there is room for it
        ([150, 50], 100, 2, 2),
        ([90] * 30, 50, 10, 2),  # will not fit anyway: one line a row
        ([90] * 3 + [50] * 30, 50, 10, 1),  # the same, and a few may wrap
        ([], 50, 10, 1),
    ],
)
def test_cells_stand_for_as_few_sites_as_the_screen_allows(
    sizes: list[int], columns: int, height: int, pack: int
) -> None:
    assert packing(sizes, columns, height) == pack
