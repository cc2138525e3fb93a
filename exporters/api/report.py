"""The route of reports."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, AwareDatetime
from starlette.exceptions import HTTPException
from starlette.responses import Response

from exporters.api.context import ContextOf
from exporters.api.parameters import in_our_time
from exporters.api.reply import json_reply
from exporters.reports.availability import report
from exporters.reports.schema import By, ReportOut

router = APIRouter(prefix="/api/v1", tags=["report"])


@router.get("/report", responses={200: {"model": ReportOut}})
async def availability(
    request: Request,
    context: ContextOf,
    since: Annotated[AwareDatetime, AfterValidator(in_our_time), Query()],
    until: Annotated[
        Annotated[AwareDatetime, AfterValidator(in_our_time)] | None,
        Query(description="now, unless given; never later than now"),
    ] = None,
    by: By = By.PROVINCE,
    maintenance: Literal["excluded", "included"] = "excluded",
) -> Response:
    """How long everybody was covered in [since, until), worst first."""
    snapshot = context.source.snapshot()
    end = min(until or snapshot.at, snapshot.at)
    if since >= end:
        raise HTTPException(422, "since: has to be before until, and before now")
    times = await context.source.store.times(since, end, alive=snapshot.at)
    found = await asyncio.to_thread(
        report, times, snapshot.inventory, by, with_maintenance=maintenance == "included"
    )
    return json_reply(request, await asyncio.to_thread(found.model_dump, mode="python"))
