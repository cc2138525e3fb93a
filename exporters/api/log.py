"""Routes of what was: events and the alert outbox."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from exporters.api.context import Context, ContextOf
from exporters.api.parameters import Before, Name, Page
from exporters.api.picture import Json
from exporters.api.reply import json_reply
from exporters.schema.log import AlertOut, EventOut
from store.record import Event, OutboxAlert

router = APIRouter(prefix="/api/v1", tags=["log"])


@router.get("/events", responses={200: {"model": list[EventOut]}})
async def events(
    request: Request,
    context: ContextOf,
    node: Name = None,
    site: Name = None,
    outage: Name = None,
    before: Before = None,
    limit: Page = 100,
) -> Response:
    """The operator's log, newest first; `before` the last id seen gives the next page."""
    found = await context.source.store.events(
        node=node, site=site, outage=outage, before_id=before, limit=limit
    )
    return json_reply(request, [event_json(context, event) for event in found])


@router.get("/alerts", responses={200: {"model": list[AlertOut]}})
async def alerts(
    request: Request,
    context: ContextOf,
    outage: Name = None,
    receiver: Name = None,
    undelivered: bool = False,
    before: Before = None,
    limit: Page = 100,
) -> Response:
    """The alert outbox, newest first."""
    found = await context.source.store.alerts(
        outage=outage, receiver=receiver, undelivered=undelivered, before_id=before, limit=limit
    )
    return json_reply(request, [_alert_json(entry) for entry in found])


def event_json(context: Context, event: Event) -> Json:
    """An event with its sentence; one that a newer version wrote keeps its kind and values."""
    try:
        text = context.texts.event(event.kind, event.params)
    except (KeyError, IndexError):
        text = " ".join((event.kind, *(f"{key}={value}" for key, value in event.params.items())))
    return {
        "id": event.id,
        "at": event.at,
        "kind": event.kind,
        "node": event.node,
        "site": event.site,
        "outage": event.outage,
        "params": dict(event.params),
        "text": text,
    }


def _alert_json(entry: OutboxAlert) -> Json:
    return {
        "id": entry.id,
        "outage": entry.alert.outage,
        "receiver": entry.alert.receiver,
        "status": entry.alert.status,
        "created": entry.alert.created,
        "delivered": entry.delivered,
        "attempts": entry.attempts,
        "last_error": entry.last_error,
    }
