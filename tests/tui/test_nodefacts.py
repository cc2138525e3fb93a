"""What is said of a node, on terminals that have little room for it."""

from __future__ import annotations

import pytest

from exporters.schema.node import NodeDetail
from tests.tui.daemon import daemon
from tests.tui.nation import whole_nation
from tests.tui.opened import console, text_of, until
from tui.app import Console
from tui.screens.nodefacts import NodeFacts, trouble_of
from tui.widgets.keybar import Keybar

HUB = "hub-ho-chi-minh-r2"


def detail(**other: object) -> NodeDetail:
    return whole_nation().node_detail(HUB).model_copy(update=other)


def words_of(app: Console, told: NodeDetail, width: int) -> str:
    lines = NodeFacts(app.desk).lines(told, width, tall=False)
    return "\n".join("".join(text for text, _ in line) for line in lines)


async def test_the_state_of_a_node_is_told_whatever_its_name() -> None:
    name = "Bộ định tuyến truy nhập số hai của Trung tâm điều hành dự phòng liên xã"
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        told = detail(name=name, state="DOWN")
        headline = NodeFacts(app.desk).headline(told, "mất kết nối", 80)
        words = "".join(text for text, _ in headline)
        assert "mất liên lạc" in words
        assert words.index("mất kết nối") < 80
        assert words.startswith(" × Bộ định")


async def test_a_place_that_has_its_provinces_name_is_said_once() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        headline = NodeFacts(app.desk).headline(detail(name="r2"), "", 120)
        assert headline[-1][0] == "   Trung tâm Hồ Chí Minh"


async def test_a_long_model_is_told_in_full_on_a_small_terminal() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        told = detail(vendor="Net-SNMP", hardware="SYS-510D-8C-FN6P")
        assert "Net-SNMP SYS-510D-8C-FN6P" in words_of(app, told, 80)


async def test_why_a_poll_failed_is_said_in_the_language_with_the_device_s_words_behind() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        found = "wan: timeout no answer within 1 s; ssh: authentication hub-r2: refuses 'x'"
        told = detail(poll_failure=found, failure_kinds=["timeout", "authentication"])
        said = trouble_of(app.desk.say, told)
        assert said == f"không trả lời kịp, không chấp nhận thông tin đăng nhập ({found})"
        assert "không trả lời kịp" in words_of(app, told, 80)
        await pilot.press("L")
        assert trouble_of(app.desk.say, told).startswith("no answer in time, ")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"failure": "no answer within 0.4 s", "failure_kinds": ["timeout"]}, "không trả lời kịp"),
        ({"failure": "no answer within 0.4 s"}, "no answer"),  # an older daemon
        ({"failure": "moonstruck", "failure_kinds": ["moon"]}, "moon (moonstruck)"),  # a newer one
        ({"failure_kinds": []}, ""),
    ],
)
async def test_a_failure_of_any_daemon_is_told(other: dict[str, object], words: str) -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        assert trouble_of(app.desk.say, detail(**other)).startswith(words)


@pytest.mark.parametrize("width", [60, 80])
async def test_the_key_that_leads_to_all_others_is_always_shown(width: int) -> None:
    async with (
        daemon(whole_nation()) as serving,
        console(serving.url, size=(width, 24)) as (app, pilot),
    ):
        await pilot.press("colon", *"hue-r2", "enter")
        await until(lambda: "thông suốt" in text_of(app))
        bar = app.screen.query_one(Keybar).render_line(0).text
        assert "? trợ giúp" in bar
        assert bar.startswith(" ⏎ mở")
