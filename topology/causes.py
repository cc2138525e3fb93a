"""Which causes explain the symptoms: the second half of a diagnosis.

A symptom is a front (an unreachable node next to a reachable one) or a link that failed while both
its ends were reachable. Each can be explained by itself, or together with others by a risk group
that all evidence allows to have failed. The cheapest cover is the likeliest.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from itertools import combinations

from configs.inventory import GroupKind
from topology.graph import Wan
from topology.labelling import Labels
from topology.power import NOTHING, Power
from topology.priors import Priors
from topology.proof import ANSWERED, SILENT, UNKNOWN
from topology.times import Span, Times, moment

MAINS = "mains:"  # the mains of one site, as the group of a cause
TOGETHER_S = 3.0  # what failed further apart has no common cause
OUT_OF_THE_QUESTION = 5.0  # nats: a cause that is 150 times less likely is not told
AT_ONCE_S = 2.0  # two faults that are seen as one differ by no more
EXHAUSTIVE = 10  # groups in one tangle of symptoms; beyond that, greedily


@dataclass(frozen=True, slots=True)
class Symptom:
    """`node` >= 0 for a front, whose `links` lead to reachable nodes; `ups` >= 0 for a UPS on
    battery, `back` >= 0 for a node that restarted; otherwise `links` is the one failed link.
    `cost` is that of its own cheapest explanation. `onset`: when it was first seen; it came at some
    moment of `span`, None where nobody knows. `spare`: it has lost another way as well, so that its
    `links` may have failed long before."""

    node: int
    links: tuple[int, ...]
    cost: float
    onset: float | None = None
    ups: int = -1
    back: int = -1
    span: Span | None = None
    spare: bool = False

    @property
    def over(self) -> bool:
        """Whether it only tells of something else, for it hurts nobody any more."""
        return self.back >= 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Symptoms with a common cause. `group` is "" where a symptom explains itself, `mains:SITE`
    for the mains of a site that no declared group stands for; `rivals` are other groups that
    explain the same, likeliest first, where they are not out of the question. `confidence`: how
    likely this group is among them."""

    symptoms: tuple[Symptom, ...]
    group: str = ""
    rivals: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A group that may have failed. It explains `covers` whole; of `touches` (fronts with a link in
    it, and others besides) something else must have failed too, but nothing can tell what."""

    group: str
    cost: float
    covers: frozenset[Symptom]
    touches: frozenset[Symptom]


def symptoms(
    wan: Wan,
    labels: Labels,
    priors: Priors,
    times: Times,
    failed: Collection[int] = (),
    power: Power = NOTHING,
) -> list[Symptom]:
    """Every symptom that some evidence touches, fronts first, in the network's order. `failed`:
    nodes that are known to be down for another reason."""
    live, word, depth = labels.live, labels.word, wan.depth
    fronts = _fronts(wan, labels, times.out)
    found = []
    touched = _touched(wan, labels, fronts)
    for n, cut in fronts.items():
        if word[n] == SILENT or n in touched or n in failed or not labels.down.isdisjoint(cut):
            cost = min(priors.node, len(cut) * priors.link) if cut else priors.node
            spare = any(not live[far] and depth[far] <= depth[n] for far, _ in wan.edges[n])
            onset, span = times.onset.get(n), times.span.get(n)
            found.append(Symptom(n, cut, cost, onset, span=span, spare=spare))
    for k in sorted(labels.down):
        dark = [end for end in wan.ends[k] if not live[end]]
        if not dark or (k in times.out and len(dark) == 1 and k not in fronts.get(dark[0], ())):
            found.append(Symptom(-1, (k,), priors.link, span=times.broke.get(k)))
    found += [
        Symptom(-1, (), priors.mains, since, ups=ups, span=moment(since))
        for ups, since in sorted(power.battery.items())
    ]
    found += [
        Symptom(-1, (), priors.node, since, back=n, span=moment(since))
        for n, since in sorted(power.restarted.items())
        if live[n] and word[n] == ANSWERED
    ]
    return found


def _fronts(wan: Wan, labels: Labels, out: Set[int]) -> dict[int, tuple[int, ...]]:
    """The unreachable nodes next to reachable ones, and the links between. A link that had failed
    before explains no new silence, unless nothing else is left that could."""
    live = labels.live
    fronts: dict[int, tuple[int, ...]] = {}
    apart: dict[int, tuple[int, ...]] = {}
    for n in range(len(wan.nodes)):
        if not live[n]:
            cut = tuple(k for far, k in wan.edges[n] if live[far])
            fresh = tuple(k for k in cut if k not in out)
            if fresh or n in wan.monitors:
                fronts[n] = fresh
            elif cut:
                apart[n] = cut
    if not apart:
        return fronts
    behind = [*fronts]
    seen = set(behind)
    for n in behind:  # grows while it is walked
        for far, k in wan.edges[n]:
            if not live[far] and far not in seen and k not in out:
                seen.add(far)
                behind.append(far)
    fronts |= {n: cut for n, cut in apart.items() if n not in seen}
    return dict(sorted(fronts.items()))


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


def explain(
    wan: Wan, labels: Labels, priors: Priors, found: list[Symptom], power: Power = NOTHING
) -> list[Cause]:
    """The cheapest causes that explain every symptom once, in the order of their symptoms."""
    candidates = _candidates(wan, labels, priors, found, power)
    causes: list[Cause] = []
    explained: set[Symptom] = set()
    place = {s: i for i, s in enumerate(found)}
    for tangle in _tangles(candidates):
        chosen = _cover(tangle)
        tangled = sorted(
            frozenset[Symptom]().union(*(c.covers | c.touches for c in tangle)),
            key=place.__getitem__,
        )
        own = {c.group: set(c.covers) for c in chosen}
        for symptom in tangled:  # each belongs to the first that explains it, else that touches it
            takers = [c for c in chosen if symptom in c.covers]
            if not takers and not _more_failed(wan, labels, symptom, chosen):
                takers = [c for c in chosen if symptom in c.touches]
            for c in chosen:
                own[c.group].discard(symptom)
            if takers:
                own[takers[0].group].add(symptom)
        for c in chosen:
            mine = own[c.group]
            if mine:
                rivals = _rivals(c, [r for r in tangle if r not in chosen and mine <= r.covers])
                odds = sum(math.exp(c.cost - r.cost) for r in rivals)
                causes.append(
                    Cause(
                        tuple(s for s in tangled if s in mine),
                        c.group,
                        tuple(r.group for r in rivals),
                        1.0 / (1.0 + odds),
                    )
                )
                explained |= mine
    causes += [Cause((s,)) for s in found if s not in explained]
    return sorted(causes, key=lambda cause: place[cause.symptoms[0]])


def _rivals(chosen: _Candidate, others: list[_Candidate]) -> list[_Candidate]:
    """Those of the others that are worth telling, the likeliest first. Mains that no group stands
    for are no other cause than the group that brings them."""
    told = [
        r for r in others
        if not r.group.startswith(MAINS) and r.cost - chosen.cost < OUT_OF_THE_QUESTION
    ]  # fmt: skip
    return sorted(told, key=_rank)


def _rank(candidate: _Candidate) -> tuple[float, str]:
    return candidate.cost, candidate.group


def _candidates(
    wan: Wan, labels: Labels, priors: Priors, found: list[Symptom], power: Power
) -> list[_Candidate]:
    """Groups that explain two symptoms or more, or a UPS on battery, and that no evidence
    contradicts; and the mains of each site where a UPS is on battery."""
    of_node = {max(s.node, s.back): s for s in found if s.node >= 0 or s.back >= 0}
    of_link = {k: s for s in found for k in s.links}
    on_battery = [s for s in found if s.ups >= 0]
    names = {
        group
        for s in found if not s.over
        for n in _places(wan, s)
        for group in wan.groups_of[n]
    }  # fmt: skip
    result = []
    for name in sorted(names):
        nodes, links = wan.members[name]
        whole = {of_node[n] for n in nodes if n in of_node}
        whole |= {s for k in links if (s := of_link.get(k)) and links.issuperset(s.links)}
        fed: set[Symptom] = set()
        if wan.groups[name].kind is GroupKind.POWER and on_battery:
            sites = {wan.site_of[n] for n in nodes}
            fed = {s for s in on_battery if wan.site_of[s.ups] in sites}
        drained, early = _drained(wan, power, whole) if fed else (set(), set())
        whole -= drained | early
        touched = _at_once({of_link[k] for k in links if k in of_link}, whole)
        late = {s for s in whole if s.spare and s.node not in nodes}
        timed = (whole | touched) - late
        every = _together(timed) | late if timed else _together(late)
        every |= drained | fed
        covers = frozenset((whole | drained | fed) & every)
        nodes_left = frozenset(n for n in nodes if not (fed and wan.site_of[n] in power.lost))
        if covers and (len(every) > 1 or fed) and _possible(wan, labels, nodes_left, links):
            cost = priors.of_group(wan.groups[name])
            cost += priors.wrong * _spared(wan, labels, nodes_left - power.restarted.keys(), links)
            if wan.groups[name].kind is GroupKind.POWER:
                fronts = {s.node for s in covers if s.node >= 0}
                cost += power.against(wan, labels, priors, fronts)
            result.append(_Candidate(name, cost, covers, frozenset(every) - covers))
    for site in sorted(power.lost):
        here = {of_node[n] for n in wan.at_site[site] if n in of_node}
        drained, _ = _drained(wan, power, here)
        fed = {s for s in on_battery if wan.site_of[s.ups] == site}
        result.append(_Candidate(MAINS + site, priors.mains, frozenset(drained | fed), frozenset()))
    return result


def _places(wan: Wan, symptom: Symptom) -> Iterable[int]:
    """The nodes whose groups may explain a symptom."""
    if symptom.ups >= 0:
        return wan.at_site[wan.site_of[symptom.ups]]
    if symptom.links and symptom.node < 0:
        return wan.ends[symptom.links[0]]
    return (max(symptom.node, symptom.back),)


def _drained(wan: Wan, power: Power, whole: set[Symptom]) -> tuple[set[Symptom], set[Symptom]]:
    """(those of the symptoms that may come of mains lost at their site, those that came before)"""
    at_site = {s for s in whole if not s.links or s.node >= 0}
    at_site = {s for s in at_site if wan.site_of[max(s.node, s.back)] in power.lost}
    drained = {s for s in at_site if power.drained(wan, max(s.node, s.back), s.span and s.span[1])}
    return drained, at_site - drained


def _more_failed(wan: Wan, labels: Labels, symptom: Symptom, chosen: Iterable[_Candidate]) -> bool:
    """Whether a front has links in none of these groups, and all is known around it: then those
    failed besides, or it did."""
    members = [wan.members[c.group][1] for c in chosen if c.group in wan.members]
    around = [symptom.node, *(far for far, _ in wan.edges[symptom.node])]
    return not frozenset().union(*members).issuperset(symptom.links) and all(
        labels.word[n] != UNKNOWN for n in around
    )


def _at_once(touched: set[Symptom], whole: set[Symptom]) -> set[Symptom]:
    """Those that came with what is explained whole: what came before or after that did so for a
    reason of its own."""
    gaps = {s: [gap for other in whole if (gap := _gap(s, other)) is not None] for s in touched}
    return {s for s in touched if min(gaps[s], default=0.0) <= AT_ONCE_S}


def _gap(one: Symptom, other: Symptom) -> float | None:
    """The least time that can have been between two symptoms; None where nobody knows."""
    if one.span is None or other.span is None:
        return None
    return max(one.span[0] - other.span[1], other.span[0] - one.span[1], 0.0)


def _together(covers: set[Symptom]) -> set[Symptom]:
    """The most that may have come within `TOGETHER_S` of each other (the latest, of equals), with
    all of unknown onset."""

    def until(last: float) -> set[Symptom]:
        first = last - TOGETHER_S
        return {s for s in covers if s.span is None or (s.span[0] <= last and s.span[1] >= first)}

    starts = {s.span[0] for s in covers if s.span is not None}
    last = max(starts, key=lambda last: (len(until(last)), last), default=None)
    return covers if last is None else until(last)


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
    doubtful_links = {  # a port that does not follow is up whatever happened
        k for k in links
        if k not in labels.down and not (k in labels.up and wan.follows[k])
        and all(live[e] for e in wan.ends[k])
    }  # fmt: skip
    doubtful = {n for n in nodes if live[n] and not labels.proven[n] and len(wan.edges[n]) > 1}
    gone = doubtful_links | labels.down
    if not doubtful and all(_has_way(wan, labels, k, gone) for k in doubtful_links):
        return True
    dead = {n for n in range(len(live)) if not live[n]}
    before, left = wan.live(dead, labels.down), wan.live(dead | doubtful, gone)
    return all(left[n] or not before[n] for n, said in enumerate(labels.word) if said == ANSWERED)


def _has_way(wan: Wan, labels: Labels, link: int, gone: set[int]) -> bool:
    """Whether the lower end of a link has another way up."""
    lower = max(wan.ends[link], key=lambda n: wan.depth[n])
    return any(
        labels.live[far] and wan.depth[far] < wan.depth[lower]
        for far, k in wan.edges[lower]
        if k not in gone
    )


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
