"""Answers to Prometheus: rendered in a thread, compressed, kept until the next tick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

from isal import isal_zlib
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.exposition import generate_latest as write_text
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE_1_0_0
from prometheus_client.openmetrics.exposition import generate_latest as write_openmetrics

from exporters.exposition import Format
from exporters.fleet import Fleet
from exporters.taken import taken
from store.frame import Frame
from topology.snapshot import Snapshot

_GZIP = 16 + isal_zlib.MAX_WBITS
_CHUNK = 1 << 20
_PACKED_CHUNK = _CHUNK >> 3  # what about _CHUNK of text is when compressed
_OPENMETRICS = "application/openmetrics-text"
_TEXTS = ("text/plain", "text/*", "*/*")
_CONTENT_TYPES = {Format.TEXT: CONTENT_TYPE_PLAIN_0_0_4, Format.OPENMETRICS: CONTENT_TYPE_1_0_0}


@dataclass(frozen=True, slots=True)
class Want:
    """What a scraper asks for. `devices`: also the devices' series, under MIB names."""

    form: Format = Format.TEXT
    provinces: tuple[str, ...] = ()
    country: bool = True
    devices: bool = True

    @classmethod
    def of(
        cls, accept: str, provinces: Iterable[str], *, country: bool, devices: bool = True
    ) -> Want:
        """What this header asks for. Later versions of either format get the one that is spoken
        here, as their readers understand it too."""
        return cls(preferred(accept), tuple(provinces), country, devices)


@lru_cache(maxsize=256)
def preferred(accept: str) -> Format:
    """What an `Accept` header gives the greatest weight, the first of several (RFC 9110 §12.5.1);
    text where it names nothing that is spoken here."""
    best, form = 0.0, Format.TEXT
    for media in taken(accept):
        if media.weight <= best:
            continue
        version = media.parameters.get("version", "1").partition(".")[0]
        is_later = version.isdecimal() and version.strip("0") != ""  # however many digits it has
        if media.name == _OPENMETRICS and is_later:
            best, form = media.weight, Format.OPENMETRICS
        elif media.name in _TEXTS:
            best, form = media.weight, Format.TEXT
    return form


@dataclass(frozen=True, slots=True)
class Scrape:
    """A finished answer: `size` octets of text, compressed to `packed`."""

    packed: bytes
    size: int
    content_type: str


class Scraper:
    """One renderer in one thread, so that its caches need no lock and the loop is not held."""

    def __init__(self, fleet: Fleet, registry: CollectorRegistry) -> None:
        self._fleet = fleet
        self._registry = registry
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self._moment: tuple[int, float] | None = None
        self._frame: Frame | None = None
        self._answers: dict[Want, asyncio.Future[Scrape]] = {}

    async def scrape(
        self, want: Want, snapshot: Snapshot, now: float, take_frame: Callable[[], Frame]
    ) -> Scrape:
        """The exposition of `snapshot` and the values at `now`. Whoever asks for the same thing in
        the same tick shares one answer."""
        moment = (snapshot.sequence, now)
        if moment != self._moment or self._frame is None:
            self._moment, self._frame = moment, take_frame()
            self._answers.clear()
        answer = self._answers.get(want)
        if answer is None:
            loop = asyncio.get_running_loop()
            work = partial(self._render, want, snapshot, self._frame)
            answer = self._answers[want] = loop.run_in_executor(self._thread, work)
        return await asyncio.shield(answer)

    async def text(self, made: Scrape) -> AsyncIterator[bytes]:
        """The text of an answer in parts of about a megabyte, each made when the one before is
        gone: nobody holds the tens of megabytes of all, nor the renderer meanwhile."""
        unpack = isal_zlib.decompressobj(wbits=_GZIP).decompress
        loop, packed = asyncio.get_running_loop(), memoryview(made.packed)
        for start in range(0, len(packed), _PACKED_CHUNK):
            part = packed[start : start + _PACKED_CHUNK]
            yield await loop.run_in_executor(self._thread, unpack, part)

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _render(self, want: Want, snapshot: Snapshot, frame: Frame) -> Scrape:
        packed, size = _compressed(self._parts(want, snapshot, frame))
        return Scrape(packed, size, _CONTENT_TYPES[want.form])

    def _parts(self, want: Want, snapshot: Snapshot, frame: Frame) -> Iterator[bytes]:
        """The whole exposition: the program's own metrics end in a line feed, the fleet's parts
        begin with one."""
        form, own = want.form, b""
        if want.country:
            openmetrics = form is Format.OPENMETRICS
            own = (write_openmetrics if openmetrics else write_text)(self._registry)
        own = own.removesuffix(b"# EOF\n").removesuffix(b"\n")
        yield own
        parts = self._fleet.render(
            snapshot,
            frame,
            form,
            provinces=want.provinces,
            country=want.country,
            devices=want.devices,
        )
        first = next(parts, b"")
        yield first if own else first.removeprefix(b"\n")
        yield from parts
        if own or first:
            yield b"\n"
        if form is Format.OPENMETRICS:
            yield b"# EOF\n"


def _compressed(parts: Iterable[bytes]) -> tuple[bytes, int]:
    """gzip at the level that costs least (40 MB take 30 ms), and how much went in."""
    gzip = isal_zlib.compressobj(1, wbits=_GZIP)
    made: list[bytes] = []
    waiting: list[bytes] = []
    size = total = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _CHUNK:
            made.append(gzip.compress(b"".join(waiting)))
            waiting.clear()
            total, size = total + size, 0
    made.append(gzip.compress(b"".join(waiting)))
    made.append(gzip.flush())
    return b"".join(made), total + size
