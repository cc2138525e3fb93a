"""Room kept beside the database for the day when the disk is full."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

log = logging.getLogger(__name__)

SIZE = 8 * 1024 * 1024  # hundreds of outages with their alerts
LOOK_AGAIN_S = 60.0


class Reserve:
    """A file of `size` bytes that is given up when the disk is full, so that outages are still
    kept and paged while somebody makes room. It is made again when there is room enough."""

    def __init__(self, database: Path, *, size: int = SIZE) -> None:
        self._path = database.with_name(f"{database.name}.reserve")
        self._size = size
        self._looked_at = float("-inf")

    @property
    def spent(self) -> bool:
        return not self._path.exists()

    def keep(self) -> None:
        """Makes the file if it is missing and would not itself fill the disk."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_AGAIN_S or not self.spent:
            return
        self._looked_at = now
        try:
            disk = os.statvfs(self._path.parent)
            if disk.f_bavail * disk.f_frsize < 4 * self._size:
                return
            with self._path.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError as error:
            log.warning("no room could be reserved for a full disk at %s: %s", self._path, error)
            self._path.unlink(missing_ok=True)

    def spend(self) -> bool:
        """Whether there was something to give up."""
        if self.spent:
            return False
        self._path.unlink(missing_ok=True)
        log.error("the disk is full: the last %d MB are used, make room now", self._size >> 20)
        return True
