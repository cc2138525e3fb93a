"""The asynchronous client of the HTTP API, as the console and the command line use it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TypeAlias, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from exporters.errors import (
    ClientError,
    MissingError,
    NotWanwatchError,
    OverdueError,
    UnauthorisedError,
    UnreachableError,
)
from exporters.reports.schema import By, ReportOut
from exporters.schema.log import EventOut, OutageDetail
from exporters.schema.network import DriftOut, TopologyOut
from exporters.schema.node import LinkOut, NodeDetail, NodeOut
from exporters.schema.picture import CoverageOut, OutageOut, SiteOut, SnapshotOut, StreamUpdate
from exporters.schema.planned import MaintenanceIn, MaintenanceOut, SilenceIn, SilenceOut
from exporters.schema.whatif import SpofOut, WhatIfOut

__all__ = [
    "ApiClient",
    "ClientError",
    "MissingError",
    "NotWanwatchError",
    "OverdueError",
    "UnauthorisedError",
    "UnreachableError",
]

T = TypeVar("T")
Params: TypeAlias = Mapping[str, str | list[str]]

ANSWER_TIMEOUT_S = 10.0
WORK_TIMEOUT_S = 60.0
SILENCE_TIMEOUT_S = 15.0


class ApiClient:
    """Asks one daemon. Use as an async context manager, or call `close` at the end.

    Every method raises a `ClientError`: nothing else of the network gets through.
    """

    def __init__(
        self, url: str, token: str | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        """`tls`: for a private authority or a client certificate; without it the system's
        authorities are trusted. Raises UnauthorisedError for a token that none can be."""
        self.url = url.rstrip("/")
        if token and not (token.isascii() and token.isprintable()):
            raise UnauthorisedError(self.url, "the token holds characters that no token can have")
        headers = {"Accept": "application/json", "User-Agent": "wanwatch-console"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # Loading the authorities takes longer than the first picture: only where they are needed.
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if tls is None:
            tls = ssl.create_default_context() if url.startswith("https:") else bare
        # No proxy from the environment: the daemon is on this machine or on the dedicated WAN.
        self._http = httpx.AsyncClient(
            headers=headers, timeout=httpx.Timeout(ANSWER_TIMEOUT_S), trust_env=False, verify=tls
        )

    async def __aenter__(self) -> ApiClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def snapshot(self) -> SnapshotOut:
        return await self._get("snapshot", _SNAPSHOT)

    async def coverage(self) -> CoverageOut:
        return await self._get("coverage", _COVERAGE)

    async def nodes(
        self,
        *,
        site: str | None = None,
        province: str | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[NodeOut]:
        """Nodes in the inventory's order: all of them, or those of a site or province; `limit`
        of them from `offset` on."""
        given = {"site": site, "province": province, "offset": offset or None, "limit": limit}
        params = {key: str(value) for key, value in given.items() if value is not None}
        return await self._get("nodes", _NODES, params)

    async def node(self, node: str) -> NodeDetail:
        return await self._get(f"nodes/{_quoted(node)}", _NODE)

    async def site(self, site: str) -> SiteOut:
        return await self._get(f"sites/{_quoted(site)}", _SITE)

    async def outages(self) -> list[OutageOut]:
        """Those that last, in the daemon's order."""
        return await self._get("outages", _OUTAGES)

    async def outage(self, outage: str) -> OutageDetail:
        return await self._get(f"outages/{_quoted(outage)}", _OUTAGE)

    async def events(self, **filters: str) -> list[EventOut]:
        """Newest first; `filters` are the API's own: `node`, `site`, `outage`, `limit`."""
        return await self._get("events", _EVENTS, filters)

    async def links(self) -> list[LinkOut]:
        return await self._get("links", _LINKS)

    async def whatif(self, targets: Sequence[str], *, now: bool = True) -> WhatIfOut:
        """What the targets' failure would do; `now`: on top of what is broken already."""
        params: Params = {"fail": list(targets), "now": str(now).lower()}
        return await self._get("whatif", _WHATIF, params)

    async def spof(self, *, limit: int = 10_000) -> SpofOut:
        """The weak points of the country; worked out when asked for the first time."""
        return await self._get("spof", _SPOF, {"limit": str(limit)}, timeout_s=WORK_TIMEOUT_S)

    async def topology(self) -> TopologyOut:
        """What was found of the network's links, and whether everybody was heard."""
        return await self._get("topology", _TOPOLOGY)

    async def report(
        self,
        since: datetime,
        until: datetime,
        *,
        by: By = By.PROVINCE,
        with_maintenance: bool = False,
    ) -> ReportOut:
        """Availability in [since, until), or up to now."""
        params = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "by": by,
            "maintenance": "included" if with_maintenance else "excluded",
        }
        return await self._get("report", _REPORT, params, timeout_s=WORK_TIMEOUT_S)

    async def drift(self, *, decided: bool = False) -> list[DriftOut]:
        """Where the network that was found differs from the declared one."""
        return await self._get("topology/drift", _DRIFTS, {"decided": str(decided).lower()})

    async def decide(self, key: str, verdict: str, *, author: str, comment: str = "") -> DriftOut:
        """Has a drift `accepted` or `rejected`."""
        body = {"verdict": verdict, "author": author, "comment": comment}
        url = f"{self.url}/api/v1/topology/drift/{_quoted(key)}"
        return _parsed(url, _DRIFT, await self._ask("PUT", url, body=body))

    async def undecide(self, key: str, *, author: str) -> None:
        """Takes the decision on a drift back."""
        url = f"{self.url}/api/v1/topology/drift/{_quoted(key)}"
        await self._ask("DELETE", url, {"author": author})

    async def silences(self, *, since: datetime) -> list[SilenceOut]:
        """Those that last or will come, or have been over since then."""
        return await self._get("silences", _SILENCES, {"since": since.isoformat()})

    async def windows(self, *, since: datetime) -> list[MaintenanceOut]:
        """Maintenance windows that last or will come, or have been over since then."""
        return await self._get("maintenance", _WINDOWS, {"since": since.isoformat()})

    async def add_silence(self, silence: SilenceIn) -> SilenceOut:
        url = f"{self.url}/api/v1/silences"
        body = silence.model_dump(mode="json")
        return _parsed(url, _SILENCE, await self._ask("POST", url, body=body))

    async def add_window(self, window: MaintenanceIn) -> MaintenanceOut:
        url = f"{self.url}/api/v1/maintenance"
        body = window.model_dump(mode="json")
        return _parsed(url, _WINDOW, await self._ask("POST", url, body=body))

    async def end_silence(self, id_: int, *, author: str) -> None:
        """Ends it now. Raises MissingError when it is over already."""
        await self._ask("DELETE", f"{self.url}/api/v1/silences/{id_}", {"author": author})

    async def end_window(self, id_: int, *, author: str) -> None:
        """Ends it now. Raises MissingError when it is over already."""
        await self._ask("DELETE", f"{self.url}/api/v1/maintenance/{id_}", {"author": author})

    async def stream(self) -> AsyncIterator[StreamUpdate]:
        """Updates as they are sent, until the daemon ends the stream; `OverdueError` after
        `SILENCE_TIMEOUT_S` without a word."""
        url = f"{self.url}/api/v1/stream"
        timeout = httpx.Timeout(ANSWER_TIMEOUT_S, read=SILENCE_TIMEOUT_S)
        try:
            async with self._http.stream(
                "GET", url, headers={"Accept": "text/event-stream"}, timeout=timeout
            ) as response:
                if response.status_code != 200:
                    _checked(url, response, _detail(await response.aread()))
                if not response.headers.get("content-type", "").startswith("text/event-stream"):
                    raise NotWanwatchError(url, "the answer is no event stream")
                async for data in _updates(response):
                    yield _parsed(url, _UPDATE, data)
        except httpx.HTTPError as error:
            raise _translated(url, error) from error
        except httpx.InvalidURL as error:
            raise UnreachableError(url, str(error)) from error

    async def _get(
        self,
        path: str,
        shape: TypeAdapter[T],
        params: Params | None = None,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> T:
        url = f"{self.url}/api/v1/{path}"
        return _parsed(url, shape, await self._ask("GET", url, params, timeout_s=timeout_s))

    async def _ask(
        self,
        method: str,
        url: str,
        params: Params | None = None,
        *,
        body: object = None,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> bytes:
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._http.request(
                    method, url, params=params, json=body, timeout=timeout_s
                )
        except TimeoutError as error:
            raise OverdueError(url, f"no answer within {timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise _translated(url, error) from error
        except httpx.InvalidURL as error:
            raise UnreachableError(url, str(error)) from error
        _checked(url, response, _detail(response.content))
        return response.content


_SNAPSHOT = TypeAdapter(SnapshotOut)
_COVERAGE = TypeAdapter(CoverageOut)
_NODES = TypeAdapter(list[NodeOut])
_NODE = TypeAdapter(NodeDetail)
_SITE = TypeAdapter(SiteOut)
_OUTAGES = TypeAdapter(list[OutageOut])
_OUTAGE = TypeAdapter(OutageDetail)
_EVENTS = TypeAdapter(list[EventOut])
_LINKS = TypeAdapter(list[LinkOut])
_WHATIF = TypeAdapter(WhatIfOut)
_DRIFT = TypeAdapter(DriftOut)
_DRIFTS = TypeAdapter(list[DriftOut])
_SILENCE = TypeAdapter(SilenceOut)
_SILENCES = TypeAdapter(list[SilenceOut])
_WINDOW = TypeAdapter(MaintenanceOut)
_WINDOWS = TypeAdapter(list[MaintenanceOut])
_SPOF = TypeAdapter(SpofOut)
_TOPOLOGY = TypeAdapter(TopologyOut)
_REPORT = TypeAdapter(ReportOut)
_UPDATE = TypeAdapter(StreamUpdate)


def _quoted(id_: str) -> str:
    return quote(id_, safe="")


def _checked(url: str, response: httpx.Response, detail: str) -> None:
    """Raises the error that an answer stands for, unless it is a good one; `detail` is what it
    said."""
    status = response.status_code
    if status in (200, 201, 204):
        return
    if status in (401, 403):
        raise UnauthorisedError(url, detail or "the token is missing or wrong")
    if status == 404:
        raise MissingError(url, detail or "there is no such thing")
    if status in (429, 500, 502, 503, 504):
        raise UnreachableError(url, detail or f"the daemon answered {status}")
    raise NotWanwatchError(url, detail or f"answered {status}, which this API never does")


def _detail(body: bytes) -> str:
    """What a problem document says (RFC 9457); "" for anything else."""
    try:
        problem = json.loads(body)
    except ValueError:
        return ""
    return str(problem.get("detail", ""))[:200] if isinstance(problem, dict) else ""


def _parsed(url: str, shape: TypeAdapter[T], body: bytes) -> T:
    try:
        return shape.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise NotWanwatchError(url, f"not an answer of this API: {place} {first['msg']}") from None


def _translated(url: str, error: httpx.HTTPError) -> ClientError:
    if isinstance(error, httpx.TimeoutException):
        return OverdueError(url, "no answer in time")
    if isinstance(error, httpx.ConnectError) and _mistrusts(error):
        return NotWanwatchError(url, str(error))
    return UnreachableError(url, str(error) or type(error).__name__)


def _mistrusts(error: BaseException) -> bool:
    """Whether somebody answered, but no TLS of whom we trust; one who hangs up says nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return not isinstance(cause, ssl.SSLEOFError)
        cause = cause.__cause__ or cause.__context__
    return False


async def _updates(response: httpx.Response) -> AsyncIterator[bytes]:
    """Data of the events called `update` (WHATWG HTML §9.2.6, event stream interpretation)."""
    event, data = "", list[str]()
    async for line in _lines(response):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if event == "update" and data:
                yield "\n".join(data).encode()
            event, data = "", []
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """Lines that end in LF or CR LF: httpx ends one at U+2028 too, which may stand in a name."""
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
