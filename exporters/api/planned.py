"""Routes of what is planned: silences and maintenance windows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from configs.inventory import Inventory
from exporters.alerts.rules import is_silenced
from exporters.alerts.wording import LABELS, labels_of
from exporters.api.context import Context, ContextOf
from exporters.api.parameters import Author, Moment, NumberedId, check_text, in_our_time
from exporters.api.picture import Json
from exporters.api.reply import json_reply, no_such
from exporters.atlas import Atlas
from exporters.schema.planned import MaintenanceIn, MaintenanceOut, SilenceIn, SilenceOut
from store.database import Store
from store.record import Event, MaintenanceWindow, Silence
from topology.graph import SITE
from topology.outage import Outage
from topology.snapshot import Snapshot

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

    async def listed(
        request: Request, context: ContextOf, ended: bool = False, since: Moment = None
    ) -> Response:
        now = datetime.now(UTC)
        planned = await found(context.source.store, None if ended else min(now, since or now))
        return json_reply(request, await _all_json(context, planned))

    async def expired(context: ContextOf, id_: NumberedId, author: Author = "") -> Response:
        now = datetime.now(UTC)
        if not await expire(context.source.store, id_, now):
            raise no_such(f"{noun} that lasts with id", str(id_))
        event = f"event.{kind}.ended"
        params = {"id": str(id_)}
        if author.strip():
            event, params = f"{event}.by", params | {"author": author}
        context.source.planned_changed(Event(now, event, params=params))
        return Response(status_code=204)

    router.add_api_route(
        f"/{path}",
        listed,
        name=names[0],
        description=f"Every {noun} that lasts or will come; with `ended` also those that are over, "
        "with `since` those that have been over since then.",
        responses={200: {"model": list[out]}},  # type: ignore[valid-type]
    )
    router.add_api_route(
        f"/{path}/{{id}}",
        expired,
        methods=["DELETE"],
        name=names[1],
        description=f"Ends a {noun} now, in the name of `author` where one is given.",
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
    return await _added(request, context, made)


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
    return await _added(request, context, made)


async def _added(request: Request, context: Context, made: Silence | MaintenanceWindow) -> Response:
    window = isinstance(made, MaintenanceWindow)
    (told,) = await _all_json(context, [made])
    params = {
        "author": made.author,
        "targets": ", ".join(told["names"]) if window else "",
        "until": f"{made.ends.astimezone():%d/%m/%Y %H:%M}",
        "comment": f": {made.comment}" if made.comment else "",
    }
    kind = f"event.{'maintenance' if window else 'silence'}.added"
    context.source.planned_changed(Event(datetime.now(UTC), kind, params=params))
    return json_reply(request, told, status=201)


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


async def _all_json(context: Context, planned: Sequence[Silence | MaintenanceWindow]) -> list[Json]:
    """`SilenceOut` or `MaintenanceOut` of each."""
    snapshot = context.source.snapshot()
    atlas = context.directory(snapshot).atlas
    now = datetime.now(UTC)
    windows = [frozenset(p.targets) for p in planned if isinstance(p, MaintenanceWindow)]
    extents = iter(await context.extent.sites(snapshot.inventory, windows) if windows else ())
    in_force = any(isinstance(p, Silence) and p.starts <= now < p.ends for p in planned)
    marks = [labels_of(outage, atlas) for outage in snapshot.outages] if in_force else []
    meant = await _meant(context.source.store, snapshot, planned)
    found: list[Json] = []
    for each in planned:
        if isinstance(each, Silence):
            what: Json = {
                "matchers": dict(each.matchers),
                "names": {k: _called(atlas, meant, k, v) for k, v in each.matchers.items()},
                "outages": sum(is_silenced(labels, (each,), now) for labels in marks),
            }
        else:
            names = [atlas.target_name(target) for target in each.targets]
            what = {"targets": each.targets, "names": names, "sites": next(extents)}
        found.append({"id": each.id, **what, **_common(each)})
    return found


async def _meant(
    store: Store, snapshot: Snapshot, planned: Sequence[Silence | MaintenanceWindow]
) -> Mapping[str, Outage]:
    """The outages that silences name, by id; open or over."""
    found = {outage.id: outage for outage in snapshot.outages}
    for each in planned:
        id_ = each.matchers.get("outage", "") if isinstance(each, Silence) else ""
        if id_ and id_ not in found and (kept := await store.outage(id_)) is not None:
            found[id_] = kept
    return found


def _called(atlas: Atlas, outages: Mapping[str, Outage], label: str, value: str) -> str:
    """What people call the value of a label; what is not known, or no id, is called itself."""
    if label in ("site", "province"):
        return atlas.target_name(f"{label}:{value}")
    if label == "outage":
        return atlas.place(outages[value]).name if value in outages else value
    if label == "root":
        inventory = atlas.inventory
        kinds: dict[str, Collection[str]] = {
            "node": inventory.nodes, "link": inventory.links, "group": inventory.groups,
        }  # fmt: skip
        kind = next((kind for kind, known in kinds.items() if value in known), "")
        if kind or value.startswith(SITE):
            return atlas.target_name(f"{kind}:{value}" if kind else value)
    return value


def _common(planned: Silence | MaintenanceWindow) -> Json:
    return {
        "starts": planned.starts.astimezone(UTC),
        "ends": planned.ends.astimezone(UTC),
        "author": planned.author,
        "comment": planned.comment,
    }
