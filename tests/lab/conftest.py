"""A small lab, running."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lab.main import LabInfo, serve


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[LabInfo]:
    ready: asyncio.Future[LabInfo] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(tmp_path / "lab", communes=68, http_port=0, ready=ready.set_result)
    )
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        task.result()
    yield ready.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
