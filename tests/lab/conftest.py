"""A small lab, running."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lab.main import LabInfo, request, serve


@contextlib.asynccontextmanager
async def running(directory: Path, **options: Any) -> AsyncIterator[LabInfo]:
    """A lab in `directory` while the body runs."""
    ready: asyncio.Future[LabInfo] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(directory, http_port=0, ready=ready.set_result, **options))
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        task.result()
    yield ready.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[LabInfo]:
    async with running(tmp_path / "lab", communes=68) as info:
        yield info


async def ask(lab: LabInfo, do: str, *what: str) -> dict[str, Any]:
    """What the lab's remote control answers."""
    return await asyncio.to_thread(request, lab.directory, {"do": do, "what": list(what)})
