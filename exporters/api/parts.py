"""An answer of a known size that is sent part by part, within a deadline."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Send

log = logging.getLogger(__name__)

SENDING_S = 120.0


class InParts(StreamingResponse):
    """A part is made once the one before is on its way. A reader that takes longer than SENDING_S
    is left with half an answer: it tells that by the size."""

    def __init__(self, parts: AsyncIterator[bytes], size: int, headers: Mapping[str, str]) -> None:
        super().__init__(parts, headers={**headers, "content-length": str(size)})
        self._size = size

    async def stream_response(self, send: Send) -> None:
        try:
            async with asyncio.timeout(SENDING_S):
                await super().stream_response(send)
        except TimeoutError:
            log.warning("an answer of %d bytes was not read in %g s", self._size, SENDING_S)
