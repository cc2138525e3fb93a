"""YAML as a document: strict, bounded, every part with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import DocumentError
from configs.yamltree import parse_yaml, read_yaml


def told(text: str) -> list[str]:
    """What is said about a text that cannot be read."""
    with pytest.raises(DocumentError) as caught:
        parse_yaml(text, "a.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_every_part_knows_its_line() -> None:
    document = parse_yaml(
        "# of the north\nsites:\n- id: a\n  ssh:\n    port: 22\n- id: b\n  list: [1,\n    2]\n",
        "a.yaml",
    )
    assert document.data == {
        "sites": [{"id": "a", "ssh": {"port": "22"}}, {"id": "b", "list": ["1", "2"]}]
    }
    lines = {
        (): 2,
        ("sites",): 2,
        ("sites", 0): 3,
        ("sites", 0, "id"): 3,
        ("sites", 0, "ssh"): 4,
        ("sites", 0, "ssh", "port"): 5,
        ("sites", 1): 6,
        ("sites", 1, "list"): 7,
        ("sites", 1, "list", 1): 8,
    }
    assert {path: document.line(path) for path in lines} == lines


def test_a_part_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    document = parse_yaml("a:\n  b: 1\nc:\n  d: 2\n", "a.yaml")
    assert document.line(("c", "missing", 3)) == 3
    assert document.line(("c", "d", "deeper")) == 4


def test_texts_stay_as_they_are_written() -> None:
    document = parse_yaml("[01, no, 1.10, '', ~, null, 1_000, 2026-01-01, 12:30]", "a.yaml")
    assert document.data == ["01", "no", "1.10", "", None, None, "1_000", "2026-01-01", "12:30"]


def test_anchors_and_merges_are_understood() -> None:
    document = parse_yaml(
        "base: &base {role: cpe, port: 1161}\n"
        "more: &more {name: x}\n"
        "a:\n  <<: *base\n  port: 161\n"
        "b: {<<: [*base, *more]}\n"
        "c: *base\n",
        "a.yaml",
    )
    assert document.data["a"] == {"role": "cpe", "port": "161"}
    assert document.data["b"] == {"role": "cpe", "port": "1161", "name": "x"}
    assert document.data["c"] == {"role": "cpe", "port": "1161"}
    assert document.line(("a", "port")) == 5
    assert document.line(("a", "role")) == 1
    assert parse_yaml("'<<': {a: b}", "a.yaml").data == {"<<": {"a": "b"}}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: 1\nb:\n  c: 2\n  c: 3\n", ["a.yaml:4: b.c: given twice, first in line 3"]),
        (
            "a: 1\na: 2\nb: 3\nb: 4",
            [
                "a.yaml:2: a: given twice, first in line 1",
                "a.yaml:4: b: given twice, first in line 3",
            ],
        ),
        (
            "sites:\n- id: a\n  name: 'half\n",
            [
                "a.yaml:3: sites[0].name: the file ends in the middle of something:"
                " found unexpected end of stream"
            ],
        ),
        (
            "sites: [{id: a},\n  {id: b",
            [
                "a.yaml:2: sites[1]: the file ends in the middle of something:"
                " did not find expected ',' or '}'"
            ],
        ),
        (
            "sites:\n- id: a\n name: b\n",
            ["a.yaml:3: not YAML: did not find expected key"],
        ),
        ("a:\n\tb: 1\n", ["a.yaml:2: a: tab in the indentation; YAML wants spaces"]),
        ("a: 1\n---\nb: 2\n", ["a.yaml:3: only one YAML document per file"]),
        ("a: *nobody\n", ["a.yaml:1: a: no anchor nobody before this alias"]),
        ("a: &me [*me]\n", ["a.yaml:1: a[0]: no anchor me before this alias"]),
        ("a: !!python/object:os.system x\n", ["a.yaml:1: a: YAML tags are not supported"]),
        ("a: !vault {b: c}\n", ["a.yaml:1: a: YAML tags are not supported"]),
        ("? [a, b]\n: 1\n", ["a.yaml:1: a key must be a text"]),
        ("a: &a b\n*a : 1\n", ["a.yaml:2: a key must be a text"]),
        ("a: {<<: 3}\n", ["a.yaml:1: a: << must be followed by a mapping"]),
        ("a: \x07\n", ["a.yaml:1: control character in the text"]),
        ("a: Đường Điện Biên\nb: \x07\nc: 1\nd: 2", ["a.yaml:2: control character in the text"]),
        ("a: b\n\x00", ["a.yaml:2: control character in the text"]),
        ("{a: " * 60, ["a.yaml:1: a" + ".a" * 49 + ": nested more than 50 deep"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, problems: list[str]) -> None:
    assert told(text) == problems


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "\n".join(levels)
    assert told(text) == [
        "a.yaml:7: a6[3]: more than 2000000 parts after aliases are expanded",
    ]


def test_a_file_that_is_not_utf8_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_bytes("a: 1\nname: Hà Nội\n".encode("cp1258", "replace"))
    with pytest.raises(DocumentError, match=r"^a\.yaml:2: not UTF-8 text; save the file again"):
        read_yaml(Path("a.yaml"))


def test_names_in_either_unicode_form_and_with_a_byte_order_mark_are_the_same(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + "name: Hà Nội".encode())
    assert read_yaml(path).data == {"name": "Hà Nội"}


def test_a_file_that_is_not_there_or_too_large_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentError, match=r"^none\.yaml:1: cannot be read: No such file"):
        read_yaml(Path("none.yaml"))
    with Path("big.yaml").open("wb") as stream:
        stream.truncate(32 * 1024 * 1024 + 1)
    with pytest.raises(DocumentError, match=r"^big\.yaml:1: larger than 32 MB; split it"):
        read_yaml(Path("big.yaml"))


@given(st.text())
def test_any_text_is_a_document_or_a_problem_with_a_line(text: str) -> None:
    try:
        parse_yaml(text, "a.yaml")
    except DocumentError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(0 < problem.line <= len(text) + 1 for problem in problems)


TREES = st.recursive(
    st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(TREES)
def test_what_the_reference_parser_reads_is_what_we_read(tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_style='"')
    reference = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  (texts only)
    ours = parse_yaml(text, "a.yaml").data
    assert without_nulls(ours) == reference


def without_nulls(part: object) -> object:
    """As the reference has it, where nothing is a text too."""
    if isinstance(part, dict):
        return {key: without_nulls(value) for key, value in part.items()}
    if isinstance(part, list):
        return [without_nulls(value) for value in part]
    return "null" if part is None else part
