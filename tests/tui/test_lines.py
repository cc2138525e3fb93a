"""What is too long for its line gives way where that costs least."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tui.widgets.lines import NAME_LEAST, squeezed, width_of

PLAIN = Style()
LONG = "Bộ định tuyến 2 Thành phố Hồ Chí Minh"


def test_a_headline_with_room_is_left_as_it_is() -> None:
    pieces = [(" × ", PLAIN), (LONG, PLAIN), ("   mất liên lạc", PLAIN)]
    assert squeezed(pieces, 80, {1: NAME_LEAST}) == pieces


def test_the_place_gives_way_before_the_name_and_the_state_never() -> None:
    pieces = [(LONG, PLAIN), ("   mất liên lạc 4 phút", PLAIN), ("   Hồ Chí Minh", PLAIN)]
    texts = [text for text, _ in squeezed(pieces, 66, {-1: 0, 0: NAME_LEAST})]
    assert texts == [LONG, "   mất liên lạc 4 phút", "   Hồ …"]
    texts = [text for text, _ in squeezed(pieces, 50, {-1: 0, 0: NAME_LEAST})]
    assert texts == ["Bộ định tuyến 2 T…ồ Chí Minh", "   mất liên lạc 4 phút", ""]


@given(st.lists(st.text(alphabet="aệ字 ", max_size=30), min_size=2, max_size=5), st.integers(0, 90))
def test_whoever_may_give_all_leaves_nothing_that_does_not_fit(
    texts: list[str], width: int
) -> None:
    pieces = [(text, PLAIN) for text in texts]
    found = squeezed(pieces, width, dict.fromkeys(range(len(pieces)), 0))
    assert width_of(found) <= max(width, 0)
    assert len(found) == len(pieces)
