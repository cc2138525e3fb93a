"""Routes of Prometheus: `/metrics`, and `/sd` to find it by province."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from exporters.api.context import ContextOf
from exporters.api.parameters import Provinces
from exporters.api.parts import InParts
from exporters.api.reply import json_reply, no_such
from exporters.schema.service import TargetGroup
from exporters.scrape import Scraper, Want
from exporters.taken import takes_gzip
from store.frame import frame

router = APIRouter(tags=["prometheus"])


@router.get(
    "/metrics",
    responses={200: {"content": {"text/plain": {}, "application/openmetrics-text": {}}}},
    response_class=Response,
)
async def metrics(
    request: Request,
    context: ContextOf,
    province: Provinces,
    scope: Annotated[
        Literal["all", "country", "own"],
        Query(
            description="country: what belongs to no province, and the program itself. own: all "
            "but the devices' own series, for whoever has those from snmp_exporter"
        ),
    ] = "all",
) -> Response:
    """The exposition of the fleet: everything, or some provinces, or the rest without them;
    with or without the devices' own series."""
    source = context.source
    now = source.snapshot()
    for id_ in province:
        if id_ not in now.inventory.provinces:
            raise no_such("province", id_)
    wanted = province or (() if scope == "country" else now.inventory.provinces)
    want = Want.of(
        request.headers.get("accept", ""),
        dict.fromkeys(wanted),
        country=not province,
        devices=scope != "own",
    )
    scraper: Scraper = request.app.state.scraper
    made = await scraper.scrape(want, now, source.series.now, lambda: frame(source.series))
    headers = {"content-type": made.content_type, "vary": "accept, accept-encoding"}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(made.packed, headers=headers | {"content-encoding": "gzip"})
    return InParts(scraper.text(made), made.size, headers)


@router.get("/sd", responses={200: {"model": list[TargetGroup]}})
async def service_discovery(
    request: Request,
    context: ContextOf,
    scope: Annotated[
        Literal["all", "own"],
        Query(description="own: one target for all but the devices' own series"),
    ] = "all",
) -> Response:
    """Targets for Prometheus' `http_sd_configs`: one per province, and one for the rest.

    Each has an `instance` of its own, because Prometheus tells targets apart by their labels.
    """
    here = request.url.netloc
    shared = {"__scheme__": request.url.scheme, "__metrics_path__": "/metrics"}
    first = "own" if scope == "own" else "country"
    groups = [
        {
            "targets": [here],
            "labels": shared | {"__param_scope": first, "instance": here},
        }
    ]
    if scope == "own":
        return json_reply(request, groups)
    groups += [
        {
            "targets": [here],
            "labels": shared
            | {
                "__param_province": province.id,
                "__meta_wanwatch_province": province.id,
                "__meta_wanwatch_province_name": province.name,
                "instance": f"{here}/{province.id}",
            },
        }
        for province in context.source.snapshot().inventory.provinces.values()
    ]
    return json_reply(request, groups)
