"""Where the recordings of real devices are, read in place and never copied."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(
    os.environ.get("WANWATCH_REALDATA", Path(__file__).parents[2] / "shared" / "realdata")
)


def realdata(*parts: str) -> Path:
    """A path below the recordings' folder; skips the calling test where it is missing."""
    path = FOLDER.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"recordings are not here: {'/'.join(parts)} under WANWATCH_REALDATA")
    return path
