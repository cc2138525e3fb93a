"""What whoever runs the monitor is told, in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml

from collector.errors import TrapPortError


def sentences(language: str) -> dict[str, set[str]]:
    """The keys of our catalogue with the fields of their sentences."""
    texts = yaml.safe_load(Path(f"configs/catalogue/collector.{language}.yml").read_text("utf-8"))
    return {
        key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for key, text in texts.items()
    }


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    assert sentences("en") == sentences("vi")


@pytest.mark.parametrize("key", sorted(sentences("en")))
def test_every_sentence_is_used(key: str) -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path("collector").rglob("*.py"))
    assert re.search(rf'"{key.removeprefix("collector.")}"', source)


def test_an_error_speaks_both_languages() -> None:
    error = TrapPortError("trap_port", host="127.0.0.1", port=162, reason="Permission denied")
    assert str(error).startswith("traps: cannot listen on 127.0.0.1 port 162 (Permission denied)")
    assert error.text("vi").startswith("traps: không mở được cổng 162 trên 127.0.0.1")
