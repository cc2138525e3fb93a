"""`w` asks what would happen if the thing at hand failed."""

from __future__ import annotations

from tests.exporters.daemon import Daemon, hub_cut
from tests.tui.opened import console, text_of, until
from tui.screens.view import Subject, WhatIf
from tui.screens.whatif import WhatIfView


async def test_a_node_of_the_list_shows_whom_it_would_cut_off(url: str) -> None:
    async with console(url, language="en", size=(120, 40)) as (app, pilot):
        await pilot.press("3")
        await until(lambda: "Bộ định tuyến A" in text_of(app))
        await pilot.press("slash", *"tuyen", "enter", "w")
        await until(lambda: "sites cut off: 3; nodes: 3" in text_of(app))
        seen = text_of(app)
        assert "What if Bộ định tuyến A failed" in seen
        assert "Xã Ea Súp" in seen
        assert "Nobody would lose a second way." in seen
        await pilot.press("down", "enter")
        await until(lambda: not isinstance(app.screen, WhatIfView))
        assert "CPE" in text_of(app)


async def test_the_site_under_the_cursor_of_the_grid_is_asked_about(url: str) -> None:
    async with console(url, language="en", size=(120, 40)) as (app, pilot):
        await pilot.press("right", "w")
        await until(lambda: "sites cut off:" in text_of(app))
        assert "What if" in text_of(app)


async def test_an_open_outage_is_judged_as_if_all_else_worked(url: str, daemon: Daemon) -> None:
    daemon.publish(hub_cut(daemon.present))
    async with console(url, language="en", size=(120, 40)) as (app, pilot):
        await pilot.press("2")
        await until(lambda: "Bộ định tuyến A" in text_of(app))
        await pilot.press("w")
        await until(lambda: "sites cut off: 3; nodes: 3" in text_of(app))
        assert "on the network as declared" in text_of(app)
        await pilot.press("escape", "enter", "w")
        await until(lambda: "on the network as declared" in text_of(app))


async def test_who_is_cut_off_already_is_not_cut_off_once_more(url: str, daemon: Daemon) -> None:
    daemon.publish(hub_cut(daemon.present))
    async with console(url, language="en", size=(120, 40)) as (app, pilot):
        app.post_message(WhatIf(Subject("site:c-1", "Xã Ea Súp")))
        await until(lambda: "Nobody would be cut off who is not already." in text_of(app))
        await pilot.press("w")
        assert isinstance(app.screen, WhatIfView)


async def test_the_loss_of_where_the_monitor_stands_is_said_to_blind_it(url: str) -> None:
    async with console(url, size=(80, 24)) as (app, _):
        app.post_message(WhatIf(Subject("node:core-1", "Lõi 1")))
        await until(lambda: "chính máy giám sát đặt ở đó" in text_of(app))


async def test_what_has_left_the_network_is_told_as_gone(url: str) -> None:
    async with console(url, size=(80, 24)) as (app, _):
        app.post_message(WhatIf(Subject("node:ghost", "Ma")))
        await until(lambda: app.desk.say("console.gone") in text_of(app))
