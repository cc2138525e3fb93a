"""`p` shows silences and maintenance windows; whoever may write makes and ends them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot

from exporters.client import ApiClient
from store.errors import DiskFullError
from store.record import MaintenanceWindow, Silence
from tests.exporters.daemon import Daemon, hub_cut
from tests.tui.opened import text_of, until
from tests.tui.pieces import NOON, silences, windows
from topology.outage import Root, RootKind
from tui.app import Console
from tui.screens.outage import OutageView
from tui.screens.planform import PlanForm, length_of
from tui.screens.planned import PlannedView
from tui.screens.plannedwords import in_order
from tui.screens.question import Question
from tui.screens.site import SiteView


@contextlib.asynccontextmanager
async def console(
    url: str,
    *keys: str,
    author: str = "Lan",
    language: str = "en",
    size: tuple[int, int] = (140, 40),
) -> AsyncIterator[tuple[Console, Pilot[int]]]:
    """A console of the present time after these keys."""
    async with ApiClient(url) as client:
        app = Console(client, language, author=author)
        async with app.run_test(size=size) as pilot:
            await until(lambda: app.desk.picture)
            await pilot.press(*keys)
            yield app, pilot


async def planned(daemon: Daemon, *targets: str, starts: float = -1, ends: float = 60) -> int:
    """A window from and until so many minutes from now; its id."""
    now = datetime.now(UTC)
    start, end = now + timedelta(minutes=starts), now + timedelta(minutes=ends)
    window = MaintenanceWindow(targets, start, end, "Nguyễn Văn Đức", "Thay nguồn")
    return (await daemon.store.add_window(window)).id


async def silenced(daemon: Daemon, matchers: dict[str, str], hours: float = 1) -> None:
    now = datetime.now(UTC)
    end = now + timedelta(hours=hours)
    made = Silence(matchers, now - timedelta(minutes=1), end, "Hoa", "Bão số 5")
    await daemon.store.add_silence(made)


async def test_what_is_in_force_coming_and_just_over_is_told_with_names_not_ids(
    url: str, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    await planned(daemon, "link:l-hub", "site:c-1")
    await planned(daemon, "province:66", starts=120, ends=180)
    await planned(daemon, "node:cpe-2", starts=-90, ends=-30)
    await planned(daemon, "group:duct", starts=-5000, ends=-2000)
    await silenced(daemon, {"outage": "o-1", "severity": "critical"})
    async with console(url, "p", size=(180, 50)) as (app, _):
        await until(lambda: "2 in force   1 coming   1 just over" in text_of(app))
        rows = text_of(app)
        for told in (
            "Lõi 1 – Bộ định tuyến A +1",
            "3 sites", "ends in 59:", "Nguyễn Văn Đức", "Thay nguồn", "starts in 01:59:",
            "CPE Buôn Ma Thuột, Đắk", "ended 30:0", "outage Bộ định tuyến A · severity critical",
            "1 outage", "Bão số 5", "Xã Ea Súp, Đắk",
        ):  # fmt: skip
            assert told in rows
        for hidden in ("l-hub", "c-1", "cpe-2", "o-1", "Cống bể", "duct"):
            assert hidden not in rows


async def test_the_filter_finds_by_name_author_and_reason_without_accents(
    url: str, daemon: Daemon
) -> None:
    await planned(daemon, "site:c-1")
    await silenced(daemon, {"province": "01"})
    async with console(url, "p", language="vi") as (app, pilot):
        await until(lambda: "2 đang hiệu lực" in text_of(app))
        for query, kept in (
            ("ea sup", "Xã Ea Súp"),
            ("bao so", "Hà Nội"),
            ("van duc", "Xã Ea Súp"),
        ):
            await pilot.press("slash", *query, "enter")
            other = {"Xã Ea Súp": "Hà Nội", "Hà Nội": "Xã Ea Súp"}[kept]
            await until(lambda other=other: other not in text_of(app))
            assert kept in text_of(app)
            await pilot.press("escape")
        await pilot.press("slash", *"nowhere", "enter")
        await until(lambda: "Không có gì khớp với “nowhere”" in text_of(app))


async def test_on_the_smallest_terminal_the_list_has_all_the_room(url: str, daemon: Daemon) -> None:
    for minutes in range(20, 28):
        await planned(daemon, "site:c-1", ends=minutes)
    async with console(url, "p", size=(60, 16)) as (app, _):
        await until(lambda: "8 in force" in text_of(app))
        assert text_of(app).count("ends in") == 8


async def test_nothing_planned_is_said(url: str) -> None:
    async with console(url, "p", size=(80, 24)) as (app, _):
        await until(lambda: "No maintenance and no silence." in text_of(app))


async def test_enter_opens_the_first_target_and_a_silence_its_outage(
    url: str, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    await planned(daemon, "province:66", ends=10)
    await silenced(daemon, {"outage": "o-1"})
    async with console(url, "p") as (app, pilot):
        await until(lambda: "2 in force" in text_of(app))
        await pilot.press("down", "enter")
        await until(lambda: isinstance(app.screen, OutageView))
        await pilot.press("escape", "home", "enter")
        await until(lambda: "Ea Súp" in text_of(app))
        assert not isinstance(app.screen, PlannedView)


async def test_one_is_ended_only_after_a_question_and_in_the_name_of_who_did_it(
    url: str, daemon: Daemon
) -> None:
    await planned(daemon, "site:c-1", ends=10)
    await silenced(daemon, {"province": "66"})
    async with console(url, "p") as (app, pilot):
        await until(lambda: "2 in force" in text_of(app))
        await pilot.press("x")
        await until(lambda: isinstance(app.screen, Question))
        assert "End this maintenance now?" in text_of(app)
        assert "Xã Ea Súp" in text_of(app)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, PlannedView))
        assert not daemon.told
        await pilot.press("x")
        await until(lambda: isinstance(app.screen, Question))
        await pilot.press("enter")
        await until(lambda: "1 in force   1 just over" in text_of(app))
        (told,) = daemon.told
        assert (told.kind, told.params["author"]) == ("event.maintenance.ended.by", "Lan")
        await pilot.press("home", "x")
        await until(lambda: isinstance(app.screen, Question))
        assert "End this silence now?" in text_of(app)
        await pilot.press("y")
        await until(lambda: "2 just over" in text_of(app))
        await pilot.press("x")  # nothing is left to be ended
        await pilot.pause()
        assert isinstance(app.screen, PlannedView)
        assert len(daemon.told) == 2


async def test_one_that_has_not_begun_is_called_off(url: str, daemon: Daemon) -> None:
    await planned(daemon, "site:c-1", starts=30)
    async with console(url, "p", "x") as (app, pilot):
        await until(lambda: "1 coming" in text_of(app))
        await pilot.press("x")
        await until(lambda: "Call this maintenance off before it begins?" in text_of(app))
        await pilot.press("enter")
        await until(lambda: "called off 00:0" in text_of(app))
        assert "was to start" in text_of(app)


async def test_one_that_somebody_else_has_just_ended_is_said(url: str, daemon: Daemon) -> None:
    id_ = await planned(daemon, "site:c-1")
    async with console(url, "p") as (app, pilot):
        await until(lambda: "1 in force" in text_of(app))
        await pilot.press("x")
        await until(lambda: isinstance(app.screen, Question))
        await daemon.store.expire_window(id_, datetime.now(UTC))
        await pilot.press("enter")
        await until(lambda: "over already, or ended by somebody else" in text_of(app))


async def test_a_console_that_only_looks_changes_nothing_and_says_how_to(
    url: str, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    await planned(daemon, "site:c-1")
    async with console(url, "p", author="") as (app, pilot):
        await until(lambda: "1 in force" in text_of(app))
        await pilot.press("x")
        await until(lambda: "open with wanwatch tui --write to change things" in text_of(app))
        for keys in (("3", "m"), ("2", "S")):
            await pilot.press(*keys)
            await until(lambda: isinstance(app.screen, Question))
            assert "open with wanwatch tui --write" in text_of(app)
            await pilot.press("enter")
            await until(lambda: not isinstance(app.screen, Question))
        assert not daemon.told


async def test_a_window_is_opened_for_the_site_in_focus(url: str, daemon: Daemon) -> None:
    async with console(url) as (app, pilot):
        app.push_screen(SiteView(app.desk, "c-2"))
        await until(lambda: isinstance(app.screen, SiteView))
        await pilot.press("m")
        await until(lambda: isinstance(app.screen, PlanForm))
        assert "Open maintenance of Phường Buôn Ma Thuột" in text_of(app)
        await pilot.press("enter")
        await until(lambda: "Say why, for the next shift." in text_of(app))
        await pilot.press(*"Thay", "shift+tab", "home", "ctrl+k", *"soon", "enter")
        assert "write like 30m, 2h, 1h30, 1 day" in text_of(app)
        assert not await daemon.store.windows()
        await pilot.press("home", "ctrl+k", *"1h30", "enter")
        await until(lambda: isinstance(app.screen, PlannedView))
        await until(lambda: "ends in 01:29:" in text_of(app))
        (window,) = await daemon.store.windows()
        assert window.targets == ("site:c-2",)
        assert (window.author, window.comment) == ("Lan", "Thay")
        assert window.ends - window.starts == timedelta(minutes=90)


async def test_the_outage_in_focus_is_silenced_and_the_cursor_is_on_what_was_made(
    url: str, daemon: Daemon
) -> None:
    daemon.publish(hub_cut(daemon.present))
    await planned(daemon, "site:c-1", ends=5)
    async with console(url, "2") as (app, pilot):
        await until(lambda: "Bộ định tuyến A" in text_of(app))
        await pilot.press("S")
        await until(lambda: "Silence the outage Bộ định tuyến A" in text_of(app))
        await pilot.press(*"Power", "enter")
        await until(lambda: "2 in force" in text_of(app))
        (silence,) = await daemon.store.silences()
        assert dict(silence.matchers) == {"outage": "o-1"}
        await pilot.press("x")
        await until(lambda: "End this silence now?" in text_of(app))


@pytest.mark.parametrize(
    ("root", "target"),
    [
        (Root(RootKind.GROUP, "site:hub-66"), "site:hub-66"),
        (Root(RootKind.GROUP, "duct"), "group:duct"),
        (Root(RootKind.LINK, "l-hub"), "link:l-hub"),
    ],
)
async def test_a_window_is_opened_for_the_root_of_an_outage(
    url: str, daemon: Daemon, root: Root, target: str
) -> None:
    cut = hub_cut(daemon.present)
    daemon.publish(replace(cut, outages=(replace(cut.outages[0], root=root),)))
    async with console(url, "2") as (app, pilot):
        await until(lambda: "1 outage" in text_of(app))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, OutageView) and "since" in text_of(app))
        await pilot.press("m", *"Repair", "enter")
        await until(lambda: isinstance(app.screen, PlannedView))
        (window,) = await daemon.store.windows()
        assert window.targets == (target,)


async def test_there_is_no_maintenance_of_the_monitors_own_uplink(url: str, daemon: Daemon) -> None:
    cut = hub_cut(daemon.present)
    blind = replace(cut.outages[0], root=Root(RootKind.MONITOR, ""))
    daemon.publish(replace(cut, outages=(blind,)))
    async with console(url, "2") as (app, pilot):
        await until(lambda: "1 outage" in text_of(app))
        await pilot.press("m")
        await pilot.pause()
        assert not isinstance(app.screen, PlanForm)


async def test_a_form_that_cannot_be_sent_says_why_and_keeps_what_was_typed(
    url: str, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise DiskFullError("t.db: no room on the disk; make room")

    monkeypatch.setattr(daemon.store, "add_window", full)
    async with console(url, "3") as (app, pilot):
        await until(lambda: "CPE Ea Súp" in text_of(app))
        await pilot.press("m", *"Reason", "enter")
        await until(lambda: "t.db: no room on the disk; make room" in text_of(app))
        assert isinstance(app.screen, PlanForm)
        assert "Reason" in text_of(app)
        monkeypatch.undo()
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, PlannedView))


async def test_the_palette_leads_there(url: str) -> None:
    async with console(url, "colon", *"maintenance", "enter") as (app, _):
        await until(lambda: isinstance(app.screen, PlannedView))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2h", 120), ("30p", 30), ("30 phút", 30), ("1h30", 90), ("1 giờ 30 phút", 90), ("45", 45),
     ("1 day", 1440), ("2 ngày 4h", 3120), ("31d", 44640)],
)  # fmt: skip
def test_lengths_are_read_as_people_write_them(text: str, minutes: int) -> None:
    assert length_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "0", "soon", "-2h", "2h 2h", "32d", "1.5h", "99999"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert length_of(text) is None


def test_what_ends_next_comes_first_and_what_is_over_last() -> None:
    order = [
        (type(plan).__name__[0], plan.id) for plan in in_order((*windows(), *silences()), NOON)
    ]
    assert order == [("M", 1), ("S", 1), ("S", 2), ("M", 2), ("M", 3), ("M", 4)]
