"""What the screens say is neither cut, nor counted twice, nor out of date."""

from __future__ import annotations

import pytest

from exporters.schema.picture import RootOut
from tests.tui.daemon import daemon
from tests.tui.nation import troubled_nation, whole_nation
from tests.tui.opened import console, text_of, until
from tests.tui.pieces import interface
from tui.look import WARNING
from tui.screens.palette import targets
from tui.screens.ports import PORTS, PortLines


async def test_sites_that_two_outages_hurt_are_counted_once() -> None:
    nation = whole_nation()
    hub = nation.cut_hub("lao-cai")
    behind = RootOut(kind="node", id="core", name="Bộ định tuyến lõi")
    nation.strike(nation.outage("core", behind, "dc-1", 1.0, down=[], shadowed=hub.shadowed))
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        assert f"2 sự cố · 2 nghiêm trọng · {hub.sites_hurt} điểm mất phủ" in text_of(app)


async def test_the_sentence_under_the_cursor_is_told_in_full() -> None:
    nation = whole_nation()
    first = "Sự cố mới: Nguồn điện Trung tâm Cao Bằng; 57 điểm mất kết nối, trong đó có 56 xã"
    second = "Sự cố mới: Tuyến cáp ngầm ven biển đoạn qua Quảng Trị; 951 điểm mất kết nối"
    for sentence in (second, first):
        nation.say(sentence)
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("4")
        await until(lambda: "Sự cố mới" in text_of(app))
        for key, sentence in (("home", first), ("down", second)):
            await pilot.press(key)
            await pilot.pause()
            foot = " ".join(line.strip() for line in text_of(app).splitlines()[-3:-1])
            assert foot.removeprefix("· ").strip() == sentence


async def test_the_palette_shows_a_dead_router_of_a_covered_site_as_down() -> None:
    nation = troubled_nation()
    root = RootOut(kind="node", id="hub-gia-lai-r1", name="Bộ định tuyến 1 Gia Lai")
    nation.strike(
        nation.outage("r1", root, "hub-gia-lai", 1.0, down=[root.id], hurt=0, severity="warning")
    )
    async with daemon(nation) as serving, console(serving.url) as (app, _):
        signs = {target.title: target.mark[0] for target in targets(app.desk, ())}
    assert [signs["hub-gia-lai-r1"], signs["hub-gia-lai-r2"]] == ["×", "■"]


@pytest.mark.parametrize(
    "keys",
    [
        ("3", "slash", *"hub-tuyen-quang", "enter"),
        ("1", "colon", *"trung tam tuyen quang", "enter"),
    ],
)
async def test_two_routers_of_a_place_are_told_apart_on_a_small_terminal(
    keys: tuple[str, ...],
) -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press(*("space" if key == " " else key for key in keys))
        await until(lambda: text_of(app).count("Tuyên Quang") > 2)
        lines = [line for line in text_of(app).splitlines() if "thông suốt  " in line]
        assert [number for line in lines for number in "12" if f" {number} " in line] == ["1", "2"]


async def test_names_have_the_room_of_flags_that_no_outage_has() -> None:
    nation = whole_nation()
    root = RootOut(kind="node", id="hub-lai-chau-r1", name="Bộ định tuyến 1 Lai Châu")
    nation.strike(nation.outage("r1", root, "hub-lai-chau", 1.0, down=[root.id], hurt=15))
    async with daemon(nation) as serving, console(serving.url) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        assert f" {root.name} " in text_of(app)
        assert " Trung tâm Lai Châu " in text_of(app)
        nation.outages["r1"] = nation.outages["r1"].model_copy(update={"flapping": True})
        await until(lambda: serving.listeners)
        serving.send()
        await until(lambda: "chập chờn" in text_of(app))
        assert f" {root.name} " not in text_of(app)


async def test_how_many_sites_a_cell_stands_for_is_not_cut() -> None:
    nation = whole_nation()
    nation.set("hub-tuyen-quang", "DOWN", maintenance=True)
    async with daemon(nation) as serving, console(serving.url) as (app, _):
        foot = text_of(app).splitlines()[-2]
        assert foot.startswith(" ◇ Trung tâm Tuyên Quang  mất liên lạc  bảo trì  và")
        assert foot.endswith("trong ô này")


async def test_what_went_wrong_is_told_in_the_language_of_now() -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, pilot):
        await pilot.press("4")
        await until(lambda: "Chưa có sự kiện" in text_of(app))
        await serving.stop()
        await until(lambda: app.screen.trouble, within_s=15)
        assert app.screen.trouble == "mất kết nối, đang thử lại"
        await pilot.press("L")
        assert app.screen.trouble == "connection lost, retrying"


@pytest.mark.parametrize(
    ("errors", "words"), [(99.9, "99,9"), (120.0, "120"), (12_345.6, "12,3 k"), (3e6, "3,00 M")]
)
async def test_errors_that_are_many_find_room(errors: float, words: str) -> None:
    async with daemon(whole_nation()) as serving, console(serving.url) as (app, _):
        many = interface(1).model_copy(update={"in_errors_per_s": errors, "out_errors_per_s": 0.0})
        assert PortLines(app.desk).draw(many)[8] == (words, WARNING)
        assert len(words) <= PORTS[8].width
