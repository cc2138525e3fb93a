"""Which causes explain the symptoms: the second half of a diagnosis.

A symptom is a front (an unreachable node next to a reachable one) or a failed link between
reachable nodes. Each can be explained by itself, or together with others by a risk group that all
evidence allows to have failed. The cheapest cover is the likeliest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

from topology.graph import Wan
from topology.labelling import Labels
from topology.priors import Priors
from topology.proof import ANSWERED, SILENT

TOGETHER_S = 10.0  # what falls silent further apart has no common cause
EXHAUSTIVE = 10  # groups in one tangle of symptoms; beyond that, greedily


@dataclass(frozen=True, slots=True)
class Symptom:
    """`node` >= 0 for a front, whose `links` lead to reachable nodes; otherwise `links` is the one
    failed link. `cost` is that of its own cheapest explanation."""

    node: int
    links: tuple[int, ...]
    cost: float
    onset: float | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Symptoms with a common cause. `group` is "" where a symptom explains itself; `rivals` are
    other groups that explain the same, likeliest first."""

    symptoms: tuple[Symptom, ...]
    group: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A group that may have failed. It explains `covers` whole; of `touches` (fronts with a link in
    it, and others besides) something else must have failed too, but nothing can tell what."""

    group: str
    cost: float
    covers: frozenset[Symptom]
    touches: frozenset[Symptom]


def symptoms(
    wan: Wan, labels: Labels, priors: Priors, onset: dict[int, float], failed: Collection[int] = ()
) -> list[Symptom]:
    """Every symptom that some evidence touches, fronts first, in the network's order. `failed`:
    nodes that are known to be down for another reason."""
    live, word = labels.live, labels.word
    fronts = {}
    for n in range(len(wan.nodes)):
        if not live[n]:
            cut = tuple(k for far, k in wan.edges[n] if live[far])
            if cut or n in wan.monitors:
                fronts[n] = cut
    found = []
    touched = _touched(wan, labels, fronts)
    for n, cut in fronts.items():
        if word[n] == SILENT or n in touched or n in failed or not labels.down.isdisjoint(cut):
            cost = min(priors.node, len(cut) * priors.link) if cut else priors.node
            found.append(Symptom(n, cut, cost, onset.get(n)))
    for k in sorted(labels.down):
        a, b = wan.ends[k]
        if live[a] and live[b]:
            found.append(Symptom(-1, (k,), priors.link))
    return found


def _touched(wan: Wan, labels: Labels, fronts: dict[int, tuple[int, ...]]) -> set[int]:
    """Fronts with a silent node somewhere behind them."""
    touched: set[int] = set()
    seen: set[int] = set()
    for start in fronts:
        if start in seen:
            continue
        region, hidden = [start], False
        seen.add(start)
        for n in region:  # grows while it is walked
            hidden = hidden or (labels.word[n] == SILENT and n not in fronts)
            for far, _ in wan.edges[n]:
                if not labels.live[far] and far not in seen:
                    seen.add(far)
                    region.append(far)
        if hidden:
            touched.update(n for n in region if n in fronts)
    return touched


def explain(wan: Wan, labels: Labels, priors: Priors, found: list[Symptom]) -> list[Cause]:
    """The cheapest causes that explain every symptom once, in the order of their symptoms."""
    candidates = _candidates(wan, labels, priors, found)
    causes: list[Cause] = []
    explained: set[Symptom] = set()
    for tangle in _tangles(candidates):
        chosen = _cover(tangle)
        own = {c.group: set(c.covers) for c in chosen}
        for symptom in found:  # each belongs to the first that explains it, else that touches it
            takers = [c for c in chosen if symptom in c.covers]
            takers = takers or [c for c in chosen if symptom in c.touches]
            for c in chosen:
                own[c.group].discard(symptom)
            if takers:
                own[takers[0].group].add(symptom)
        for c in chosen:
            mine = own[c.group]
            rivals = [r for r in tangle if r not in chosen and mine <= r.covers]
            if mine:
                causes.append(
                    Cause(
                        tuple(s for s in found if s in mine),
                        c.group,
                        tuple(r.group for r in sorted(rivals, key=_rank)),
                    )
                )
                explained |= mine
    causes += [Cause((s,)) for s in found if s not in explained]
    place = {s: i for i, s in enumerate(found)}
    return sorted(causes, key=lambda cause: place[cause.symptoms[0]])


def _rank(candidate: _Candidate) -> tuple[float, str]:
    return candidate.cost, candidate.group


def _candidates(wan: Wan, labels: Labels, priors: Priors, found: list[Symptom]) -> list[_Candidate]:
    """Groups that explain two symptoms or more and that no evidence contradicts."""
    of_node = {s.node: s for s in found if s.node >= 0}
    of_link = {k: s for s in found for k in s.links}
    names = {
        group
        for s in found
        for n in ([s.node] if s.node >= 0 else wan.ends[s.links[0]])
        for group in wan.groups_of[n]
    }
    result = []
    for name in sorted(names):
        nodes, links = wan.members[name]
        whole = {of_node[n] for n in nodes if n in of_node}
        whole |= {s for k in links if (s := of_link.get(k)) and links.issuperset(s.links)}
        every = _together(whole | {of_link[k] for k in links if k in of_link})
        covers = frozenset(whole & every)
        if covers and len(every) > 1 and _possible(wan, labels, nodes, links):
            cost = priors.of_group(wan.groups[name])
            cost += priors.wrong * _spared(wan, labels, nodes, links)
            result.append(_Candidate(name, cost, covers, frozenset(every) - covers))
    return result


def _together(covers: set[Symptom]) -> set[Symptom]:
    """The most that fell silent within `TOGETHER_S` of each other (the latest, of equals), with
    all of unknown onset."""
    timed = sorted(s.onset for s in covers if s.onset is not None)
    best: tuple[int, float] | None = None
    for last in timed:
        count = sum(last - TOGETHER_S <= t <= last for t in timed)
        if best is None or (count, last) > best:
            best = count, last
    if best is None:
        return covers
    last = best[1]
    return {s for s in covers if s.onset is None or last - TOGETHER_S <= s.onset <= last}


def _spared(wan: Wan, labels: Labels, nodes: frozenset[int], links: frozenset[int]) -> int:
    """Members that are proven to work: a generator ran on, or a word is wrong."""
    return sum(labels.proven[n] for n in nodes) + sum(
        k in labels.up and k not in labels.down and bool(wan.follows[k])
        for k in links
        if all(labels.live[end] for end in wan.ends[k])
    )


def _possible(wan: Wan, labels: Labels, nodes: frozenset[int], links: frozenset[int]) -> bool:
    """Whether the members of which nothing is known may have failed: nothing that answers needs
    them."""
    live = labels.live
    doubtful_links = {
        k for k in links
        if k not in labels.up and k not in labels.down and all(live[e] for e in wan.ends[k])
    }  # fmt: skip
    doubtful = {n for n in nodes if live[n] and not labels.proven[n] and len(wan.edges[n]) > 1}
    if not doubtful and not doubtful_links:
        return True
    dead = {n for n in range(len(live)) if not live[n]} | doubtful
    left = wan.live(dead, doubtful_links | labels.down)
    return all(left[n] for n, said in enumerate(labels.word) if said == ANSWERED)


def _tangles(candidates: list[_Candidate]) -> list[list[_Candidate]]:
    """Candidates, those that share symptoms together."""
    tangles: list[tuple[frozenset[Symptom], list[_Candidate]]] = []
    for candidate in candidates:
        covers, members = candidate.covers | candidate.touches, [candidate]
        apart = []
        for tangle in tangles:
            if covers.isdisjoint(tangle[0]):
                apart.append(tangle)
            else:
                covers |= tangle[0]
                members = tangle[1] + members
        tangles = [*apart, (covers, members)]
    return [members for _, members in tangles]


def _cover(tangle: list[_Candidate]) -> list[_Candidate]:
    """The groups of the cheapest cover; symptoms that none of them covers pay for themselves."""
    everything = frozenset[Symptom]().union(*(c.covers for c in tangle))

    def cost(chosen: tuple[_Candidate, ...]) -> float:
        covered = frozenset[Symptom]().union(*(c.covers for c in chosen))
        return sum(c.cost for c in chosen) + sum(s.cost for s in everything - covered)

    order = sorted(tangle, key=_rank)
    if len(order) <= EXHAUSTIVE:
        choices = (c for size in range(len(order) + 1) for c in combinations(order, size))
        best = min(choices, key=cost)  # the first of equals: fewest groups, likeliest first
        return sorted(best, key=lambda c: (-len(c.covers), _rank(c)))
    chosen: tuple[_Candidate, ...] = ()
    while True:
        more = min(((*chosen, c) for c in order if c not in chosen), key=cost, default=chosen)
        if cost(more) >= cost(chosen):
            return list(chosen)
        chosen = more
