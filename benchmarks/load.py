"""A Prometheus that asks `/snmp` for one address after the other, many at a time."""

from __future__ import annotations

import asyncio
import os
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

CONNECTIONS = 50
# As Prometheus 2.42 sends them; it keeps its connections open.
REQUEST = (
    "GET /snmp?module={module}&target={target} HTTP/1.1\r\n"
    "Host: 127.0.0.1:{port}\r\n"
    "User-Agent: Prometheus/2.42.0\r\n"
    "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
    "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n"
    "Accept-Encoding: gzip\r\n"
    "X-Prometheus-Scrape-Timeout-Seconds: 30\r\n\r\n"
)


class Asker(asyncio.Protocol):
    """One connection: asks for the next target when the last one has answered."""

    def __init__(self, port: int, module: str, left: Iterator[str]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last = b""
        self._port, self._module, self._left = port, module, left
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"content-length: ")[2]
        if length:
            complete = len(body) == int(length.partition(b"\r")[0])
        else:
            complete = body.endswith(b"0\r\n\r\n")  # chunked
        if complete:
            if not head.startswith(b"HTTP/1.1 200"):
                self._fail(f"/snmp: {self._heard[:300]!r}")
                return
            self.last, self._heard = self._heard, b""
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("/snmp: the connection was closed")

    def _ask(self) -> None:
        target = next(self._left, None)
        if target is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        asked = REQUEST.format(module=self._module, target=target, port=self._port)
        self._transport.write(asked.encode())

    def _fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(reason))


async def asked(port: int, pid: int, module: str, targets: list[str]) -> tuple[float, float, int]:
    """CPU seconds of the server process, wall seconds, and the samples of one answer. Raises
    RuntimeError for any answer but 200."""
    loop, left = asyncio.get_running_loop(), iter(targets)
    cpu_s, began_s = process_cpu_s(pid), time.perf_counter()
    made = [
        await loop.create_connection(lambda: Asker(port, module, left), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    askers = [protocol for _, protocol in made]
    await asyncio.gather(*(asker.done for asker in askers))
    wall_s = time.perf_counter() - began_s
    samples = max(samples_of(asker.last) for asker in askers)
    return process_cpu_s(pid) - cpu_s, wall_s, samples


def samples_of(answer: bytes) -> int:
    """How many samples an answer with gzip holds, those about the scrape itself included."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        body = b"".join(chunks(body))
    text = zlib.decompress(body, 31) if body else b""
    return sum(line[:1] not in (b"#", b"") for line in text.splitlines())


def chunks(body: bytes) -> Iterator[bytes]:
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        yield rest[:length]
        body = rest[length + 2 :]


def process_cpu_s(pid: int) -> float:
    """What a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
