"""YAML as a document: strict, bounded, and with the line of every part.

Built from the parser's events, because composing nodes and constructing objects from them took
four times as long for a whole country.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import Reader, ReaderError

from configs.document import Document, Lines, Step, dotted, read_text, shown
from configs.errors import DocumentError
from configs.problem import Problem

try:
    from yaml import CSafeLoader as Parser
except ImportError:  # built without libyaml: the same events, slower
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

MAX_DEPTH = 50
MAX_PARTS = 2_000_000  # a country has a hundred thousand

CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
)
NOTHING = frozenset(("", "~", "null", "Null", "NULL"))


def read_yaml(path: Path) -> Document:
    """A YAML file's only document. Raises DocumentError: unreadable, not YAML, cut off in the
    middle, keys given twice, tags, several documents, or more than it is sane to hold."""
    return parse_yaml(read_text(path), shown(path))


def parse_yaml(text: str, file: str) -> Document:
    """As `read_yaml`, of a text that came from `file`."""
    return _Tree(file).build(text)


class _Open:
    """A mapping or list that is being read. `key` is where the next value goes."""

    __slots__ = ("anchor", "data", "key", "line", "lines", "merges", "merging", "parts_before")

    def __init__(self, data: Any, line: int, anchor: str | None, parts_before: int) -> None:
        self.data = data
        self.line = line
        self.lines: dict[Step, Lines] = {}
        self.anchor = anchor
        self.key: str | None = None
        self.parts_before = parts_before
        self.merging = False
        self.merges: list[tuple[Any, Lines]] = []


class _Tree:
    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, Lines, int]] = {}
        self._parts = 0
        self._documents = 0
        self._root: tuple[Any, Lines] = (None, 1)

    def build(self, text: str) -> Document:
        """The document of `text`. Raises DocumentError."""
        parser = Parser(text)
        try:
            self._read(parser)
        except yaml.MarkedYAMLError as error:
            self._syntax_error(error, text)
        except ReaderError as error:
            # The C parser counts bytes, the other characters.
            found = Reader.NON_PRINTABLE.search(text)
            at = found.start() if found else error.position
            self._problem(text.count("\n", 0, at) + 1, "control_character", None)
        finally:
            parser.dispose()
        if self._problems:
            raise DocumentError(self._problems)
        return Document(self._file, *self._root)

    def _read(self, parser: Any) -> None:
        next_event = parser.get_event
        while True:
            event = next_event()
            kind = type(event)
            line = event.start_mark.line + 1
            if kind is ScalarEvent:
                self._parts += 1
                if self._is_key():
                    self._take_key(event.value, line, plain=event.implicit[0])
                    continue
                value: Any = event.value
                if event.implicit[0] and value in NOTHING:
                    value = None
                if event.tag is not None and event.tag not in CORE_TAGS:
                    self._fail(line, "tag")
                if event.anchor is not None:
                    self._anchors[event.anchor] = (value, line, 1)
                self._place(value, line)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open({} if kind is MappingStartEvent else [], event, line)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close()
            elif kind is AliasEvent:
                self._alias(event.anchor, line)
            elif kind is StreamEndEvent:
                return
            if len(self._stack) > MAX_DEPTH:
                self._fail(line, "too_deep", limit=MAX_DEPTH)
            if self._parts > MAX_PARTS:
                self._fail(line, "too_many_parts", limit=MAX_PARTS)

    def _is_key(self) -> bool:
        top = self._stack[-1] if self._stack else None
        return top is not None and top.key is None and type(top.data) is dict

    def _take_key(self, key: str, line: int, *, plain: bool) -> None:
        top = self._stack[-1]
        top.key = key
        top.merging = plain and key == "<<"
        if top.merging:
            return
        if key in top.lines:
            before = top.lines[key]
            first = before if isinstance(before, int) else before[0]
            self._problem(line, "duplicate_key", key, first=first)
        top.lines[key] = line

    def _open(self, data: Any, event: Any, line: int) -> None:
        if self._is_key():
            self._fail(line, "key_not_text")
        if event.tag is not None and event.tag not in CORE_TAGS:
            self._fail(line, "tag")
        self._parts += 1
        self._stack.append(_Open(data, line, event.anchor, self._parts))

    def _close(self) -> None:
        done = self._stack.pop()
        for data, lines in done.merges:
            self._merge(done, data, lines)
        mark: Lines = (done.line, done.lines)
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.data, mark, self._parts - done.parts_before + 1)
        self._place(done.data, done.line, mark)

    def _place(self, value: Any, line: int, mark: Lines | None = None) -> None:
        """Puts a finished value where it belongs; a value below a key begins at its key."""
        if not self._stack:
            self._documents += 1
            if self._documents > 1:
                self._fail(line, "several_documents")
            self._root = (value, mark or line)
            return
        top = self._stack[-1]
        if type(top.data) is list:
            top.lines[len(top.data)] = mark or line
            top.data.append(value)
            return
        key = top.key or ""
        top.key = None
        if top.merging:
            if isinstance(value, list) and isinstance(mark, tuple):
                top.merges.extend(zip(value, mark[1].values(), strict=True))
            else:
                top.merges.append((value, mark or line))
            return
        top.data[key] = value
        if isinstance(mark, tuple):
            key_line = top.lines[key]
            top.lines[key] = (key_line if isinstance(key_line, int) else line, mark[1])

    def _alias(self, anchor: str, line: int) -> None:
        if self._is_key():
            self._fail(line, "key_not_text")
        if anchor not in self._anchors:
            self._fail(line, "unknown_anchor", anchor=anchor)
        value, lines, parts = self._anchors[anchor]
        self._parts += parts
        self._place(value, line, lines)

    def _merge(self, into: _Open, data: Any, lines: Lines) -> None:
        """`<<: *defaults`: what the mapping does not say itself comes from there."""
        if not isinstance(data, dict) or isinstance(lines, int):
            self._fail(into.line, "merge_not_mapping")
        for key, value in data.items():
            if key not in into.data:
                into.data[key] = value
                into.lines[key] = lines[1][key]

    def _fail(self, line: int, key: str, /, **params: object) -> NoReturn:
        """What cannot be read past."""
        self._problem(line, key, None, **params)
        raise DocumentError(self._problems)

    def _problem(self, line: int, key: str, step: Step | None, /, **params: object) -> None:
        path = tuple(
            part for part in (self._step(open_) for open_ in self._stack[:-1]) if part is not None
        )
        if self._stack:
            last = step if step is not None else self._step(self._stack[-1])
            path = (*path, last) if last is not None else path
        self._problems.append(Problem(self._file, line, dotted(path), key, params))

    @staticmethod
    def _step(part: _Open) -> Step | None:
        return len(part.data) if isinstance(part.data, list) else part.key

    def _syntax_error(self, error: yaml.MarkedYAMLError, text: str) -> None:
        mark = error.problem_mark or error.context_mark
        lines = text.splitlines()
        line = min(mark.line, len(lines) - 1) if mark is not None and lines else 0
        at_end = not any(rest.strip() for rest in lines[line + 1 :]) and (
            mark is None or mark.line >= len(lines) or not lines[line][mark.column :].strip()
        )
        if "\t" in (lines[line] if lines else "").split("#")[0]:
            key = "tab"
        else:
            key = "cut_off" if at_end else "not_yaml"
        self._problem(line + 1, key, None, reason=error.problem or "")
