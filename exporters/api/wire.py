"""One HTTP connection: uvicorn's, parsed by httptools, and bounded in size and in time."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

STALL_S = 30.0
REQUEST_S = 20.0  # longer than access.BODY_TIMEOUT_S, which has an answer of its own
LONGEST_URL = 8 * 1024
LONGEST_HEAD = 64 * 1024
LONGEST_REQUEST = 256 * 1024  # a body of access.BODY_LIMIT in ever so small chunks
MOST_HEADERS = 100
MOST_PIPELINED = 16
MOST_CONNECTIONS = 4096  # all devices of a nation may be scraped at once, and be silent
MOST_QUIET = 512
NO_REQUEST = (
    "This is no HTTP request. Letters beyond ASCII have to be percent-encoded: curl does that with "
    "-G --data-urlencode 'q=...'.\n"
)


class TooMuchError(ValueError):
    """A request that is larger than any should be."""


class Connection(HttpToolsProtocol):
    """Is closed when a request is not there whole within REQUEST_S or is too large, and cut when
    what was written is not read for STALL_S: uvicorn itself would wait for ever, even to close
    it. Of too many without a request, or in all, the one that has had none for longest gives way;
    if all of them have one, uvicorn answers 503."""

    _due: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _whole = True  # whether the last request has been read to its end
    _in_head = False
    _octets = 0  # of a request that is not whole yet
    _quiet_since = 0.0  # on the loop's clock
    _too_much = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Whatever is not sent at once counts as standing still; 0 would mean "always" with TLS.
        transport.set_write_buffer_limits(high=1, low=0)
        self._due = self.loop.call_later(REQUEST_S, self._late)
        self._quiet_since = self.loop.time()
        if len(self.connections) > MOST_QUIET:
            self._make_room()

    def _make_room(self) -> None:
        quiet = [
            other
            for other in self.connections
            if isinstance(other, Connection) and other is not self and other.is_quiet
        ]
        full = (
            self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency
        )
        if quiet and (full or len(quiet) >= MOST_QUIET):
            min(quiet, key=lambda other: other._quiet_since).transport.abort()

    @property
    def is_quiet(self) -> bool:
        """Whether it is open without a request to answer."""
        return not self._under_way and not self.transport.is_closing()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._in_time()
        self._moving()

    # Requests

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._whole and self._under_way:
            self._in_time()
            return
        self._octets += len(data)
        if self._octets > (LONGEST_HEAD if self._in_head else LONGEST_REQUEST):
            self._too_much = True
            self.send_400_response("The request is too large.")
        elif self._due is None:
            self._due = self.loop.call_later(REQUEST_S, self._late)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._whole, self._in_head = False, True

    def on_headers_complete(self) -> None:
        self._in_head = False
        if (
            len(self.headers) > MOST_HEADERS
            or sum(len(name) + len(value) for name, value in self.headers) > LONGEST_HEAD
            or len(self.url) > LONGEST_URL
            or len(self.pipeline) >= MOST_PIPELINED
        ):
            self._too_much = True
            raise TooMuchError  # which ends the parsing, in a 400
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._whole, self._octets = True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuses what came. In the middle of an answer there is no way to say so."""
        if self._under_way:
            self.transport.abort()
        elif self._too_much:
            self._close_with(431)
        else:
            super().send_400_response(NO_REQUEST)

    @property
    def _under_way(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _late(self) -> None:
        self._due = None
        if self.flow.read_paused:  # the rest may have come, it is just not read yet
            self._due = self.loop.call_later(REQUEST_S, self._late)
        elif self._under_way:
            self.transport.abort()
        elif self._whole:
            self.transport.close()
        else:
            self._close_with(408)

    def _close_with(self, status: int) -> None:
        end = b"content-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + end)
        self.transport.close()

    def _in_time(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    # Answers

    def on_response_complete(self) -> None:
        self._quiet_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._moving()

    def _moving(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
