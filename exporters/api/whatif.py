"""Routes of what would happen if: blast radius, and the weak points of the country."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeAlias, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from configs.inventory import Inventory
from exporters.api.context import ContextOf
from exporters.api.picture import Json
from exporters.api.reply import json_reply
from exporters.atlas import Atlas
from exporters.schema.model import Named
from exporters.schema.whatif import SpofOut, WhatIfOut
from topology.errors import TargetError
from topology.graph import Wan, with_links
from topology.present import whatif_now
from topology.snapshot import Snapshot
from topology.weakness import WeakPoint, risky_pairs, weak_groups, weak_points
from topology.whatif import Blast, whatif

router = APIRouter(prefix="/api/v1", tags=["whatif"])

T = TypeVar("T")
Target: TypeAlias = Annotated[Named, Query(min_length=1, max_length=200)]


class Planner:
    """Works out answers that take tenths of a second beside the loop, one at a time, and keeps
    those that stay the same until the inventory changes."""

    def __init__(self) -> None:
        self._busy = asyncio.Lock()
        self._wan: Wan | None = None
        self._inventory: Inventory | None = None
        self._spof: tuple[Inventory, Json] | None = None

    async def blast(self, snapshot: Snapshot, targets: Sequence[str], now: bool) -> Json:
        """`WhatIfOut`. Raises TargetError."""

        def work() -> Json:
            wan = self._graph(snapshot.inventory)
            return blast_json(
                wan, whatif_now(wan, snapshot, targets) if now else whatif(wan, targets)
            )

        return await self._apart(work)

    async def spof(self, inventory: Inventory) -> Json:
        """`SpofOut`."""

        def work() -> Json:
            if self._spof is None or self._spof[0] is not inventory:
                self._spof = (inventory, spof_json(self._graph(inventory)))
            return self._spof[1]

        return await self._apart(work)

    async def _apart(self, work: Callable[[], T]) -> T:
        async with self._busy:
            return await asyncio.to_thread(work)

    def _graph(self, inventory: Inventory) -> Wan:
        if self._wan is None or self._inventory is not inventory:
            self._inventory = inventory
            self._wan = Wan(with_links(inventory, {}))  # what is not declared is not relied upon
        return self._wan


def _planner(request: Request) -> Planner:
    planner: Planner = request.app.state.planner
    return planner


PlannerOf: TypeAlias = Annotated[Planner, Depends(_planner)]


@router.get("/whatif", responses={200: {"model": WhatIfOut}})
async def blast_radius(
    request: Request,
    context: ContextOf,
    planner: PlannerOf,
    fail: Annotated[list[Target], Query(min_length=1, max_length=100)],
    now: Annotated[bool, Query(description="on top of what is broken already")] = True,
) -> Response:
    """Whom it would cut off if all of `fail` failed at once, and who would have no second way."""
    try:
        found = await planner.blast(context.source.snapshot(), fail, now)
    except TargetError as error:
        raise HTTPException(404, str(error)) from None
    return json_reply(request, found)


@router.get("/spof", responses={200: {"model": SpofOut}})
async def single_points(
    request: Request,
    context: ContextOf,
    planner: PlannerOf,
    limit: Annotated[int, Query(ge=1, le=10_000, description="of each list")] = 50,
) -> Response:
    """The weak points of the WAN as it is declared, worst first."""
    found = await planner.spof(context.source.snapshot().inventory)
    return json_reply(request, {kind: points[:limit] for kind, points in found.items()})


def blast_json(wan: Wan, blast: Blast) -> Json:
    """`WhatIfOut`."""
    inventory, atlas = wan.inventory, Atlas(wan.inventory)

    def site(id_: str) -> Json:
        found = inventory.sites[id_]
        return {
            "id": id_,
            "name": found.name,
            "province": found.province,
            "province_name": inventory.provinces[found.province].name,
        }

    return {
        "failed": blast.failed,
        "cut_off": wan.positions(blast.failed)[0].issuperset(wan.attached),
        "nodes": blast.nodes,
        "sites": [site(id_) for id_ in blast.sites],
        "weakened": [
            site(id_) | {"thread": thread, "thread_name": _name(atlas, (thread,))}
            for id_, thread in blast.weakened.items()
        ],
    }


def spof_json(wan: Wan) -> Json:
    """`SpofOut`."""
    atlas = Atlas(wan.inventory)

    def points(found: Iterable[WeakPoint]) -> list[Json]:
        groups = wan.inventory.groups
        return [
            {
                "members": point.members,
                "group": point.group,
                "name": (groups[point.group].name or point.group)
                if point.group
                else _name(atlas, point.members),
                "sites": point.sites,
                "cut_off": point.cut_off,
            }
            for point in found
        ]

    return {
        "points": points(weak_points(wan)),
        "groups": points(weak_groups(wan)),
        "pairs": points(risky_pairs(wan)),
    }


def _name(atlas: Atlas, members: Sequence[str]) -> str:
    """What people call the members, as `Router A + Router B – Router C`."""
    return " + ".join(map(atlas.target_name, members))
