"""Vietnamese letters: search, order, width."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.letters import fitted, folded, short_name, sort_key, tidy

VIETNAMESE = "aàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ bcghklmnpqrstvx"


def test_a_search_ignores_accents_case_and_the_stroke_of_d() -> None:
    assert folded("Đắk Lắk") == folded("DAK LAK") == "dak lak"
    assert folded("Thừa Thiên Huế") == "thua thien hue"


@given(st.text(VIETNAMESE))
def test_composed_and_decomposed_spellings_are_found_alike(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


@given(st.text(VIETNAMESE))
def test_folding_leaves_plain_letters_only(text: str) -> None:
    assert folded(text).isascii()


def test_names_stand_in_vietnamese_alphabetical_order() -> None:
    right = ["An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk",
             "Điện Biên", "Đồng Nai", "Gia Lai", "Hà Nội", "Hà Tĩnh", "Hải Phòng", "Hồ Chí Minh",
             "Huế", "Hưng Yên", "Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng"]  # fmt: skip
    assert all(sort_key(a) < sort_key(b) for a, b in pairwise(right))


def test_a_tone_decides_only_between_equal_letters() -> None:
    assert sorted(["bạ", "bá", "bã", "bả", "bà", "ba"], key=sort_key) == [
        "ba", "bà", "bả", "bã", "bá", "bạ",
    ]  # fmt: skip
    assert sort_key("bàn") < sort_key("bân")  # letters first: a before â, whatever the tone
    assert sort_key("ba ân") < sort_key("bà an")  # syllable by syllable


@given(st.text(), st.integers(0, 40), st.booleans(), st.integers(0, 12))
def test_fitted_text_is_exactly_as_wide_as_asked(
    text: str, width: int, right: bool, tail: int
) -> None:
    assert cell_len(fitted(tidy(text), width, right=right, tail=tail)) == width


def test_what_begins_alike_is_told_apart_by_its_end() -> None:
    assert fitted("Trung tâm Thành phố Hà Nội", 20, tail=6) == "Trung tâm Thà…Hà Nội"


def test_a_device_cannot_move_the_cursor_with_its_name() -> None:
    assert tidy("a\x1b[2Jb\r\nc") == "a [2Jb c"


def test_a_province_is_called_by_its_name_alone() -> None:
    assert short_name("Thành phố Hà Nội") == "Hà Nội"
    assert short_name("Tỉnh Sơn La") == "Sơn La"
    assert short_name("Huế") == "Huế"
