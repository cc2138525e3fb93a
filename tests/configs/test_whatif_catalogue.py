"""The words of `wanwatch whatif` exist in both languages and take the same fields."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from string import Formatter

from configs.messages import messages

SOURCE = (Path(__file__).parents[2] / "wanwatch/commands/whatif.py").read_text("utf-8")


def texts(language: str) -> dict[str, str]:
    known = messages(language)
    return {k: known._texts[k] for k in known.keys() if k.startswith("whatif.")}  # noqa: SIM118


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    vi, en = texts("vi"), texts("en")
    assert vi.keys() == en.keys()
    assert [key for key in vi if fields(vi[key]) != fields(en[key])] == []
    assert [key for key in vi if not unicodedata.is_normalized("NFC", vi[key])] == []


def test_every_word_of_the_catalogue_is_used() -> None:
    words = set(re.findall(r'"([a-z_]+)"', SOURCE)) | set(re.findall(r"whatif\.([a-z_]+)", SOURCE))
    left = {key.rpartition(".")[2].removeprefix("no_") for key in texts("vi")} - words
    assert left == set()
