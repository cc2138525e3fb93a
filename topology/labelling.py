"""Which nodes the monitors still reach: the first half of a diagnosis.

Proof first: what answered, what reported a port, what is seen through a following port, and what
nothing alive can do without is reachable. What stayed silent without such proof is dark. The
rest, unknown, is settled by a minimum cut: the cheapest set of failed nodes and links that
separates what lives from what is dark, with prior costs as capacities (docs/rootcause.md).
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

from topology.evidence import Evidence
from topology.graph import Wan
from topology.mincut import Flow
from topology.priors import Priors

UNKNOWN, SILENT, ANSWERED = -1, 0, 1


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
    word = [UNKNOWN] * len(wan.nodes)
    for node, answered in evidence.reachable.items():
        if (n := wan.node_at.get(node)) is not None:
            word[n] = ANSWERED if answered else SILENT
    proven = bytearray(said == ANSWERED for said in word)
    down: set[int] = set()
    up: set[int] = set()
    for (node, link), is_up in evidence.ports.items():
        n, k = wan.node_at.get(node), wan.link_at.get(link)
        if n is None or k is None or n not in wan.ends[k]:
            continue
        proven[n] = 1
        if is_up:
            up.add(k)
            if wan.follows[k]:
                a, b = wan.ends[k]
                proven[b if n == a else a] = 1
        else:
            down.add(k)
    for m in wan.monitors:
        if word[m] != SILENT:
            proven[m] = 1
    _connect(wan, priors, word, proven, down)
    live = _settle(wan, priors, evidence, word, proven, down, failed)
    return Labels(live, proven, word, down, up)


def _connect(wan: Wan, priors: Priors, word: list[int], proven: bytearray, down: set[int]) -> None:
    """Marks as proven what the proven nodes need to be reached at all: along the cheapest path,
    where an unknown node costs little, a silent one is mute, a down port lies."""
    stack = [m for m in wan.monitors if proven[m]] or list(wan.monitors)
    reached = bytearray(len(wan.nodes))
    for m in stack:
        reached[m] = 1
    while stack:
        for far, link in wan.edges[stack.pop()]:
            if proven[far] and not reached[far] and link not in down:
                reached[far] = 1
                stack.append(far)
    left = [n for n in range(len(wan.nodes)) if proven[n] and not reached[n]]
    if not left:
        return
    cost = [math.inf] * len(wan.nodes)
    came = [-1] * len(wan.nodes)
    price = (0.01, priors.mute, 0.0)  # of UNKNOWN, SILENT, ANSWERED
    queue = []
    for m in wan.monitors:
        cost[m] = 0.0 if proven[m] else price[word[m] + 1]
        queue.append((cost[m], m))
    for n in range(len(wan.nodes)):
        if reached[n]:
            cost[n] = 0.0
            queue.append((0.0, n))
    heapq.heapify(queue)
    while queue:
        so_far, n = heapq.heappop(queue)
        if so_far > cost[n]:
            continue
        for far, link in wan.edges[n]:
            step = 0.0 if proven[far] else price[word[far] + 1]
            total = so_far + step + (priors.wrong if link in down else 0.0)
            if total < cost[far] or (total == cost[far] and came[far] > n):
                cost[far] = total
                came[far] = n
                heapq.heappush(queue, (total, far))
    for n in left:
        while n >= 0 and not reached[n]:
            reached[n] = proven[n] = 1
            n = came[n]


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
