"""Which nodes are proven to be reached, whatever else is silent.

An answer proves its node; so does a port report its reporter, and a following port that is up what
it leads to. What is reached is reached along some path, so the nodes that an answer can't do
without are proven too: a silent one among them is mute. That a node is mute is believed unless
too much else would have to be explained singly; then the answer stays true, but its path is not
the declared one.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

from topology.evidence import Evidence
from topology.graph import Wan
from topology.priors import Priors

UNKNOWN, SILENT, ANSWERED = -1, 0, 1
PASSED_OVER = 0.01  # the price of an unknown node on a path


@dataclass(slots=True)
class Proof:
    """Per node position its `word`, and 1 where it is `proven`; per link position, what ports say.
    `upheld`: silent nodes, by how many ports say that they are there."""

    word: list[int]
    proven: bytearray
    down: set[int] = field(default_factory=set)
    up: set[int] = field(default_factory=set)
    upheld: dict[int, int] = field(default_factory=dict)


def prove(wan: Wan, evidence: Evidence, priors: Priors) -> Proof:
    """What is proven by this evidence."""
    word = [UNKNOWN] * len(wan.nodes)
    for node, answered in evidence.reachable.items():
        if (n := wan.node_at.get(node)) is not None:
            word[n] = ANSWERED if answered else SILENT
    proof = Proof(word, bytearray(said == ANSWERED for said in word))
    for (node, link), is_up in evidence.ports.items():
        n, k = wan.node_at.get(node), wan.link_at.get(link)
        if n is None or k is None or n not in wan.ends[k]:
            continue
        proof.proven[n] = 1
        if not is_up:
            proof.down.add(k)
            continue
        proof.up.add(k)
        a, b = wan.ends[k]
        far = b if n == a else a
        if wan.follows[k] and word[far] == SILENT:
            proof.upheld[far] = proof.upheld.get(far, 0) + 1
        elif wan.follows[k]:
            proof.proven[far] = 1
    for m in wan.monitors:
        if word[m] != SILENT:
            proof.proven[m] = 1
    for far in [far for far in proof.upheld if proof.proven[far]]:
        del proof.upheld[far]
    _connect(wan, priors, proof)
    return proof


def _connect(wan: Wan, priors: Priors, proof: Proof) -> None:
    """Proves what the proven nodes need to be reached at all, along the cheapest paths."""
    reached = _reached(wan, proof)
    left = [n for n, sure in enumerate(proof.proven) if sure and not reached[n]]
    if not left and not proof.upheld:
        return
    came = _paths(wan, priors, proof, reached)
    leans: dict[int, int] = {}  # unproven nodes on the paths, by how many answers need them
    for n in left:
        n = came[n]
        while n >= 0 and not reached[n]:
            if not proof.proven[n]:
                leans[n] = leans.get(n, 0) + 1
            n = came[n]
    stray = bytearray(len(wan.nodes))
    nearest_first = sorted(leans.keys() | proof.upheld.keys(), key=lambda n: (wan.depth[n], n))
    for n in nearest_first:
        if proof.word[n] == SILENT and _dead_after_all(wan, priors, proof, n, leans.get(n, 0)):
            stray[n] = 1
        elif proof.word[n] == SILENT and n in proof.upheld:
            proof.proven[n] = 1
    for n in left:
        path = [n]
        while came[path[-1]] >= 0 and not reached[path[-1]]:
            path.append(came[path[-1]])
        if not any(stray[step] for step in path):
            for step in path:
                proof.proven[step] = 1


def _reached(wan: Wan, proof: Proof) -> bytearray:
    """1 for each node that proven nodes join with a monitor."""
    reached = bytearray(len(wan.nodes))
    stack = [m for m in wan.monitors if proof.proven[m]] or list(wan.monitors)
    for m in stack:
        reached[m] = 1
    while stack:
        for far, link in wan.edges[stack.pop()]:
            if proof.proven[far] and not reached[far] and link not in proof.down:
                reached[far] = 1
                stack.append(far)
    return reached


def _paths(wan: Wan, priors: Priors, proof: Proof, reached: bytearray) -> list[int]:
    """For each node the one before it on its cheapest path from what is reached, or -1. An unknown
    node costs little, a silent one that it is mute, a down port that it lies."""
    price = (PASSED_OVER, priors.mute, 0.0)  # of UNKNOWN, SILENT, ANSWERED
    steps = [price[said + 1] for said in proof.word]
    for n, sure in enumerate(proof.proven):
        if sure:
            steps[n] = 0.0
    for n in proof.upheld:
        steps[n] = PASSED_OVER
    best = [(math.inf, 0)] * len(wan.nodes)  # (cost, links): the links make every tie acyclic
    came = [-1] * len(wan.nodes)
    queue = []
    for n in [*wan.monitors, *(n for n, is_reached in enumerate(reached) if is_reached)]:
        best[n] = (0.0 if reached[n] else steps[n]), 0
        queue.append((*best[n], n))
    heapq.heapify(queue)
    while queue:
        cost, links, n = heapq.heappop(queue)
        if (cost, links) > best[n]:
            continue
        for far, link in wan.edges[n]:
            lie = priors.wrong if link in proof.down else 0.0
            total = cost + steps[far] + lie, links + 1
            if total < best[far] or (total == best[far] and came[far] > n):
                best[far] = total
                came[far] = n
                heapq.heappush(queue, (*total, far))
    return came


def _dead_after_all(wan: Wan, priors: Priors, proof: Proof, node: int, answers: int) -> bool:
    """Whether it is likelier that a silent node is dead, and that what says otherwise came another
    way or is wrong, than that it is mute and all that is silent behind it failed on its own."""
    singly: dict[str, float] = {}
    for far, link in wan.edges[node]:
        if proof.word[far] != SILENT or link in proof.down or wan.depth[far] <= wan.depth[node]:
            continue
        if any(proof.proven[m] and k not in proof.down for m, k in wan.edges[far]):
            continue  # silent beside others that answer, whatever becomes of this node
        cause, cost = wan.nodes[far], priors.node
        for group in wan.groups_of[far]:
            members, _ = wan.members[group]
            if far in members and not any(proof.proven[m] for m in members):
                cause, cost = group, priors.of_group(wan.groups[group])
        singly[cause] = cost
    mute = priors.mute + sum(singly.values())
    dead = priors.node + answers * priors.stray + proof.upheld.get(node, 0) * priors.wrong
    return dead < mute
