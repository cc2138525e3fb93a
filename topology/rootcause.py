"""Root cause: the fewest and likeliest faults that explain all that is seen.

A pure function of the graph and the evidence; the order of the evidence does not exist in its
types, so it cannot matter. The model is described in docs/rootcause.md.
"""

from __future__ import annotations

from typing import TypeAlias

from configs.inventory import GroupKind
from topology.causes import MAINS, Cause, Symptom, explain, symptoms
from topology.diagnosis import Diagnosis, Fault
from topology.evidence import Evidence
from topology.graph import SITE, Wan
from topology.labelling import Labels, label
from topology.outage import Clue, Root, RootKind, Severity, Sign
from topology.power import Power
from topology.priors import Priors
from topology.proof import SILENT
from topology.times import Times

Name: TypeAlias = tuple[Root, tuple[Root, ...], float]  # root, alternatives, confidence

MONITOR = Root(RootKind.MONITOR, "")
SURE_AGAIN = 0.9  # that a line which was the cause a moment ago is so again


def diagnose(wan: Wan, evidence: Evidence) -> Diagnosis:
    """The faults that explain the evidence best, in the order of the network's nodes."""
    if _blind(wan, evidence):
        silent = tuple(node for node in wan.nodes if evidence.reachable.get(node) is False)
        doors = [wan.nodes[m] for m in wan.attached]
        last = max((evidence.onset[n] for n in doors if n in evidence.onset), default=None)
        fault = Fault(MONITOR, Severity.CRITICAL, shadowed=silent, onset=last)
        return Diagnosis((fault,), frozenset(wan.nodes), cut_off=True)
    priors = Priors.of(wan)
    times = Times.of(wan, evidence)
    labels = label(wan, evidence, priors)
    power = Power.of(wan, evidence)
    found = symptoms(wan, labels, priors, times, power=power)
    causes = explain(wan, labels, priors, found, power)
    failed = _failed(wan, power, causes)
    if any(failed) and len(evidence.reachable) < len(wan.nodes):
        # What a failed group explains needs no other cause: unknown nodes may be likelier alive.
        labels = label(wan, evidence, priors, failed)
        found = symptoms(wan, labels, priors, times, failed[0], power)
        causes = explain(wan, labels, priors, found, power)
    faults = _faults(wan, labels, power, causes)
    dark = frozenset(node for node, live in zip(wan.nodes, labels.live, strict=True) if not live)
    mute = frozenset(
        node
        for node, said, live in zip(wan.nodes, labels.word, labels.live, strict=True)
        if said == SILENT and live
    )
    return Diagnosis(faults, dark, mute)


def _failed(wan: Wan, power: Power, causes: list[Cause]) -> tuple[frozenset[int], frozenset[int]]:
    """(nodes, links) of the groups that failed; without those that a battery may keep up."""
    nodes: set[int] = set()
    links: set[int] = set()
    for cause in causes:
        if cause.group in wan.members and any(s.node >= 0 or s.links for s in cause.symptoms):
            members = wan.members[cause.group]
            nodes.update(n for n in members[0] if wan.site_of[n] not in power.lost)
            links |= members[1]
    return frozenset(nodes), frozenset(links)


def _blind(wan: Wan, evidence: Evidence) -> bool:
    """Whether everything that was looked at is silent, where the monitor is attached too."""
    words = evidence.reachable
    return (
        len(words) > 1
        and not evidence.ports
        and not any(words.values())
        and all(words.get(wan.nodes[m]) is False for m in wan.attached)
    )


def _faults(wan: Wan, labels: Labels, power: Power, causes: list[Cause]) -> tuple[Fault, ...]:
    causes = [cause for cause in causes if not all(s.over for s in cause.symptoms)]
    names = [_name(wan, labels, power, cause) for cause in causes]
    failed = _felled(wan, causes, names)
    kept = [i for i, cause in enumerate(causes) if not _is_port_of(wan, cause, failed)]
    causes, names = [causes[i] for i in kept], [names[i] for i in kept]
    shadows = _shadows(wan, labels, causes)
    critical = _hurtful(wan, labels, causes, shadows)
    faults = []
    for i, cause in enumerate(causes):
        root, alternatives, confidence = names[i]
        fronts = tuple(wan.nodes[s.node] for s in cause.symptoms if s.node >= 0)
        timed = [(s, s.onset) for s in cause.symptoms if s.node >= 0 and s.onset is not None]
        seen = [at for s, at in timed if s.span is None or s.span[1] <= at]
        onsets = seen or [at for _, at in timed]
        batteries = [s for s in cause.symptoms if s.ups >= 0]
        if not fronts:
            onsets = [s.onset for s in batteries if s.onset is not None]
        shadowed = shadows[i]
        if root.kind is RootKind.LINK:  # what hangs on a failed link is behind it
            shadowed = [s.node for s in cause.symptoms if s.node >= 0] + shadowed
        faults.append(
            Fault(
                root=root,
                severity=Severity.CRITICAL if i in critical else Severity.WARNING,
                fronts=fronts,
                links=tuple(
                    wan.links[s.links[0]] for s in cause.symptoms if s.node < 0 and s.links
                ),
                down=() if root.kind is RootKind.LINK else fronts,
                shadowed=tuple(wan.nodes[n] for n in sorted(shadowed)),
                alternatives=alternatives,
                confidence=confidence,
                onset=min(onsets, default=None),
                batteries=tuple(wan.nodes[s.ups] for s in batteries),
                clues=_clues(wan, power, cause, root),
            )
        )
    return tuple(faults)


def _felled(wan: Wan, causes: list[Cause], names: list[Name]) -> set[int]:
    """The fronts that failed themselves, whatever became of their links."""
    found = set()
    for cause, (root, _, _) in zip(causes, names, strict=True):
        if root.kind is not RootKind.LINK:
            members = wan.members[cause.group][0] if cause.group in wan.members else None
            fronts = {s.node for s in cause.symptoms if s.node >= 0}
            found |= fronts if members is None else fronts & members
    return found


def _is_port_of(wan: Wan, cause: Cause, failed: set[int]) -> bool:
    """Whether a cause is one link to a node that has failed itself since: nobody misses it before
    the node is back."""
    first = cause.symptoms[0]
    return (
        len(cause.symptoms) == 1
        and first.node < 0
        and bool(first.links)
        and not failed.isdisjoint(wan.ends[first.links[0]])
    )


def _name(wan: Wan, labels: Labels, power: Power, cause: Cause) -> Name:
    """What a cause is called."""
    if cause.group:
        rivals = tuple(Root(RootKind.GROUP, g) for g in cause.rivals)
        return _of_group(wan, cause), rivals, cause.confidence
    (symptom,) = cause.symptoms
    if symptom.ups >= 0:
        return Root(RootKind.NODE, wan.nodes[symptom.ups]), (), 1.0
    links = tuple(Root(RootKind.LINK, wan.links[k]) for k in symptom.links)
    if symptom.node < 0:
        return links[0], (), 1.0
    node = Root(RootKind.NODE, wan.nodes[symptom.node])
    if labels.word[symptom.node] != SILENT:
        # Nobody has heard the node be silent: what was seen is its link.
        seen = [link for k, link in zip(symptom.links, links, strict=True) if k in labels.down]
        if seen:
            return seen[0], (node, *(x for x in links if x != seen[0])), 0.5
    if len(links) != 1:
        return node, (), 1.0
    if symptom.node in power.ran_on:
        return links[0], (node,), SURE_AGAIN
    return node, links, 0.5


def _of_group(wan: Wan, cause: Cause) -> Root:
    """The group; where the mains of a site are the cause, what is silent there."""
    if cause.group in wan.groups:
        return Root(RootKind.GROUP, cause.group)
    nodes = [s.node for s in cause.symptoms if s.node >= 0]
    if len(nodes) > 1:
        return Root(RootKind.GROUP, SITE + cause.group.removeprefix(MAINS))
    first = nodes or [s.ups for s in cause.symptoms if s.ups >= 0]
    return Root(RootKind.NODE, wan.nodes[first[0]])


def _clues(wan: Wan, power: Power, cause: Cause, root: Root) -> tuple[Clue, ...]:
    """What speaks for this root besides who is silent, the strongest first."""
    fronts = [s.node for s in cause.symptoms if s.node >= 0]
    found = [Clue(Sign.BATTERY, wan.nodes[s.ups]) for s in cause.symptoms if s.ups >= 0]
    found += [Clue(Sign.RESTARTED, wan.nodes[s.back]) for s in cause.symptoms if s.back >= 0]
    if root.kind is RootKind.LINK:
        found += [Clue(Sign.RAN_ON, wan.nodes[n]) for n in fronts if n in power.ran_on]
    if power.mains and root.kind is RootKind.GROUP:
        sites = {wan.site_of[n] for n in fronts}
        if wan.groups[root.id].kind is not GroupKind.POWER:
            words = [n for n in sorted(power.mains) if wan.site_of[n] in sites]
            found += [Clue(Sign.MAINS, wan.nodes[n]) for n in words]
    return tuple(found)


def _shadows(wan: Wan, labels: Labels, causes: list[Cause]) -> list[list[int]]:
    """The dark nodes behind each cause: each belongs to the nearest front; of equally near ones,
    to the one that fell silent last, for that one took it down."""
    owner: dict[int, int] = {}
    rank: dict[int, tuple[float, int]] = {}
    fronts: list[tuple[Symptom, int]] = [
        (s, i) for i, cause in enumerate(causes) for s in cause.symptoms if s.node >= 0
    ]
    wave = []
    for symptom, i in fronts:
        owner[symptom.node] = i
        rank[symptom.node] = (-(symptom.onset or 0.0), symptom.node)
        wave.append(symptom.node)
    found: list[list[int]] = [[] for _ in causes]
    while wave:
        wave.sort(key=rank.__getitem__)
        reached = []
        for n in wave:
            for far, _ in wan.edges[n]:
                if not labels.live[far] and far not in owner:
                    owner[far], rank[far] = owner[n], rank[n]
                    found[owner[n]].append(far)
                    reached.append(far)
        wave = reached
    return found


def _hurtful(wan: Wan, labels: Labels, causes: list[Cause], shadows: list[list[int]]) -> set[int]:
    """The causes that left some site without any reachable node: of several at one site, the
    one that came last."""
    site_of = wan.site_of
    covered = {site for site, live in zip(site_of, labels.live, strict=True) if live}
    last: dict[str, tuple[float, int]] = {}
    for i, cause in enumerate(causes):
        came = max((s.onset or 0.0 for s in cause.symptoms), default=0.0)
        hit = [s.node for s in cause.symptoms if s.node >= 0] + shadows[i]
        for n in hit:
            site = site_of[n]
            if site not in covered:
                last[site] = max(last.get(site, (came, i)), (came, i))
    return {i for _, i in last.values()}
