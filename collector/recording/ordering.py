"""Sorts any number of lines in little memory: sorted runs on disk, then merged."""

from __future__ import annotations

import heapq
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from configs.redaction import Ids

RUN = 50_000  # lines sorted in memory at a time
SIZES = struct.Struct(">HI")


class Ordering:
    """Lines by OID. What is on disk has no name, in `folder`, and ends with the context."""

    def __init__(self, folder: Path, run: int = RUN) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by the context
        self._most = run
        self._pending: list[tuple[bytes, bytes]] = []
        self._runs: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, ids: Ids, line: bytes) -> None:
        """Raises OSError."""
        self._pending.append((struct.pack(f">{len(ids)}I", *ids), line))
        if len(self._pending) >= self._most:
            self._spill()

    def lines(self) -> Iterator[bytes]:
        """All lines in lexicographic order of their OIDs. Raises OSError."""
        self._spill()
        for _, line in heapq.merge(*(self._run(start, stop) for start, stop in self._runs)):
            yield line

    def _spill(self) -> None:
        start = self._file.tell()
        for key, line in sorted(self._pending):
            self._file.write(SIZES.pack(len(key), len(line)) + key + line)
        self._pending.clear()
        self._runs.append((start, self._file.tell()))

    def _run(self, start: int, stop: int, ahead: int = 1 << 16) -> Iterator[tuple[bytes, bytes]]:
        at, buffer = start, b""
        while at < stop or buffer:
            if at < stop:
                self._file.seek(at)
                more = self._file.read(min(ahead, stop - at))
                at += len(more)
                buffer += more
            place = 0
            while place + SIZES.size <= len(buffer):
                key, line = SIZES.unpack_from(buffer, place)
                end = place + SIZES.size + key + line
                if end > len(buffer):
                    break
                middle = place + SIZES.size + key
                yield buffer[place + SIZES.size : middle], buffer[middle:end]
                place = end
            buffer = buffer[place:]
