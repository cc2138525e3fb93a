"""Route `/snmp`: any device by any module, as snmp_exporter answers it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Request
from isal import igzip
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, gzip_accepted
from starlette.responses import PlainTextResponse, Response

from exporters.errors import QueryError, ScrapeError
from exporters.snmp.scrape import DEFAULT_MODULE, PATIENCE_S, DeviceScraper, Scrape

router = APIRouter(tags=["prometheus"])

Texts: TypeAlias = Annotated[list[str], Query(default_factory=list)]
SPARE_S = 0.25  # of Prometheus' timeout, for the way back
LEAST_S = 0.1


@router.get(
    "/snmp",
    response_class=PlainTextResponse,
    responses={
        400: {"content": {"text/plain": {}}, "description": "No such target, module or auth"},
        500: {"content": {"text/plain": {}}, "description": "The device gave nothing"},
    },
)
async def snmp(
    request: Request, target: Texts, module: Texts, auth: Texts, snmp_context: Texts
) -> Response:
    """What `target` says by each `module` (several, or several in one with commas between)."""
    devices: DeviceScraper = request.app.state.devices
    try:
        wanted = Scrape(
            target=once("target", target, needed=True),
            modules=modules_of(module),
            auth=once("auth", auth),
            context=once("snmp_context", snmp_context),
            patience_s=patience_s(request.headers.get("x-prometheus-scrape-timeout-seconds", "")),
        )
        body = await devices.scrape(wanted)
    except QueryError as error:
        devices.figures.errors += 1
        return PlainTextResponse(f"{error}\n", 400)
    except ScrapeError as error:
        text = f"An error has occurred while serving metrics:\n\n{error}\n"
        return PlainTextResponse(text, 500)
    headers = {"content-type": CONTENT_TYPE_PLAIN_0_0_4, "vary": "accept-encoding"}
    if gzip_accepted(request.headers.get("accept-encoding", "")):
        body = igzip.compress(body, compresslevel=1)
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers)


def once(name: str, given: list[str], *, needed: bool = False) -> str:
    """The one value of a parameter, "" without any. Raises QueryError."""
    if needed and (len(given) != 1 or not given[0]):
        raise QueryError(f"'{name}' parameter must be specified once")
    if len(given) > 1:
        raise QueryError(f"'{name}' parameter must only be specified once")
    return given[0] if given else ""


def modules_of(given: list[str]) -> tuple[str, ...]:
    """The names of all modules, each once. Raises QueryError."""
    named = (name for each in given or [DEFAULT_MODULE] for name in each.split(","))
    names = tuple(dict.fromkeys(name for name in named if name))
    if not names:
        raise QueryError("'module' parameter must contain at least one module name")
    return names


def patience_s(header: str) -> float:
    """How long Prometheus waits for the answer, or PATIENCE_S."""
    try:
        given_s = float(header)
    except ValueError:
        return PATIENCE_S
    return max(LEAST_S, min(given_s - SPARE_S, PATIENCE_S)) if given_s > 0 else PATIENCE_S
