"""Routes of what is planned: silences and maintenance windows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from configs.inventory import Inventory
from exporters.alerts.wording import LABELS
from exporters.api.context import Context, ContextOf
from exporters.api.parameters import NumberedId, check_text, in_our_time
from exporters.api.picture import Json
from exporters.api.reply import json_reply, no_such
from exporters.schema.planned import MaintenanceIn, MaintenanceOut, SilenceIn, SilenceOut
from store.database import Store
from store.record import Event, MaintenanceWindow, Silence

router = APIRouter(prefix="/api/v1", tags=["planned"])


def _publish(
    path: str,
    noun: str,
    kind: str,
    names: tuple[str, str],
    out: type[SilenceOut | MaintenanceOut],
    found: Callable[[Store, datetime | None], Awaitable[Sequence[Silence | MaintenanceWindow]]],
    expire: Callable[[Store, int, datetime], Awaitable[bool]],
) -> None:
    """Adds the routes that list and end what is planned; `names` are theirs, `kind` is that of
    their events."""

    async def listed(request: Request, context: ContextOf, ended: bool = False) -> Response:
        planned = await found(context.source.store, None if ended else datetime.now(UTC))
        return json_reply(request, [_json(each) for each in planned])

    async def expired(context: ContextOf, id_: NumberedId) -> Response:
        now = datetime.now(UTC)
        if not await expire(context.source.store, id_, now):
            raise no_such(f"{noun} that lasts with id", str(id_))
        context.source.planned_changed(Event(now, f"event.{kind}.ended", params={"id": str(id_)}))
        return Response(status_code=204)

    router.add_api_route(
        f"/{path}",
        listed,
        name=names[0],
        description=f"Every {noun} that lasts or will come, with `ended` also those that are over.",
        responses={200: {"model": list[out]}},  # type: ignore[valid-type]
    )
    router.add_api_route(
        f"/{path}/{{id}}",
        expired,
        methods=["DELETE"],
        name=names[1],
        description=f"Ends a {noun} now.",
        status_code=204,
    )


_publish(
    "silences",
    "silence",
    "silence",
    ("silences", "expire_silence"),
    SilenceOut,
    lambda store, since: store.silences(not_ended_at=since),
    Store.expire_silence,
)
_publish(
    "maintenance",
    "maintenance window",
    "maintenance",
    ("windows", "expire_window"),
    MaintenanceOut,
    lambda store, since: store.windows(not_ended_at=since),
    Store.expire_window,
)


@router.post("/silences", status_code=201, responses={201: {"model": SilenceOut}})
async def add_silence(request: Request, context: ContextOf, given: SilenceIn) -> Response:
    """A new silence: nobody is paged for alerts whose labels equal all of `matchers`."""
    if not given.matchers:
        raise HTTPException(422, "matchers: name at least one label, or everything is silenced")
    for name in given.matchers:
        _check_known("matchers", "label", name, LABELS)
    _check(given, *given.matchers, *given.matchers.values())
    silence = Silence(given.matchers, given.starts, given.ends, given.author, given.comment)
    made = await context.source.store.add_silence(silence)
    return _added(request, context, made)


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
    return _added(request, context, made)


def _added(request: Request, context: Context, made: Silence | MaintenanceWindow) -> Response:
    window = isinstance(made, MaintenanceWindow)
    params = {
        "author": made.author,
        "targets": ", ".join(made.targets) if isinstance(made, MaintenanceWindow) else "",
        "until": f"{made.ends.astimezone():%d/%m/%Y %H:%M}",
        "comment": f": {made.comment}" if made.comment else "",
    }
    kind = f"event.{'maintenance' if window else 'silence'}.added"
    context.source.planned_changed(Event(datetime.now(UTC), kind, params=params))
    return json_reply(request, _json(made), status=201)


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
    check_text(given.author, given.comment, *texts)


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
    _check_known("targets", kind, id_, known[kind], f"{kind}:")


def _check_known(
    where: str, kind: str, name: str, known: Collection[str], prefix: str = ""
) -> None:
    """Raises 422 for a name that nothing has, with the likely one."""
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"; did you mean {prefix}{close[0]}?" if close else ""
        raise HTTPException(422, f"{where}: there is no {kind} {name!r}{hint}")


def _json(planned: Silence | MaintenanceWindow) -> Json:
    what: Json = (
        {"matchers": dict(planned.matchers)}
        if isinstance(planned, Silence)
        else {"targets": planned.targets}
    )
    return {
        "id": planned.id,
        **what,
        "starts": planned.starts.astimezone(UTC),
        "ends": planned.ends.astimezone(UTC),
        "author": planned.author,
        "comment": planned.comment,
    }
