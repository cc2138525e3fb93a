"""How old the picture is, and what is said when the line is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exporters.client import ApiClient
from exporters.schema.picture import RootOut
from tests.tui.daemon import daemon
from tests.tui.nation import troubled_nation, whole_nation
from tests.tui.opened import FrozenClock, console, text_of, until
from tests.tui.test_client import free_port
from tui.app import Console
from tui.desk import Clock
from tui.feed import Line
from tui.look import AMBER, FAINT, GROUND, QUIET
from tui.widgets.heatgrid import HeatGrid
from tui.widgets.masthead import Masthead


def colours_of(app: Console) -> set[str]:
    """Every colour in the heat grid."""
    grid = app.screen.query_one(HeatGrid)
    return {
        colour.name
        for y in range(10)
        for segment in grid.render_line(y)
        if segment.style and segment.text.strip()
        for colour in (segment.style.color,)
        if colour
    }


@pytest.mark.parametrize(
    ("age", "sign", "words"),
    [
        (0, "●", "dữ liệu 0 giây trước"),
        (3, "●", "dữ liệu 3 giây trước"),
        (6, "▲", "dữ liệu 6 giây trước"),
        (75, "▲", "dữ liệu 1 phút 15 giây trước"),
    ],
)
async def test_the_age_of_the_data_is_always_said(age: float, sign: str, words: str) -> None:
    clock = FrozenClock()
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, clock=clock) as (app, pilot),
    ):
        await until(lambda: serving.listeners)
        clock.elapsed = age
        app._tick()
        await pilot.pause()
        assert f"{sign} {words}" in text_of(app).splitlines()[0]


@pytest.mark.parametrize("key", ["question_mark", "colon"])
async def test_the_age_goes_on_behind_a_dialog(key: str) -> None:
    clock = FrozenClock()
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, clock=clock, size=(160, 50)) as (app, pilot),
    ):
        await until(lambda: serving.listeners)
        await pilot.press(key)
        clock.elapsed = 75
        app._tick()
        await pilot.pause()
        masthead = app.screen_stack[0].query_one(Masthead)
        assert "▲ dữ liệu 1 phút 15 giây trước" in masthead.render_line(0).text


async def test_an_update_makes_the_data_fresh_again() -> None:
    clock = FrozenClock()
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, clock=clock) as (app, _),
    ):
        await until(lambda: serving.listeners)
        clock.elapsed = 60
        assert app.desk.faded
        serving.send()
        await until(lambda: app.desk.age_s == 0)
        assert not app.desk.faded


async def test_a_lost_daemon_is_said_its_last_picture_greyed_and_found_again() -> None:
    nation = troubled_nation()
    async with (
        daemon(nation) as serving,
        console(serving.url, size=(120, 40)) as (app, _),
    ):
        await until(lambda: serving.listeners)
        assert AMBER in colours_of(app)
        await serving.stop()
        await until(lambda: app.desk.feed.line is Line.LOST)
        await until(lambda: "mất kết nối, đang thử lại" in text_of(app).splitlines()[0])
        assert "Mất kết nối http" in text_of(app)
        assert "Lào Cai" in text_of(app)  # the last picture stays
        assert colours_of(app) <= {GROUND, FAINT, QUIET}

        nation.started_at += timedelta(minutes=5)
        nation.sequence = nation.announced = 1
        nation.outages.clear()
        await serving.start()
        await until(lambda: app.desk.feed.line is Line.LIVE)
        await until(lambda: "Không có sự cố nào" in text_of(app))
        assert "Mất kết nối" not in text_of(app)


async def test_a_monitor_that_is_cut_off_says_so_on_every_screen() -> None:
    nation = whole_nation()
    nation.cut_off = True
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        for key in "1234":
            await pilot.press(key)
            await pilot.pause()
            assert "CHÍNH MÁY GIÁM SÁT ĐANG BỊ CÔ LẬP" in text_of(app)


async def test_nobody_is_said_to_be_without_coverage_because_the_monitor_is_cut_off() -> None:
    nation = whole_nation()
    nation.cut_off = True
    sites = nation.communes("hue")
    for site in sites:
        nation.set(site, "UNKNOWN")
    root = RootOut(kind="monitor", id="monitor", name="")
    nodes = [f"{site}-r1" for site in sites]
    nation.strike(nation.outage("blind", root, "dc-1", 1.0, down=[], shadowed=nodes))
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        assert "0 điểm mất phủ" in text_of(app)
        await pilot.press("enter")
        await until(lambda: f"không nhìn thấy {len(nodes)} thiết bị" in text_of(app))
        assert "bị che khuất" not in text_of(app)
        assert "chưa rõ" in text_of(app)


async def test_a_refused_token_is_explained() -> None:
    async with daemon(whole_nation(), token="right") as serving, ApiClient(serving.url) as client:
        app = Console(client, "vi", Clock())
        async with app.run_test() as pilot:
            await until(lambda: app.desk.feed.line is Line.REFUSED)
            await pilot.pause()
            await until(lambda: "không chấp nhận mã truy cập" in text_of(app))


async def test_without_a_daemon_it_waits_and_says_so() -> None:
    async with ApiClient(f"http://127.0.0.1:{free_port()}") as client:
        app = Console(client, "en", Clock())
        async with app.run_test() as pilot:
            await until(lambda: app.desk.feed.line is Line.LOST)
            await until(lambda: "Cannot reach http" in text_of(app))
            assert "Waiting for the daemon's data" in text_of(app)
            for key in "234":
                await pilot.press(key)
            await pilot.press("colon", "escape", "question_mark", "escape", "enter", "slash", "a")
            assert app.is_running
