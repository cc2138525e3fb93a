"""Which nodes the monitors still reach: the first half of a diagnosis.

Proof first: what answered, what reported a port, what is seen through a following port, and what
nothing alive can do without is reachable. What stayed silent without such proof is dark. The
rest, unknown, is settled by a minimum cut: the cheapest set of failed nodes and links that
separates what lives from what is dark, with prior costs as capacities (docs/rootcause.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from topology.evidence import Evidence
from topology.graph import Wan
from topology.mincut import Flow
from topology.priors import Priors
from topology.proof import SILENT, UNKNOWN, prove


@dataclass(slots=True)
class Labels:
    """Per node and link position. `live`: reached by a monitor; `proven`: so by proof;
    `word`: what the node itself said; `down`, `up`: links that some end reports so."""

    live: bytearray
    proven: bytearray
    word: list[int]
    down: set[int]
    up: set[int]


def label(
    wan: Wan,
    evidence: Evidence,
    priors: Priors,
    failed: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset()),
) -> Labels:
    """The labels of every node. `failed`: nodes and links that are down for a reason already
    found, so that nothing else need be."""
    proof = prove(wan, evidence, priors)
    if wan.found and any(s == SILENT and p for s, p in zip(proof.word, proof.proven, strict=True)):
        # Only declared links may prove that a silent node is there: one that was found wrongly
        # could make an outage a warning.
        sure = prove(wan.declared, evidence, priors).proven
        for n, said in enumerate(proof.word):
            if said == SILENT and not sure[n]:
                proof.proven[n] = 0
    live = _settle(wan, priors, evidence, proof.word, proof.proven, proof.down, failed)
    return Labels(live, proof.proven, proof.word, proof.down, proof.up)


def _settle(
    wan: Wan,
    priors: Priors,
    evidence: Evidence,
    word: list[int],
    proven: bytearray,
    down: set[int],
    failed: tuple[frozenset[int], frozenset[int]],
) -> bytearray:
    """Reached nodes, after each unknown one has been put on the likelier side."""
    dark = bytearray(said == SILENT and not sure for said, sure in zip(word, proven, strict=True))
    for n in failed[0]:
        dark[n] = not proven[n]
    seen = bytearray(len(wan.nodes))
    for start in range(len(wan.nodes)):
        if word[start] == UNKNOWN and not (proven[start] or dark[start] or seen[start]):
            unknown, silent = _region(wan, start, seen, proven, dark)
            for n in _cut(wan, priors, evidence, unknown, silent, proven, down, failed):
                dark[n] = 1
    live = wan.live([n for n in range(len(wan.nodes)) if dark[n]], failed[1] | down)
    for n, sure in enumerate(proven):
        if sure:  # also where the declared graph has no path to it
            live[n] = 1
    return live


def _region(
    wan: Wan, start: int, seen: bytearray, proven: bytearray, dark: bytearray
) -> tuple[list[int], set[int]]:
    """(unknown nodes, silent nodes beside them) that must be settled together."""
    unknown: list[int] = []
    silent: set[int] = set()
    seen[start] = 1
    stack = [start]
    while stack:
        n = stack.pop()
        if dark[n]:
            silent.add(n)
        else:
            unknown.append(n)
        for far, _ in wan.edges[n]:
            if proven[far] or (dark[n] and dark[far]) or seen[far] or far in silent:
                continue
            if not dark[far]:
                seen[far] = 1
            else:
                silent.add(far)
            stack.append(far)
    return unknown, silent


def _cut(
    wan: Wan,
    priors: Priors,
    evidence: Evidence,
    unknown: list[int],
    silent: set[int],
    proven: bytearray,
    down: set[int],
    failed: tuple[frozenset[int], frozenset[int]],
) -> list[int]:
    """Those of the unknown nodes that the minimum cut puts with the dark ones."""
    flow = Flow()
    way_in = {n: flow.node() for n in [*unknown, *sorted(silent)]}
    way_out = dict.fromkeys(silent, 1)
    doubt = False
    for n in unknown:
        way_out[n] = flow.node()
        quiet = _quiet(wan, n, evidence.port_loss, priors)
        flow.arc(way_out[n], 1, quiet)
        doubt = doubt or quiet > 0
    for n in way_in:
        flow.arc(way_in[n], way_out[n], 0.0 if n in failed[0] else priors.node)
        for far, link in wan.edges[n]:
            price = 0.0 if link in failed[1] else priors.link
            if proven[far]:
                flow.arc(0, way_in[n], price)
                if link in down and way_out[n] != 1:
                    flow.arc(way_out[n], 1, price)
                    doubt = True
            elif far in way_in and way_out[far] != 1:
                flow.arc(way_out[far], way_in[n], price)
    if not silent and not doubt:
        return []
    side = flow.sink_side()
    return [n for n in unknown if side[way_out[n]]]


def _quiet(wan: Wan, node: int, port_loss: float | None, priors: Priors) -> float:
    """What it costs to believe that an agent lives of whose ports nothing was heard."""
    if port_loss is None:
        return 0.0
    lost = -math.log(min(max(port_loss, 0.001), 0.999))
    return min(priors.mute, lost * len(wan.edges[node]))
