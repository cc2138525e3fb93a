"""CSV as a document of the same shape as the YAML inventory: one kind of thing per file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

from configs.document import Document, Lines, Step, read_text, shown
from configs.errors import DocumentError
from configs.problem import Problem

KINDS = ("provinces", "sites", "nodes", "links", "groups")
LISTS = frozenset(("members",))
MAX_ROWS = 500_000  # a country has ten thousand; 32 MB of short rows would take gigabytes


def read_csv(path: Path) -> Document:
    """A CSV file with a header of field names. A dotted column (`ssh.credential`) is a part of
    a nested field, an empty cell is a field not given, a list is separated by spaces.

    The kind is the only word of a comment before the header (`# nodes`), else a word of the file's
    name (`ha-noi-nodes.csv`), else a word of those comments. Comma, or semicolon as spreadsheets
    write it in Vietnam. Raises DocumentError.
    """
    file = shown(path)
    text = read_text(path)
    comments: list[str] = []
    while text.startswith("#"):
        comment, _, text = text.partition("\n")
        comments.append(comment.strip("# \t\r,;").lower())
    said = next((comment for comment in comments if comment in KINDS), "")
    kind = said or kind_in(path.stem) or kind_in(" ".join(comments))
    if not kind:
        raise DocumentError([Problem(file, 1, "", "csv_kind", {"kinds": ", ".join(KINDS)})])
    return _Table(file, kind, len(comments)).build(text)


def kind_in(words: str) -> str:
    """The one kind that `words` names, or ""."""
    kinds = set(re.split(r"[^a-z]+", words.lower())) & set(KINDS)
    return kinds.pop() if len(kinds) == 1 else ""


class _Table:
    def __init__(self, file: str, kind: str, lines_before: int) -> None:
        self._file = file
        self._kind = kind
        self._lines_before = lines_before
        self._problems: list[Problem] = []

    def build(self, text: str) -> Document:
        """The document of `text`. Raises DocumentError."""
        header_line = text.lstrip().split("\n", 1)[0]
        delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows: list[dict[str, Any]] = []
        lines: dict[Step, Lines] = {}
        header: list[str] = []
        line = self._lines_before + 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    if len(rows) == MAX_ROWS:
                        self._problem(line, "csv_too_many_rows", limit=MAX_ROWS)
                        break
                    if header:
                        lines[len(rows)] = (line, {})
                        rows.append(self._row(header, cells, line, len(rows)))
                    else:
                        header = self._header(cells, line)
                line = self._lines_before + reader.line_num + 1
        except csv.Error as error:
            self._problem(line, "not_csv", reason=str(error))
        if not header:
            self._problem(line, "csv_header")
        if self._problems:
            raise DocumentError(self._problems)
        top = self._lines_before + 1
        return Document(self._file, {self._kind: rows}, (1, {self._kind: (top, lines)}))

    def _header(self, cells: list[str], line: int) -> list[str]:
        names = [cell.strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        for position, name in enumerate(names):
            if not name:
                self._problem(line, "csv_column_without_name", column=position + 1)
            elif name in names[:position]:
                self._problem(line, "csv_column_twice", name=name)
        if names and "id" not in names:  # or a row without a header would be lost in silence
            self._problem(line, "csv_no_id")
        return names

    def _row(self, header: list[str], cells: list[str], line: int, row: int) -> dict[str, Any]:
        if any(cell.strip() for cell in cells[len(header) :]):
            self._problem(line, "csv_too_many_cells", f"{self._kind}[{row}]", columns=len(header))
        data: dict[str, Any] = {}
        for name, cell in zip(header, cells, strict=False):
            value = cell.strip()
            if not value:
                continue
            outer, _, inner = name.partition(".")
            into = data.setdefault(outer, {}) if inner else data
            if isinstance(into, dict):
                into[inner or outer] = value.split() if name in LISTS else value
        return data

    def _problem(self, line: int, key: str, path: str = "", **params: object) -> None:
        self._problems.append(Problem(self._file, line, path, key, params))
