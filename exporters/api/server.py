"""uvicorn inside the daemon's own loop, with the daemon's own signals."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import uvicorn

from configs.settings import Http
from exporters.api.app import Api
from exporters.api.door import Door
from exporters.api.stream import Streams
from exporters.api.wire import MOST_CONNECTIONS, Connection
from exporters.errors import PortError
from exporters.scrape import Scraper

SHUTDOWN_S = 3


@dataclass(frozen=True, slots=True)
class Served:
    """Where the API answers; `port` is the real one when the settings say 0."""

    host: str
    port: int
    scheme: str
    door: Door

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@asynccontextmanager
async def serve(app: Api, http: Http) -> AsyncIterator[Served]:
    """Serves `app` until the block is left; then streams end at once and other answers have
    SHUTDOWN_S. Raises PortError when host and port cannot be had, AccessError for TLS files."""
    door = Door(app.gate, http)
    context = door.context
    listener = _listener(http.host, http.port)
    config = uvicorn.Config(
        app,
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        limit_concurrency=_most_connections(),
        timeout_keep_alive=30,
        timeout_graceful_shutdown=SHUTDOWN_S,
        ssl_context_factory=(lambda _config, _default: context) if context else None,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    turning = asyncio.create_task(server.main_loop(), name="http")
    try:
        yield Served(http.host, listener.getsockname()[1], "https" if context else "http", door)
    finally:
        streams: Streams = app.state.streams
        scraper: Scraper = app.state.scraper
        streams.close()
        turning.cancel()
        with suppress(asyncio.CancelledError):
            await turning
        await server.shutdown(sockets=[listener])
        scraper.close()


def _most_connections() -> int:
    """MOST_CONNECTIONS, or half of the descriptors that the process may have: the store and the
    receivers of alerts need some as well."""
    granted, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if granted < 0 else min(MOST_CONNECTIONS, granted // 2)


def _listener(host: str, port: int) -> socket.socket:
    """A bound socket that listens."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise PortError(f"http.host {host!r} is no address of a host: {error.strerror}") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise PortError(_explained(host, port, error)) from None
    listener.setblocking(False)
    return listener


def _explained(host: str, port: int, error: OSError) -> str:
    what = f"cannot listen on {host} port {port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{what}: another program uses it, perhaps another wanwatch; stop it, or set http.port "
            f"(0 takes any free one). `ss -ltnp sport = :{port}` tells who it is"
        )
    if error.errno == errno.EACCES:
        return f"{what}: ports below 1024 need privileges; set http.port to 9464"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{what}: this machine does not have that address; correct http.host"
    return f"{what}: {error.strerror}"
