"""The application: every route behind one gate."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CollectorRegistry
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.api import log, network, planned, report, scraping, snmp, stream, whatif, wiring
from exporters.api.access import Access, Gate
from exporters.api.context import Context, ContextOf
from exporters.api.crowd import Crowd
from exporters.api.described import with_problems
from exporters.api.head import HeadAsGet
from exporters.api.picture import VERSION
from exporters.api.reply import install_problems, json_reply, unforeseen
from exporters.api.source import Source
from exporters.api.stream import Streams
from exporters.fleet import Fleet
from exporters.program import STREAMS, PollDurations, StatsCollector
from exporters.schema.service import ReadyOut
from exporters.scrape import Scraper
from exporters.snmp.scrape import DeviceScraper

health = APIRouter(tags=["health"])


@health.get("/healthz", response_class=Response)
async def healthz() -> Response:
    """Answers 200 as long as the loop turns."""
    return Response("ok\n", media_type="text/plain")


@health.get("/readyz", responses={200: {"model": ReadyOut}, 503: {"model": ReadyOut}})
async def readyz(request: Request, context: ContextOf) -> Response:
    """Answers 200 once the daemon does its work, else 503 with the reasons."""
    reasons = list(context.source.ready())
    answer = {"ready": not reasons, "reasons": reasons}
    return json_reply(request, answer, status=503 if reasons else 200)


class Api(FastAPI):
    """All routes behind one gate; `/snmp` is answered before the framework has its turn."""

    def __init__(self, access: Access, devices: DeviceScraper | None) -> None:
        # The interactive pages would load scripts from the internet, which this WAN does not have.
        super().__init__(title="wanwatch", version=VERSION, docs_url=None, redoc_url=None)
        routes: ASGIApp = Crowd(super().__call__)
        if devices is not None:
            routes = ServerErrorMiddleware(snmp.SnmpRoute(routes, devices), unforeseen)
        self._devices = devices
        self.gate = Gate(HeadAsGet(routes), access)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.gate(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        told = with_problems(super().openapi())
        if self._devices is not None:
            told["paths"][snmp.PATH] = {"get": snmp.OPERATION}
        return told


def create_app(
    source: Source,
    *,
    access: Access,
    registry: CollectorRegistry,
    fleet: Fleet | None = None,
    devices: DeviceScraper | None = None,
) -> Api:
    """The API of `source`. `registry` holds the program's own metrics, to which those of the
    event streams and of the polls are added. Without `devices` there is no `/snmp`."""
    app = Api(access, devices)
    context = Context(source)
    streams = Streams(context)
    registry.register(StatsCollector(lambda: streams.stats, STREAMS))
    registry.register(PollDurations(lambda: source.series.durations))
    if devices is not None:
        registry.register(devices.figures)
    app.state.context = context
    app.state.streams = streams
    app.state.planner = whatif.Planner()
    app.state.scraper = Scraper(fleet or Fleet(), registry)
    for router in (health, scraping.router, network.router, log.router, planned.router):
        app.include_router(router)
    for router in (wiring.router, whatif.router, report.router, stream.router):
        app.include_router(router)
    install_problems(app)
    return app
