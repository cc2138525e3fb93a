"""The console's sentences exist in both languages and are all used."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from string import Formatter

from rich.cells import cell_len

from configs.messages import messages

SOURCES = "\n".join(
    path.read_text("utf-8") for path in (Path(__file__).parents[2] / "tui").rglob("*.py")
)
FILES = {"console.log", "console.tcss"}
WRITTEN = set(re.findall(r"['\"](console\.[a-z_.]+)['\"]", SOURCES)) - FILES
FAMILIES = tuple(re.findall(r"f['\"](console\.[a-z_.]+\.)\{", SOURCES))


def keys(language: str) -> set[str]:
    return {key for key in messages(language).keys() if key.startswith("console.")}  # noqa: SIM118


def fields(language: str, key: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(messages(language)._texts[key]) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert keys("vi") == keys("en")


def test_a_sentence_takes_the_same_fields_in_both_languages() -> None:
    assert [key for key in sorted(keys("vi")) if fields("vi", key) != fields("en", key)] == []


def test_sentences_are_composed() -> None:
    texts = [messages("vi")._texts[key] for key in keys("vi")]
    assert [text for text in texts if not unicodedata.is_normalized("NFC", text)] == []


def test_every_key_written_in_the_source_has_a_sentence() -> None:
    assert keys("vi") >= WRITTEN


def test_a_banner_is_not_cut_on_a_small_terminal() -> None:
    for language in ("vi", "en"):
        say = messages(language)
        for line in ("absent", "lost", "refused"):
            words = say(f"console.banner.{line}", url="https://10.128.0.15:9464")
            assert cell_len(f"  {words}") <= 80, words
        assert cell_len("  " + say("console.banner.cut_off")) <= 80


def test_no_sentence_is_left_over() -> None:
    left = keys("vi") - WRITTEN
    assert [key for key in sorted(left) if not key.startswith(FAMILIES)] == []
