"""The HTTP connection: uvicorn's, which a reader that stands still does not hold for ever."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

STALL_S = 30.0


class Connection(H11Protocol):
    """Is cut when what was written is not read for STALL_S: uvicorn itself would wait for ever,
    even to close it."""

    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._moving()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._moving()

    def _moving(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
