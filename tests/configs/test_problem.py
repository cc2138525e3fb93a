"""Problems are told in both languages, as compilers tell them."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml

from configs.problem import Problem, errors_in, render_problems

WRONG_SITE = Problem(
    "inventory/hanoi.yaml", 12, "nodes[3].site", "no_sites", {"id": "ha-nio"}, "ha-noi"
)


def test_a_problem_is_one_line_with_file_line_path_and_what_was_meant() -> None:
    assert str(WRONG_SITE) == (
        'inventory/hanoi.yaml:12: nodes[3].site: no site "ha-nio" (did you mean "ha-noi"?)'
    )
    assert WRONG_SITE.message == 'no site "ha-nio"'
    assert WRONG_SITE.hint == 'did you mean "ha-noi"?'


def test_a_problem_is_told_in_vietnamese_too() -> None:
    assert WRONG_SITE.line_of_text("vi") == (
        'inventory/hanoi.yaml:12: nodes[3].site: không có điểm "ha-nio" (có phải ý là "ha-noi"?)'
    )


def test_a_warning_says_that_it_is_one_and_is_not_counted_as_an_error() -> None:
    warning = Problem("a.yaml", 3, "sites[0]", "site_without_nodes", {"id": "x"}).as_warning()
    assert render_problems([WRONG_SITE, warning]).splitlines()[1:] == [
        'a.yaml:3: warning: sites[0]: site "x" has no node, so it can never be covered',
        "1 error(s), 1 warning(s)",
    ]
    assert errors_in([WRONG_SITE, warning]) == [WRONG_SITE]


def test_what_a_file_holds_cannot_draw_on_the_terminal() -> None:
    sly = Problem("a.yaml", 1, "nodes[0].site", "no_sites", {"id": "\x1b[2J\nok"})
    assert str(sly) == r'a.yaml:1: nodes[0].site: no site "\x1b[2J\nok"'


def sentences(language: str) -> dict[str, set[str]]:
    """The keys of our catalogue with the fields of their sentences."""
    texts = yaml.safe_load(Path(f"configs/catalogue/problem.{language}.yml").read_text("utf-8"))
    return {
        key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for key, text in texts.items()
    }


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    assert sentences("en") == sentences("vi")


def source() -> str:
    return "\n".join(path.read_text("utf-8") for path in Path("configs").glob("*.py"))


@pytest.mark.parametrize("key", sorted(sentences("en")))
def test_every_sentence_is_used(key: str) -> None:
    name = key.removeprefix("problem.")
    kinds = ("no_provinces", "no_sites", "no_nodes", "no_links")
    assert re.search(rf'"(problem\.)?{name}"', source()) or name in kinds
