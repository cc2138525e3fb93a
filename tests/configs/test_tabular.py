"""CSV says the same as YAML, and what is wrong in it is told by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import DocumentError
from configs.tabular import read_csv


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(name: str, text: str) -> Path:
    path = Path(name)
    path.write_bytes(text.encode())
    return path


def told(name: str, text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        read_csv(written(name, text))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "id,site,ssh.credential,ssh.style\na,dc,admin,exec\n\nb,dc,,\n",
        "\ufeffid,site,ssh.credential,ssh.style\r\na,dc,admin,exec\r\n,,,\r\nb,dc\r\n",
        "id;site;ssh.credential;ssh.style;\na;dc;admin;exec;\n;;;\nb;dc;;;\n",
    ],
    ids=["plain", "from a spreadsheet", "with semicolons"],
)
def test_cells_become_fields_and_empty_cells_are_not_given(text: str) -> None:
    document = read_csv(written("nodes.csv", text))
    assert document.data == {
        "nodes": [
            {"id": "a", "site": "dc", "ssh": {"credential": "admin", "style": "exec"}},
            {"id": "b", "site": "dc"},
        ]
    }
    assert document.line(("nodes", 0, "ssh", "style")) == 2
    assert document.line(("nodes", 1)) == 4


def test_members_are_separated_by_spaces() -> None:
    document = read_csv(written("groups.csv", "id,members\ng,node:a  link:b\n"))
    assert document.data == {"groups": [{"id": "g", "members": ["node:a", "link:b"]}]}


@pytest.mark.parametrize("name", ["sites.csv", "ha-noi-sites.csv", "Sites_2026.CSV"])
def test_the_kind_is_a_word_of_the_file_name(name: str) -> None:
    assert read_csv(written(name, "id\na\n")).data == {"sites": [{"id": "a"}]}


def test_the_kind_may_stand_in_the_first_line() -> None:
    document = read_csv(written("export.csv", "# nodes\nid\na\n"))
    assert document.data == {"nodes": [{"id": "a"}]}
    assert document.line(("nodes", 0)) == 3


@pytest.mark.parametrize(
    ("name", "comments"),
    [
        ("nodes.csv", "# exported 1/1/2026\n"),
        ("nodes.csv", "# what stands at our sites, by Hùng\r\n#\n"),
        ("export.csv", "# exported 1/1/2026;;;\n# Nodes;;;\n"),
        ("export.csv", "# all nodes of the north\n"),
        ("sites.csv", "# of a sheet\n# nodes\n"),
    ],
)
def test_lines_before_the_header_may_be_comments(name: str, comments: str) -> None:
    document = read_csv(written(name, f"{comments}id\na\n"))
    assert document.data == {"nodes": [{"id": "a"}]}
    assert document.line(("nodes", 0)) == 2 + comments.count("\n")


def test_a_cell_of_several_lines_does_not_shift_the_others() -> None:
    document = read_csv(written("sites.csv", 'id,name\na,"x\ny"\nb,z\n'))
    assert document.line(("sites", 1)) == 4


KINDS = "provinces, sites, nodes, links, groups"


@pytest.mark.parametrize(
    ("name", "text", "problems"),
    [
        (
            "x.csv",
            "id\na\n",
            [
                f"x.csv:1: what is in it is unknown: name the file after one of {KINDS},"
                " or begin it with a line such as # nodes"
            ],
        ),
        (
            "nodes-and-links.csv",
            "id\na\n",
            [
                f"nodes-and-links.csv:1: what is in it is unknown: name the file after one of"
                f" {KINDS}, or begin it with a line such as # nodes"
            ],
        ),
        (
            "sites.csv",
            "",
            ["sites.csv:1: there is no header; the first line must name the columns"],
        ),
        *(
            (
                "sites.csv",
                f"{header}\na,b\n",
                [
                    f"sites.csv:{line}: no column is called id; the first line that is no comment"
                    " (#) must name the columns"
                ],
            )
            for header, line in (("ID,name", 1), ("#id,name", 2), ("# id;name\n", 3), ("sep=;", 1))
        ),
        ("sites.csv", "id,,name\n", ["sites.csv:1: column 2 has no name"]),
        ("sites.csv", "id,name,id\n", ['sites.csv:1: column "id" is there twice']),
        (
            "sites.csv",
            "id,name\na,b\nc,d,e\n",
            ["sites.csv:3: sites[1]: more cells than the 2 columns of the header"],
        ),
        ("sites.csv", 'id,name\na,b\nc,"d\n', ["sites.csv:3: not CSV: unexpected end of data"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(name: str, text: str, problems: list[str]) -> None:
    assert told(name, text) == problems


def test_more_rows_than_any_network_has_are_not_all_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configs.tabular.MAX_ROWS", 3)
    assert len(read_csv(written("sites.csv", "id\na\nb\n\nc\n")).data["sites"]) == 3
    assert told("sites.csv", "id\na\nb\nc\n\nd\ne\n") == [
        "sites.csv:6: more than 3 rows; split it into several files"
    ]


@given(st.text())
def test_any_text_is_a_document_or_a_problem_with_a_line(text: str) -> None:
    try:
        document = read_csv(written("sites.csv", text))
    except DocumentError as error:
        assert all(problem.line > 0 for problem in error.problems)  # noqa: PT017
    else:
        assert all(isinstance(row, dict) for row in document.data["sites"])
