"""`/snmp`: any device by any module, as snmp_exporter answers it.

Prometheus asks for every device on its own, so that what an answer costs beside the device's is
paid thousands of times: there is no framework between the gate and this.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from isal import isal_zlib
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.api.reply import not_allowed
from exporters.errors import QueryError, ScrapeError
from exporters.snmp.scrape import DEFAULT_MODULE, PATIENCE_S, DeviceScraper, Scrape
from exporters.taken import takes_gzip

PATH = "/snmp"
SPARE_S = 0.25  # of Prometheus' timeout, for the way back
LEAST_S = 0.1
LONGEST_CONTEXT = 255
QUERIES = 10_000  # that are remembered: Prometheus asks the same over and over
_GZIP = 16 + isal_zlib.MAX_WBITS
_TEXT = [(b"content-type", CONTENT_TYPE_PLAIN_0_0_4.encode()), (b"vary", b"accept-encoding")]
_PACKED = [*_TEXT, (b"content-encoding", b"gzip")]
_ERROR = [(b"content-type", b"text/plain; charset=utf-8")]


def _parameter(name: str, description: str, **more: Any) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}}


# As it stands in /openapi.json.
OPERATION: dict[str, Any] = {
    "tags": ["prometheus"],
    "summary": "Snmp",
    "operationId": "snmp_snmp_get",
    "description": "What `target` says by each `module` (several, or several in one with commas "
    "between).",
    "parameters": [
        _parameter("target", "host, host:port or [v6]:port", required=True),
        _parameter(
            "module",
            f"names of modules; {DEFAULT_MODULE} without any",
            schema={"type": "array", "items": {"type": "string"}},
        ),
        _parameter("auth", "the name of a credential; without one, that which fits the target"),
        _parameter("snmp_context", "takes the place of the credential's context"),
        _parameter("snmp_engineid", "the engine of that context, in hexadecimal; SNMPv3 only"),
    ],
    "responses": {
        "200": _text("Prometheus' text format"),
        "400": _text("No such target, module or auth"),
        "500": _text("The device gave nothing"),
    },
}


class SnmpRoute:
    """ASGI: answers `/snmp` and leaves every other path to `app`."""

    def __init__(self, app: ASGIApp, devices: DeviceScraper) -> None:
        self._app = app
        self._devices = devices

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
        elif scope["method"] == "GET":
            status, headers, body = await self._answer(scope)
            length = (b"content-length", b"%d" % len(body))
            start = {"type": "http.response.start", "status": status}
            await send({**start, "headers": [*headers, length]})
            await send({"type": "http.response.body", "body": body})
        else:
            await not_allowed(scope["method"], ("GET", "HEAD"))(scope, receive, send)

    async def _answer(self, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and body."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            body = await self._devices.scrape(
                wanted(scope["query_string"]),
                patience_s(headers.get(b"x-prometheus-scrape-timeout-seconds", b"")),
            )
        except QueryError as error:
            self._devices.figures.errors += 1
            return 400, _ERROR, f"{error}\n".encode()
        except ScrapeError as error:
            text = f"An error has occurred while serving metrics:\n\n{error}\n"
            return 500, _ERROR, text.encode(errors="replace")
        if takes_gzip(headers.get(b"accept-encoding", b"").decode("latin-1")):
            return 200, _PACKED, isal_zlib.compress(body, 1, _GZIP)
        return 200, _TEXT, body


@lru_cache(maxsize=QUERIES)
def wanted(query: bytes) -> Scrape:
    """What a query asks for. Raises QueryError."""
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    return Scrape(
        target=once("target", given.get("target", []), needed=True),
        modules=modules_of(given.get("module", [])),
        auth=once("auth", given.get("auth", [])),
        context=context_name(once("snmp_context", given.get("snmp_context", []))),
        context_engine=engine_id(once("snmp_engineid", given.get("snmp_engineid", []))),
    )


def once(name: str, given: list[str], *, needed: bool = False) -> str:
    """The one value of a parameter, "" without any. Raises QueryError."""
    if needed and (len(given) != 1 or not given[0]):
        raise QueryError(f"'{name}' parameter must be specified once")
    if len(given) > 1:
        raise QueryError(f"'{name}' parameter must only be specified once")
    return given[0] if given else ""


def context_name(given: str) -> str:
    """A contextName (RFC 3411 §5). Raises QueryError."""
    if len(given.encode(errors="replace")) > LONGEST_CONTEXT:
        raise QueryError(f"'snmp_context' parameter may have {LONGEST_CONTEXT} octets at most")
    return given


def engine_id(given: str) -> bytes:
    """The octets of an SnmpEngineID (RFC 3411 §5), b"" for none. Raises QueryError."""
    try:
        octets = bytes.fromhex(given.removeprefix("0x"))
    except ValueError:
        octets = b"?"
    if given and not 5 <= len(octets) <= 32:
        raise QueryError("'snmp_engineid' parameter must be 5 to 32 octets in hexadecimal")
    return octets


def modules_of(given: list[str]) -> tuple[str, ...]:
    """The names of all modules, each once. Raises QueryError."""
    named = (name for each in given or [DEFAULT_MODULE] for name in each.split(","))
    names = tuple(dict.fromkeys(name for name in named if name))
    if not names:
        raise QueryError("'module' parameter must contain at least one module name")
    return names


@lru_cache(maxsize=256)
def patience_s(header: bytes) -> float:
    """How long Prometheus waits for the answer, or PATIENCE_S."""
    try:
        given_s = float(header)
    except ValueError:
        return PATIENCE_S
    return max(LEAST_S, min(given_s - SPARE_S, PATIENCE_S)) if given_s > 0 else PATIENCE_S
