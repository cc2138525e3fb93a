"""A daemon for the console's tests: the API over a `Nation`, on a loopback port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import Response, StreamingResponse

from exporters.schema.picture import StreamUpdate
from tests.tui.nation import Nation


class Daemon:
    """Serves one nation. `send` pushes an update to everybody who listens."""

    def __init__(self, nation: Nation, token: str | None = None) -> None:
        self.nation = nation
        self.token = token
        self.asked: list[str] = []
        self._listeners: set[asyncio.Queue[StreamUpdate | None]] = set()
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def send(self, update: StreamUpdate | None = None) -> None:
        update = update or self.nation.update()
        for listener in self._listeners:
            listener.put_nowait(update)

    async def start(self) -> None:
        """Listens, on the same port again after a `stop`."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app(), log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._task = asyncio.create_task(self._serve(self._server, listener))
        while not self._server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    @staticmethod
    async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
        with contextlib.closing(listener):
            await server._serve([listener])

    async def stop(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(None)
        if self._server and self._task:
            self._server.should_exit = True
            await self._task

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        nation = self.nation

        @app.middleware("http")
        async def guard(request: Request, proceed: Any) -> Response:
            self.asked.append(request.url.path)
            if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
                return Response(status_code=401)
            answer: Response = await proceed(request)
            return answer

        @app.get("/api/v1/snapshot")
        async def snapshot() -> Response:
            return Response(nation.snapshot().model_dump_json(), media_type="application/json")

        @app.get("/api/v1/stream")
        async def stream() -> StreamingResponse:
            return StreamingResponse(self._listen(), media_type="text/event-stream")

        @app.get("/api/v1/nodes")
        async def nodes(
            site: str = "", province: str = "", offset: int = 0, limit: int = 10_000
        ) -> Any:
            return nation.nodes(site, province)[offset : offset + limit]

        @app.get("/api/v1/nodes/{node}")
        async def node(node: str) -> Any:
            if node.rpartition("-r")[0] not in nation.places:
                raise HTTPException(404)
            return nation.node_detail(node)

        @app.get("/api/v1/sites/{site}")
        async def site(site: str) -> Any:
            return nation.site_out(nation.places[site])

        @app.get("/api/v1/outages/{outage}")
        async def outage(outage: str) -> Any:
            if outage not in nation.outages:
                raise HTTPException(404)
            return nation.outages[outage]

        @app.get("/api/v1/events")
        async def events(site: str = "", outage: str = "", limit: int = 200) -> Any:
            return [
                event
                for event in nation.events
                if site in ("", event.site) and outage in ("", event.outage)
            ][:limit]

        return app

    async def _listen(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[StreamUpdate | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield ": hello\n\n"
            while (update := await queue.get()) is not None:
                yield f"event: update\ndata: {update.model_dump_json()}\n\n"
        finally:
            self._listeners.discard(queue)


@contextlib.asynccontextmanager
async def daemon(nation: Nation, token: str | None = None) -> AsyncIterator[Daemon]:
    serving = Daemon(nation, token)
    await serving.start()
    try:
        yield serving
    finally:
        await serving.stop()
