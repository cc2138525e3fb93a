"""Rows as they were read, on disk without a name, until they have been redacted."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from collector.recording.line import line
from collector.recording.ordering import Ordering
from collector.recording.redactor import Redactor
from collector.snmp import ber
from collector.snmp.page import Row

HEAD = struct.Struct(">HBI")


class Spool:
    """`put` takes rows, `pour` then writes them redacted. Nothing of it outlives the context."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        self._folder = folder
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by the context
        self._redactor = redactor

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, row: Row) -> None:
        """Raises OSError."""
        self._redactor.see(row)
        self._file.write(HEAD.pack(len(row.oid), row.tag, len(row.content)) + row.oid + row.content)

    def pour(self, write: Callable[[bytes], object], told: Callable[[int], object]) -> None:
        """Writes a line for each row, in order of their new OIDs, and calls `told` with how many
        have been rewritten. Raises OSError."""
        self._redactor.ready()
        self._file.seek(0)
        with Ordering(self._folder) as ordering:
            count = 0
            while head := self._file.read(HEAD.size):
                oid, tag, content = HEAD.unpack(head)
                row = Row(self._file.read(oid), tag, self._file.read(content))
                row = self._redactor.rewrite(row)
                ordering.put(ber.decode_oid(row.oid), line(row) or b"")
                count += 1
                if not count % 1000:
                    told(count)
            for text in ordering.lines():
                write(text)
