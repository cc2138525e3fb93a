"""Which modules a device has the objects of."""

from __future__ import annotations

from collections.abc import Sequence

from collector.discovery.reading import Reading
from configs.devicerules import ModuleUse


async def modules(reading: Reading, uses: Sequence[ModuleUse]) -> tuple[str, ...]:
    """Their names, in the order of the rules."""
    await reading.want(use.has for use in uses)
    found = [use.module for use in uses if await reading.column(use.has)]
    return tuple(dict.fromkeys(found))
