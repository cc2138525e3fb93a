"""Did you mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.suggestion import Vocabulary

COMMUNES = [f"xa-{name}-{number}" for name in ("binh-minh", "tan-lap") for number in range(1700)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ha-nio", "ha-noi"),
        ("Hà Nội", "ha-noi"),
        ("HA_NOI", "ha-noi"),
        ("hanoi", "ha-noi"),
        ("đa-nang", "da-nang"),
        ("da-nag", "da-nang"),
        ("sai-gon", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("others", [[], COMMUNES], ids=["few", "many"])
def test_the_nearest_word_is_found_among_few_and_many(
    word: str, meant: str, others: list[str]
) -> None:
    assert Vocabulary(["ha-noi", "da-nang", "hue", *others]).nearest(word) == meant


def test_thousands_of_wrong_words_among_thousands_do_not_take_long() -> None:
    vocabulary = Vocabulary(COMMUNES)
    start = time.process_time()
    found = [vocabulary.nearest(name.replace("-", "_") + "x") for name in COMMUNES]
    assert time.process_time() - start < 5
    assert found.count("") == 0


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=300))
def test_any_text_gets_a_word_of_the_vocabulary_or_nothing(word: str, words: list[str]) -> None:
    assert Vocabulary(words).nearest(word) in {*words, ""}
