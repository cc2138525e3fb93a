"""Server-sent events: what changed, to everybody who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from exporters.api import picture
from exporters.api.context import Context
from exporters.api.picture import Flags
from exporters.schema.picture import StreamUpdate
from topology.snapshot import Snapshot

KEEPALIVE_S = 10.0
MAX_CLIENTS = 64

router = APIRouter(tags=["stream"])


@dataclass(slots=True)
class StreamStats:
    """`skipped`: snapshots that a client was too slow for; its next update made up for them."""

    clients: int = 0
    updates: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a client knows: nothing else is kept for it, however slow it is."""

    snapshot: Snapshot
    flags: Flags


class Streams:
    """Clients in step share one message. A slow one is sent a single update over all that it
    missed, once it has read the one before."""

    def __init__(self, context: Context) -> None:
        self.stats = StreamStats()
        self._context = context
        self._closing = asyncio.Event()
        self._flags: tuple[Snapshot, Flags] | None = None
        self._message: tuple[int, Snapshot, bytes] | None = None

    def close(self) -> None:
        """Ends all streams, and any that is opened later."""
        self._closing.set()

    async def updates(self) -> AsyncIterator[bytes]:
        """Events as they are to be written, until `close`."""
        self.stats.clients += 1
        try:
            heard = self._heard(self._context.source.snapshot())
            yield self._event(heard, heard)
            while not self._closing.is_set():
                snapshot = await self._newer(heard.snapshot.sequence)
                if snapshot is None:
                    yield b": still here\n\n"
                    continue
                now = self._heard(snapshot)
                self.stats.updates += 1
                self.stats.skipped += snapshot.sequence - heard.snapshot.sequence - 1
                yield self._event(heard, now)
                heard = now
        finally:
            self.stats.clients -= 1

    async def _newer(self, sequence: int) -> Snapshot | None:
        """None when nothing came within KEEPALIVE_S, or when the streams are closed."""
        newer = asyncio.ensure_future(self._context.source.wait_newer(sequence))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait(
                (newer, closing), timeout=KEEPALIVE_S, return_when=asyncio.FIRST_COMPLETED
            )
            return newer.result() if newer.done() else None
        finally:
            newer.cancel()
            closing.cancel()

    def _heard(self, snapshot: Snapshot) -> _Heard:
        if self._flags is None or self._flags[0] is not snapshot:
            self._flags = (snapshot, picture.flags(snapshot))
        return _Heard(*self._flags)

    def _event(self, before: _Heard, now: _Heard) -> bytes:
        shared = self._message
        if shared and shared[0] == before.snapshot.sequence and shared[1] is now.snapshot:
            return shared[2]
        snapshot, old = now.snapshot, before.snapshot
        # Whoever knows another inventory has to fetch everything anew: to him this is a gap.
        same = snapshot.inventory is old.inventory
        update = {
            "sequence": snapshot.sequence,
            "previous": old.sequence if same else snapshot.sequence,
            "at": snapshot.at,
            "started_at": snapshot.started_at,
            "cut_off": snapshot.cut_off,
            "coverage": picture.coverage(snapshot.coverage),
            "provinces": picture.provinces(snapshot),
            "states": {s: f for s, f in now.flags.items() if f != before.flags.get(s)},
            "outages": self._context.outages(snapshot),
        }
        data = orjson.dumps(update, option=orjson.OPT_UTC_Z)
        event = b"event: update\nid: %d\ndata: %s\n\n" % (snapshot.sequence, data)
        self._message = (old.sequence, snapshot, event)
        return event


@router.get(
    "/api/v1/stream",
    responses={200: {"content": {"text/event-stream": {}}, "model": StreamUpdate}},
)
async def stream(request: Request) -> Response:
    """Server-sent events `update`, one after each change of the snapshot; the first comes at
    once. A comment every 10 s shows that the line is alive."""
    streams: Streams = request.app.state.streams
    if streams.stats.clients >= MAX_CLIENTS:
        raise HTTPException(503, f"{MAX_CLIENTS} streams are open already; close one")
    return StreamingResponse(
        streams.updates(),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
