"""A lab of one device: an uninterruptible power supply on battery."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lab.main import LabInfo, serve

UPS = """\
1.3.6.1.2.1.1.1.0|4|APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.9.6 AF1:v6.9.6)
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.27
1.3.6.1.2.1.1.3.0|67|4711
1.3.6.1.2.1.1.5.0|4|ups-lao-cai
1.3.6.1.2.1.33.1.2.4.0|2|80
1.3.6.1.2.1.33.1.4.1.0|2|5
1.3.6.1.2.1.33.1.4.4.1.5.1|2|37
1.3.6.1.4.1.318.1.1.1.1.1.1.0|4|Smart-UPS X 750
1.3.6.1.4.1.318.1.1.1.1.2.3.0|4|{serial}
1.3.6.1.4.1.318.1.1.1.2.3.2.0|66|235
1.3.6.1.4.1.318.1.1.1.4.1.1.0|2|3
"""


@asynccontextmanager
async def recorded_ups(folder: Path, serial: str = "AS1234567890") -> AsyncIterator[LabInfo]:
    """The lab while it answers."""
    recordings = folder / "recordings"
    recordings.mkdir(parents=True)
    (recordings / "ups.snmprec").write_text(UPS.format(serial=serial), "utf-8")
    ready: asyncio.Future[LabInfo] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(folder / "lab", recordings=recordings, http_port=0, ready=ready.set_result)
    )
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        task.result()
    try:
        yield ready.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
