"""The application: every route behind one gate."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CollectorRegistry
from starlette.responses import Response

from configs.messages import messages
from exporters.api import log, network, planned, scraping, snmp, stream, whatif
from exporters.api.access import Access, Gate
from exporters.api.context import Context, ContextOf
from exporters.api.picture import VERSION
from exporters.api.reply import install_problems, json_reply
from exporters.api.source import Source
from exporters.api.stream import Streams
from exporters.fleet import Fleet
from exporters.program import STREAMS, PollDurations, StatsCollector
from exporters.schema import ReadyOut
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


def create_app(
    source: Source,
    *,
    access: Access,
    registry: CollectorRegistry,
    fleet: Fleet | None = None,
    devices: DeviceScraper | None = None,
    language: str = "vi",
) -> FastAPI:
    """The API of `source`. `registry` holds the program's own metrics, to which those of the
    event streams and of the polls are added. Without `devices` there is no `/snmp`."""
    # The interactive pages would load scripts from the internet, which this WAN does not have.
    app = FastAPI(title="wanwatch", version=VERSION, docs_url=None, redoc_url=None)
    context = Context(source, messages(language))
    streams = Streams(context)
    registry.register(StatsCollector(lambda: streams.stats, STREAMS))
    registry.register(PollDurations(lambda: source.series.durations))
    app.state.context = context
    app.state.streams = streams
    app.state.planner = whatif.Planner()
    app.state.scraper = Scraper(fleet or Fleet(), registry)
    for router in (health, scraping.router, network.router, log.router, planned.router):
        app.include_router(router)
    for router in (whatif.router, stream.router):
        app.include_router(router)
    if devices is not None:
        app.state.devices = devices
        registry.register(devices.figures)
        app.include_router(snmp.router)
    install_problems(app)
    app.add_middleware(Gate, access=access)
    return app
