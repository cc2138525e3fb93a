"""A file as data, with the line of every part of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from configs.composition import composed
from configs.errors import DocumentError
from configs.problem import Problem

MAX_BYTES = 32 * 1024 * 1024

Step: TypeAlias = str | int
Lines: TypeAlias = "int | tuple[int, dict[Step, Lines]]"


@dataclass(frozen=True, slots=True)
class Document:
    """`data` holds mappings, lists, texts and None only: what a text means (a number, a truth
    value) is for the schema to say, so that a code `01` stays `01` and `no` stays `no`.

    `lines` has the shape of `data`: a line for a text, (line, lines of the parts) for the rest.
    """

    file: str
    data: Any
    lines: Lines = 1

    def line(self, path: tuple[Step, ...] = ()) -> int:
        """Where a part begins, or the nearest part around it that exists."""
        lines = self.lines
        for step in path:
            if isinstance(lines, int) or step not in lines[1]:
                break
            lines = lines[1][step]
        return lines if isinstance(lines, int) else lines[0]

    def problem(self, path: tuple[Step, ...], key: str, /, **params: object) -> Problem:
        """An error at `path`."""
        return Problem(self.file, self.line(path), dotted(path), key, params)

    def barred(self, path: tuple[Step, ...], named: Path, error: OSError) -> Problem:
        """The error that what is `named` at `path` cannot even be looked for."""
        reason = error.strerror or str(error)
        return self.problem(path, "path_unreadable", path=shown(named), reason=reason)


def dotted(path: tuple[Step, ...]) -> str:
    """`("nodes", 3, "site")` as `nodes[3].site`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(path: Path) -> str:
    """`path` as people name it: from the working folder when it is in there."""
    try:
        absolute, here = path.absolute(), Path.cwd()
    except FileNotFoundError:  # a daemon may outlive the folder that it was started in
        return str(path)
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def content_of(path: Path, most: int) -> bytes:
    """The first `most` octets of a file. A pipe that nobody writes to is empty, and not waited for.
    Raises OSError."""
    with open(path, "rb", opener=_at_once) as stream:
        os.set_blocking(stream.fileno(), True)  # or what is still being written would be cut off
        return stream.read(most)


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, in Unicode's composed form, so that names typed on different
    machines compare equal. Raises DocumentError."""
    file = shown(path)
    try:
        content = content_of(path, MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError([Problem(file, 1, "", "unreadable", {"reason": reason})]) from None
    if len(content) > MAX_BYTES:
        raise DocumentError([Problem(file, 1, "", "too_large", {"limit": MAX_BYTES >> 20})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError([Problem(file, line, "", "not_utf8")]) from None
    return composed(text)
