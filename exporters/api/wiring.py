"""Routes of the wiring: where the network that was found differs from the declared one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from configs.inventory import Inventory
from exporters.api.context import ContextOf
from exporters.api.parameters import Author, check_text
from exporters.api.picture import Json
from exporters.api.reply import json_reply, no_such
from exporters.api.source import Source, Wiring
from exporters.schema.network import DecisionIn, DriftOut, TopologyOut
from store.record import TopologyDecision, Verdict
from topology.discovered import Findings
from topology.drift import Drift, DriftKind

router = APIRouter(prefix="/api/v1/topology", tags=["topology"])

Key: TypeAlias = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$")]
Ends: TypeAlias = frozenset[tuple[str, str]]
"""Two times node and port."""


@router.get("", responses={200: {"model": TopologyOut}})
async def topology(request: Request, context: ContextOf) -> Response:
    """What was found of the network's links, and whether everybody was heard."""
    findings = context.source.wiring.findings
    told = {
        "heard_at": findings.clock.utc if findings.clock else None,
        "whole": findings.whole,
        "edges": {str(source): count for source, count in findings.sources.items()},
        "found": len(findings.found),
    }
    return json_reply(request, told)


@router.get("/drift", responses={200: {"model": list[DriftOut]}})
async def drift(
    request: Request,
    context: ContextOf,
    kind: Annotated[list[DriftKind], Query(default_factory=list)],
    decided: Annotated[bool, Query(description="also what was decided upon")] = False,
) -> Response:
    """Where the network that was found differs from the declared one."""
    wiring = context.source.wiring
    joined = joined_ends(wiring.findings)
    found = [
        drift_json(context.source, one, joined)
        for one in wiring.findings.drifts
        if (decided or one.key not in wiring.decisions) and (not kind or one.kind in kind)
    ]
    return json_reply(request, found)


@router.put("/drift/{key}", responses={200: {"model": DriftOut}})
async def decide(request: Request, context: ContextOf, key: Key, given: DecisionIn) -> Response:
    """Accepts what was seen as right, or rejects it for what is declared; it is no longer told."""
    one = _known(context.source.wiring, key)
    if not given.author.strip():
        raise HTTPException(422, "author: say who you are")
    check_text(given.author, given.comment)
    inventory, now = context.source.snapshot().inventory, datetime.now(UTC)
    made = TopologyDecision(
        key, Verdict(given.verdict), now, given.author, given.comment, subject(inventory, one)
    )
    await context.source.wiring.decide(made)
    joined = joined_ends(context.source.wiring.findings)
    return json_reply(request, drift_json(context.source, one, joined))


@router.delete("/drift/{key}", status_code=204)
async def undo(context: ContextOf, key: Key, author: Author = "") -> Response:
    """Takes a decision back; what it was on is told again."""
    if not await context.source.wiring.undecide(key, author):
        raise no_such("decision on drift", key)
    return Response(status_code=204)


def subject(inventory: Inventory, one: Drift) -> str:
    """What a drift is about, in the ids of nodes and ports."""
    if one.stranger is not None:
        near = one.stranger.seen_by
        return f"{near.node} {near.port} - {one.stranger.name}".replace("  ", " ")
    a, a_port, b, b_port = _ends(inventory, one)
    return f"{a} {a_port} - {b} {b_port}".replace("  ", " ").strip()


def joined_ends(findings: Findings) -> Collection[Ends]:
    """The ends of the links that were found and that the diagnosis counts on."""
    return {frozenset(((x.a, x.a_port), (x.b, x.b_port))) for x in findings.found}


def drift_json(source: Source, one: Drift, joined: Collection[Ends]) -> Json:
    """`DriftOut`."""
    wiring, now = source.wiring, source.snapshot()
    a, a_port, b, b_port = _ends(now.inventory, one)
    link = now.inventory.links.get(one.link)
    seen_at = wiring.findings.seen_at(one.edge) if one.edge else None
    decision = wiring.decisions.get(one.key)
    said_by = one.stranger.source if one.stranger else None
    return {
        "key": one.key,
        "kind": one.kind,
        "link": one.link,
        "a": a,
        "a_port": a_port,
        "b": b,
        "b_port": b_port,
        "declared_a_port": link.a_port if link else "",
        "declared_b_port": link.b_port if link else "",
        "stranger": one.stranger.name if one.stranger else "",
        "sources": list(one.edge.sources) if one.edge else [said_by] if said_by else [],
        "confidence": one.edge.confidence if one.edge else None,
        "seen_at": seen_at,
        "in_graph": frozenset(((a, a_port), (b, b_port))) in joined,
        "verdict": decision.verdict if decision else "",
        "author": decision.author if decision else "",
        "comment": decision.comment if decision else "",
        "decided_at": decision.at if decision else None,
    }


def _ends(inventory: Inventory, one: Drift) -> tuple[str, str, str, str]:
    """(node, port, node, port) as seen, in the order in which the link is declared."""
    link = inventory.links.get(one.link)
    if one.stranger is not None:
        return one.stranger.seen_by.node, one.stranger.seen_by.port, "", ""
    if one.edge is None:
        return (link.a, link.a_port, link.b, link.b_port) if link else ("", "", "", "")
    a, b = one.edge.a, one.edge.b
    if link is not None and link.a == b.node:
        a, b = b, a
    return a.node, a.port, b.node, b.port


def _known(wiring: Wiring, key: str) -> Drift:
    """Raises HTTPException for a key that nothing has now."""
    for one in wiring.findings.drifts:
        if one.key == key:
            return one
    raise no_such("drift with key", key)
