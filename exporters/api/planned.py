"""Routes of what is planned: silences and maintenance windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from configs.inventory import Inventory
from exporters.api.context import ContextOf
from exporters.api.parameters import NumberedId, in_our_time
from exporters.api.picture import Json
from exporters.api.reply import json_reply, no_such
from exporters.schema import MaintenanceIn, MaintenanceOut, SilenceIn, SilenceOut
from store.record import MaintenanceWindow, Silence

router = APIRouter(prefix="/api/v1", tags=["planned"])


@router.get("/silences", responses={200: {"model": list[SilenceOut]}})
async def silences(request: Request, context: ContextOf, ended: bool = False) -> Response:
    """Silences that last or will come, with `ended` also those that are over."""
    since = None if ended else datetime.now(UTC)
    found = await context.source.store.silences(not_ended_at=since)
    return json_reply(request, [_silence_json(silence) for silence in found])


@router.post("/silences", status_code=201, responses={201: {"model": SilenceOut}})
async def add_silence(request: Request, context: ContextOf, given: SilenceIn) -> Response:
    """A new silence: nobody is paged for alerts whose labels equal all of `matchers`."""
    if not given.matchers:
        raise HTTPException(422, "matchers: name at least one label, or everything is silenced")
    _check(given, *given.matchers, *given.matchers.values())
    silence = Silence(given.matchers, given.starts, given.ends, given.author, given.comment)
    made = await context.source.store.add_silence(silence)
    context.source.planned_changed()
    return json_reply(request, _silence_json(made), status=201)


@router.delete("/silences/{id}", status_code=204)
async def expire_silence(context: ContextOf, id_: NumberedId) -> Response:
    """Ends a silence now."""
    if not await context.source.store.expire_silence(id_, datetime.now(UTC)):
        raise no_such("silence that lasts with id", str(id_))
    context.source.planned_changed()
    return Response(status_code=204)


@router.get("/maintenance", responses={200: {"model": list[MaintenanceOut]}})
async def windows(request: Request, context: ContextOf, ended: bool = False) -> Response:
    """Maintenance windows that last or will come, with `ended` also those that are over."""
    since = None if ended else datetime.now(UTC)
    found = await context.source.store.windows(not_ended_at=since)
    return json_reply(request, [_window_json(window) for window in found])


@router.post("/maintenance", status_code=201, responses={201: {"model": MaintenanceOut}})
async def add_window(request: Request, context: ContextOf, given: MaintenanceIn) -> Response:
    """A new maintenance window: nobody is paged for its targets or for what lies behind them."""
    if not given.targets:
        raise HTTPException(422, "targets: name at least one")
    _check(given, *given.targets)
    for target in given.targets:
        _check_target(target, context.source.snapshot().inventory)
    window = MaintenanceWindow(
        tuple(given.targets), given.starts, given.ends, given.author, given.comment
    )
    made = await context.source.store.add_window(window)
    context.source.planned_changed()
    return json_reply(request, _window_json(made), status=201)


@router.delete("/maintenance/{id}", status_code=204)
async def expire_window(context: ContextOf, id_: NumberedId) -> Response:
    """Ends a maintenance window now."""
    if not await context.source.store.expire_window(id_, datetime.now(UTC)):
        raise no_such("maintenance window that lasts with id", str(id_))
    context.source.planned_changed()
    return Response(status_code=204)


def _check(given: SilenceIn | MaintenanceIn, *texts: str) -> None:
    """Raises 422 for a span or for `texts` that make no sense."""
    for name in ("starts", "ends"):
        at = getattr(given, name)
        if at.tzinfo is None:
            raise HTTPException(422, f"{name}: needs a time zone, as in 2026-01-31T08:00:00+07:00")
        try:
            in_our_time(at)
        except ValueError as error:
            raise HTTPException(422, f"{name}: {error}") from None
    if given.ends <= given.starts:
        raise HTTPException(422, "ends: has to be after starts")
    if given.ends <= datetime.now(UTC):
        raise HTTPException(422, "ends: is over already")
    if not given.author.strip():
        raise HTTPException(422, "author: say who you are")
    if any("\0" in text for text in (given.author, given.comment, *texts)):
        raise HTTPException(422, "the body holds a character of code 0; leave it out")


def _check_target(target: str, inventory: Inventory) -> None:
    known: dict[str, Mapping[str, object]] = {
        "site": inventory.sites,
        "node": inventory.nodes,
        "link": inventory.links,
        "group": inventory.groups,
        "province": inventory.provinces,
    }
    kind, _, id_ = target.partition(":")
    if kind not in known or not id_:
        raise HTTPException(
            422, f"targets: write {target!r} as KIND:ID; KIND is {', '.join(known)}"
        )
    if id_ not in known[kind]:
        close = get_close_matches(id_, known[kind], 1)
        hint = f"; did you mean {kind}:{close[0]}?" if close else ""
        raise HTTPException(422, f"targets: there is no {kind} {id_!r}{hint}")


def _silence_json(silence: Silence) -> Json:
    return {
        "id": silence.id,
        "matchers": dict(silence.matchers),
        "starts": silence.starts,
        "ends": silence.ends,
        "author": silence.author,
        "comment": silence.comment,
    }


def _window_json(window: MaintenanceWindow) -> Json:
    return {
        "id": window.id,
        "targets": window.targets,
        "starts": window.starts,
        "ends": window.ends,
        "author": window.author,
        "comment": window.comment,
    }
