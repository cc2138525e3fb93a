"""Routes of the present picture: snapshot, coverage, nodes, sites, links, outages."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from configs.inventory import Role, SiteKind
from exporters.api import picture
from exporters.api.context import Context, ContextOf
from exporters.api.detail import MOST_INTERFACES, history, interface_list, node_detail
from exporters.api.folding import occur, words_of
from exporters.api.log import event_json
from exporters.api.parameters import Id, Limit, Moment, Name, Offset, Provinces, Search, States
from exporters.api.picture import Json
from exporters.api.reply import json_reply, no_such
from exporters.schema.log import OutageDetail
from exporters.schema.node import History, InterfaceOut, LinkOut, NodeDetail, NodeOut
from exporters.schema.picture import CoverageOut, OutageOut, ProvinceOut, SiteOut, SnapshotOut
from store.interfaces import if_indexes
from topology.outage import Severity
from topology.snapshot import Snapshot

router = APIRouter(prefix="/api/v1", tags=["network"])

RECENT_EVENTS = 20
PAGE = 500  # outages that are read at once


def answer(model: Any) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI is told of an answer that is not built with its model."""
    return {200: {"model": model}}


def _check_provinces(snapshot: Snapshot, provinces: list[str]) -> None:
    for province in provinces:
        if province not in snapshot.inventory.provinces:
            raise no_such("province", province)


@router.get("/snapshot", responses=answer(SnapshotOut))
async def snapshot(request: Request, context: ContextOf) -> Response:
    """The whole picture."""
    now = context.source.snapshot()
    return json_reply(
        request, picture.whole(context.directory(now), now, context.source.silenced())
    )


@router.get("/coverage", responses=answer(CoverageOut))
async def coverage(request: Request, context: ContextOf, province: Name = None) -> Response:
    """Coverage of the country, or of one province."""
    now = context.source.snapshot()
    if province is None:
        return json_reply(request, picture.coverage(now.coverage))
    if province not in now.provinces:
        raise no_such("province", province)
    return json_reply(request, picture.coverage(now.provinces[province]))


@router.get("/provinces", responses=answer(list[ProvinceOut]))
async def provinces(request: Request, context: ContextOf) -> Response:
    """Every province with its coverage."""
    return json_reply(request, picture.provinces(context.source.snapshot()))


@router.get("/nodes", responses=answer(list[NodeOut]))
async def nodes(
    request: Request,
    context: ContextOf,
    province: Provinces,
    state: States,
    role: Annotated[list[Role], Query(default_factory=list)],
    site: Name = None,
    q: Search = "",
    limit: Limit = 10_000,
    offset: Offset = 0,
) -> Response:
    """Nodes in the inventory's order; the header `X-Total-Count` tells how many match."""
    now = context.source.snapshot()
    directory = context.directory(now)
    _check_provinces(now, province)
    if site is not None and site not in now.inventory.sites:
        raise no_such("site", site)
    sites, views, words = now.inventory.sites, now.nodes, words_of(q)
    found = [
        node.id
        for node in now.inventory.nodes.values()
        if (not province or sites[node.site].province in province)
        and (site is None or node.site == site)
        and (not role or node.role in role)
        and (not state or (node.id in views and views[node.id].state in state))
        and (not words or occur(words, directory.node_words[node.id]))
    ]
    chosen = found[offset : offset + limit]
    return json_reply(request, picture.nodes(directory, now, chosen), x_total_count=str(len(found)))


@router.get("/nodes/{id}", responses=answer(NodeDetail))
async def node(request: Request, context: ContextOf, id_: Id) -> Response:
    """Everything known of a node, with its interfaces, its last hour and its last events."""
    found = await context.source.store.events(node=id_, limit=RECENT_EVENTS)
    identities = await context.source.store.identities_of(id_)
    now = context.source.snapshot()
    events = [event_json(context, event) for event in found]
    detail = None
    if id_ in now.inventory.nodes:
        detail = node_detail(
            context.directory(now),
            now,
            context.source.series,
            id_,
            events=events,
            identities=identities,
            findings=context.source.wiring.findings,
        )
    if detail is None:
        raise no_such("node", id_)
    return json_reply(request, detail)


@router.get("/nodes/{id}/interfaces", responses=answer(list[InterfaceOut]))
async def node_interfaces(
    request: Request,
    context: ContextOf,
    id_: Id,
    limit: Annotated[int, Query(ge=1, le=MOST_INTERFACES)] = MOST_INTERFACES,
    offset: Offset = 0,
) -> Response:
    """Interfaces of a node by ifIndex; the header `X-Total-Count` tells how many there are."""
    if id_ not in context.source.snapshot().inventory.nodes:
        raise no_such("node", id_)
    series = context.source.series
    total = str(len(if_indexes(series, id_)))
    return json_reply(request, interface_list(series, id_, limit, offset), x_total_count=total)


@router.get("/nodes/{id}/history", responses=answer(History))
async def node_history(
    request: Request,
    context: ContextOf,
    id_: Id,
    metric: Annotated[str, Query(max_length=200)],
    index: Annotated[str, Query(pattern=r"^(\d+(\.\d+)*)?$", max_length=500)] = "",
) -> Response:
    """The last hour of a polled value, a counter as its rate per second, or of `rtt_s`,
    `jitter_s`, `loss_ratio`. `index`: the row's, in dotted decimals."""
    now, series = context.source.snapshot(), context.source.series
    if metric in ("rtt_s", "jitter_s", "loss_ratio"):
        found = series.reach_history(id_, metric)
    else:
        row = tuple(map(int, index.split("."))) if index else ()
        found = series.history(id_, metric, row)
    past = history(now, series, found)
    if past is None:
        raise no_such("history", f"{id_} {metric} {index}".rstrip())
    return json_reply(request, past)


@router.post("/nodes/{id}/poll", status_code=202, responses={202: {"model": None}})
async def poll(context: ContextOf, id_: Id) -> Response:
    """Has a node looked at and polled as soon as may be; the answer does not wait for it."""
    if id_ not in context.source.snapshot().inventory.nodes:
        raise no_such("node", id_)
    context.source.poll(id_)
    return Response(status_code=202)


@router.get("/sites", responses=answer(list[SiteOut]))
async def sites(
    request: Request,
    context: ContextOf,
    province: Provinces,
    state: States,
    kind: Annotated[list[SiteKind], Query(default_factory=list)],
    q: Search = "",
    limit: Limit = 10_000,
    offset: Offset = 0,
) -> Response:
    """Sites in the inventory's order; the header `X-Total-Count` tells how many match."""
    now = context.source.snapshot()
    directory = context.directory(now)
    _check_provinces(now, province)
    present, words = picture.flags(now), words_of(q)
    found = [
        site.id
        for site in now.inventory.sites.values()
        if (not province or site.province in province)
        and (not kind or site.kind in kind)
        and (not state or present[site.id][0] in state)
        and (not words or occur(words, directory.site_words[site.id]))
    ]
    chosen = found[offset : offset + limit]
    return json_reply(
        request, picture.sites(directory, present, chosen), x_total_count=str(len(found))
    )


@router.get("/sites/{id}", responses=answer(SiteOut))
async def site(request: Request, context: ContextOf, id_: Id) -> Response:
    """A site."""
    now = context.source.snapshot()
    if id_ not in now.inventory.sites:
        raise no_such("site", id_)
    return json_reply(request, picture.sites(context.directory(now), picture.flags(now), [id_])[0])


@router.get("/links", responses=answer(list[LinkOut]))
async def links(request: Request, context: ContextOf, node: Name = None) -> Response:
    """Links, all or those of a node."""
    now, findings = context.source.snapshot(), context.source.wiring.findings
    if node is None:
        return json_reply(request, picture.links(now.inventory.links.values(), findings))
    if node not in now.inventory.nodes:
        raise no_such("node", node)
    return json_reply(request, picture.links(context.directory(now).links_of[node], findings))


@router.get("/outages", responses=answer(list[OutageOut]))
async def outages(
    request: Request,
    context: ContextOf,
    province: Provinces,
    severity: Annotated[list[Severity], Query(default_factory=list)],
    ended: Annotated[bool, Query(description="also those that are over, newest first")] = False,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Response:
    """Open outages; with `ended`, `since` or `until` also those that are over."""
    now = context.source.snapshot()
    _check_provinces(now, province)

    def wanted(told: Json) -> bool:
        place, weight = told["province"], told["severity"]
        return (not province or place in province) and (not severity or weight in severity)

    if ended or since or until:
        found = await _kept(context, now, wanted, since=since, until=until, most=limit)
    else:
        found = list(filter(wanted, context.outages(now)))
    return json_reply(request, found[:limit])


async def _kept(
    context: Context,
    now: Snapshot,
    wanted: Callable[[Json], bool],
    *,
    since: datetime | None,
    until: datetime | None,
    most: int,
) -> list[Json]:
    """The newest outages that the store has and of which `wanted` is true, `most` of them or a
    few more. Those that last are told as the snapshot has them: only it knows whether they flap."""
    directory, silenced = context.directory(now), context.source.silenced()
    present = {told["id"]: told for told in context.outages(now)}
    found: list[Json] = []
    for offset in itertools.count(0, PAGE):
        kept = await context.source.store.outages(
            since=since, until=until, limit=PAGE, offset=offset
        )
        told = (present.get(o.id) or picture.outage(directory, now, o, silenced) for o in kept)
        found += filter(wanted, told)
        if len(kept) < PAGE or len(found) >= most:
            break
    return found


@router.get("/outages/{id}", responses=answer(OutageDetail))
async def outage(request: Request, context: ContextOf, id_: Id) -> Response:
    """An outage, open or over, with everybody that it shadows."""
    now = context.source.snapshot()
    found = next((outage for outage in now.outages if outage.id == id_), None)
    if found is None:
        found = await context.source.store.outage(id_)
    if found is None:
        raise no_such("outage", id_)
    outline = picture.outage(context.directory(now), now, found, context.source.silenced())
    return json_reply(request, outline | {"shadowed": found.shadowed})
