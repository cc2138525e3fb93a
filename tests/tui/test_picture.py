"""The picture: updates, gaps, order, search."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from exporters.schema.model import State
from tests.tui.nation import Nation, add
from tui.picture import Picture, matching

STATES: list[State] = ["UP", "DOWN", "UNREACHABLE", "UNKNOWN"]


def small_nation() -> Nation:
    nation = Nation()
    for province, name in (("hue", "Huế"), ("dak-lak", "Tỉnh Đắk Lắk"), ("an-giang", "An Giang")):
        nation.provinces[province] = (name, "")
        add(nation, f"hub-{province}", f"Trung tâm {name}", "hub", province)
        for commune in ("Xã Ấm", "Xã An", "Xã Ân"):
            add(nation, f"{province}-{commune[3:]}", commune, "commune", province)
    return nation


def shown(picture: Picture) -> dict[str, tuple[str, bool]]:
    return {
        point.id: (point.state, point.maintenance)
        for province in picture.provinces.values()
        for point in province.points
    }


def truth(nation: Nation) -> dict[str, tuple[str, bool]]:
    return {place.id: (place.state, place.maintenance) for place in nation.places.values()}


SITES = sorted(small_nation().places)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "send", "lose", "repeat", "restart"]),
        st.sampled_from(SITES),
        st.sampled_from(STATES),
        st.booleans(),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_is_lost_on_the_way_the_picture_ends_up_as_the_daemons(
    steps: list[tuple[str, str, State, bool]],
) -> None:
    nation = small_nation()
    picture = Picture.of(nation.snapshot())
    last = None
    for step, site, state, maintenance in steps:
        if step == "change":
            nation.set(site, state, maintenance=maintenance)
        elif step == "lose":
            nation.update()
        elif step == "restart":
            nation.started_at += timedelta(seconds=1)
            nation.sequence = nation.announced = 1
            nation.changed.clear()
        else:
            update = last if step == "repeat" and last else nation.update()
            picture = picture.updated(update) or Picture.of(nation.snapshot())
            last = update
    picture = picture.updated(nation.update()) or Picture.of(nation.snapshot())
    assert shown(picture) == truth(nation)
    assert picture.coverage == nation.coverage()
    assert {p.id: p.coverage for p in picture.provinces.values()} == {
        p.id: p.coverage for p in nation.provinces_out()
    }


def test_a_missing_update_is_noticed() -> None:
    nation = small_nation()
    picture = Picture.of(nation.snapshot())
    nation.update()
    assert picture.updated(nation.update()) is None


def test_an_update_older_than_the_snapshot_changes_nothing() -> None:
    nation = small_nation()
    update = nation.update()
    picture = Picture.of(nation.snapshot())
    assert picture.updated(update) is picture


def test_a_restarted_daemon_is_noticed() -> None:
    nation = small_nation()
    picture = Picture.of(nation.snapshot())
    nation.started_at += timedelta(minutes=1)
    assert picture.updated(nation.update()) is None


def test_a_changed_inventory_is_noticed() -> None:
    nation = small_nation()
    picture = Picture.of(nation.snapshot())
    add(nation, "new", "Xã Mới", "commune", "hue")
    assert picture.updated(nation.update()) is None


def test_only_provinces_with_news_are_replaced() -> None:
    nation = small_nation()
    before = Picture.of(nation.snapshot())
    nation.set("hue-An", "DOWN")
    after = before.updated(nation.update())
    assert after is not None
    assert after.provinces["hue"] is not before.provinces["hue"]
    assert after.provinces["dak-lak"] is before.provinces["dak-lak"]
    quiet = after.updated(nation.update())
    assert quiet is not None
    assert quiet.provinces["hue"] is after.provinces["hue"]


def test_provinces_come_worst_first_and_then_by_name() -> None:
    nation = small_nation()
    nation.set("hue-An", "UNKNOWN")
    nation.set("dak-lak-An", "DOWN")
    picture = Picture.of(nation.snapshot())
    assert [p.id for p in picture.worst_first()] == ["dak-lak", "hue", "an-giang"]
    assert [p.id for p in picture.by_name()] == ["an-giang", "dak-lak", "hue"]


def test_points_come_worst_first_with_planned_work_after_every_surprise() -> None:
    nation = small_nation()
    nation.set("hue-An", "DOWN", maintenance=True)
    nation.set("hue-Ân", "UNKNOWN")
    nation.set("hue-Ấm", "UNREACHABLE")
    points = Picture.of(nation.snapshot()).provinces["hue"].worst_first()
    assert [point.id for point in points] == ["hue-Ấm", "hue-Ân", "hue-An", "hub-hue"]


def test_the_places_of_a_province_come_before_its_communes_in_alphabetical_order() -> None:
    points = Picture.of(small_nation().snapshot()).provinces["hue"].points
    assert [point.name for point in points] == ["Trung tâm Huế", "Xã An", "Xã Ấm", "Xã Ân"]


def test_a_search_wants_every_word_and_ignores_accents() -> None:
    assert matching(["xa an dak lak", "xa am hue"], "ĐẮK xã") == (0,)
    assert matching(["a", "b"], "") == (0, 1)


def test_an_id_may_have_accents_like_any_name() -> None:
    point = Picture.of(small_nation().snapshot()).point("hue-Ấm")
    assert point is not None
    for query in ("hue-ấm", "hue-am", "HUE-ẤM"):
        assert matching([point.folded], query) == (0,)


def test_a_site_of_a_province_that_nobody_declared_is_left_out() -> None:
    nation = small_nation()
    snapshot = nation.snapshot()
    stray = snapshot.sites[0].model_copy(update={"id": "stray", "province": "nowhere"})
    odd = snapshot.model_copy(update={"sites": [*snapshot.sites, stray]})
    assert Picture.of(odd).point("stray") is None
    assert Picture.of(odd).point("hue-An") is not None
