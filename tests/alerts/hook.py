"""A receiver on loopback that answers as it is told, hangs, or hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

HANG = "hang"
HANG_UP = "hang up"
SLOWLY = "slowly"  # success, after a while
CUT_SHORT = "cut short"  # success, but the answer breaks off


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def page(self) -> tuple[str, str]:
        """(outage, status) of a webhook message."""
        return self.json["groupLabels"]["outage"], self.json["status"]


class Hook:
    """`behave` says how each call is answered: a status, a whole response head, or HANG or
    HANG_UP. `taken` are the calls that were answered with success."""

    def __init__(self, behave: Callable[[Call], int | str]) -> None:
        self.behave = behave
        self.calls: list[Call] = []
        self.taken: list[Call] = []
        self.port = 0
        self._arrived = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/token-s3cret"

    def pages(self) -> list[tuple[str, str]]:
        return [call.page for call in self.taken]

    async def until(self, reached: Callable[[Hook], bool], timeout_s: float = 15.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not reached(self):
                self._arrived.clear()
                await self._arrived.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _request(reader):
                self.calls.append(request)
                answer = self.behave(request)
                if answer == HANG:
                    self._arrived.set()
                    await asyncio.sleep(3600)
                if answer == HANG_UP:
                    return
                if answer == CUT_SHORT:
                    self.taken.append(request)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nbody")
                    await writer.drain()
                    return
                if answer == SLOWLY:
                    self._arrived.set()
                    await asyncio.sleep(0.1)
                    answer = 200
                head = answer if isinstance(answer, str) else f"{answer} Whatever"
                if head.startswith("2"):
                    self.taken.append(request)
                writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 4\r\n\r\nbody".encode())
                await writer.drain()
                self._arrived.set()
        except ConnectionError:
            return
        finally:
            self._arrived.set()
            writer.close()


async def _request(reader: asyncio.StreamReader) -> Call | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip().split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(first.split(" ")[1], headers, body)


@asynccontextmanager
async def hook(behave: Callable[[Call], int | str] = lambda _call: 200) -> AsyncIterator[Hook]:
    made = Hook(behave)
    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(made.serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
