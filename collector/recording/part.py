"""A file that has its name only when it is whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

PARTIAL = ".partial"


class Part:
    """`file` is written under `path`, the name with `.partial` behind it, readable by us alone.
    Raises OSError."""

    def __init__(self, whole: Path) -> None:
        self.path = whole.with_name(whole.name + PARTIAL)
        self._whole = whole
        self.path.unlink(missing_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.file: BinaryIO = open(descriptor, "wb")  # noqa: SIM115, PTH123  closed by `close`

    def close(self) -> None:
        """Everything is on disk afterwards, under the partial name."""
        if not self.file.closed:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()

    def finish(self) -> None:
        """Gives it its name."""
        self.close()
        self.path.replace(self._whole)
