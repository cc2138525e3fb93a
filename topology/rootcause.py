"""Root cause: the fewest and likeliest faults that explain all that is seen.

A pure function of the graph and the evidence; the order of the evidence does not exist in its
types, so it cannot matter. The model is described in docs/rootcause.md.
"""

from __future__ import annotations

from topology.causes import Cause, Symptom, explain, symptoms
from topology.diagnosis import Diagnosis, Fault
from topology.evidence import Evidence
from topology.graph import Wan
from topology.labelling import Labels, label
from topology.outage import Root, RootKind, Severity
from topology.priors import Priors
from topology.proof import SILENT

MONITOR = Root(RootKind.MONITOR, "")


def diagnose(wan: Wan, evidence: Evidence) -> Diagnosis:
    """The faults that explain the evidence best, in the order of the network's nodes."""
    if _blind(wan, evidence):
        silent = tuple(node for node in wan.nodes if evidence.reachable.get(node) is False)
        doors = [wan.nodes[m] for m in wan.monitors]
        last = max((evidence.onset[n] for n in doors if n in evidence.onset), default=None)
        fault = Fault(MONITOR, Severity.CRITICAL, shadowed=silent, onset=last)
        return Diagnosis((fault,), frozenset(wan.nodes), cut_off=True)
    priors = Priors.of(wan)
    onset = {wan.node_at[n]: at for n, at in evidence.onset.items() if n in wan.node_at}
    labels = label(wan, evidence, priors)
    causes = explain(wan, labels, priors, symptoms(wan, labels, priors, onset))
    failed = _failed(wan, causes)
    if any(failed) and len(evidence.reachable) < len(wan.nodes):
        # What a failed group explains needs no other cause: unknown nodes may be likelier alive.
        labels = label(wan, evidence, priors, failed)
        causes = explain(wan, labels, priors, symptoms(wan, labels, priors, onset, failed[0]))
    faults = _faults(wan, labels, priors, causes)
    dark = frozenset(node for node, live in zip(wan.nodes, labels.live, strict=True) if not live)
    mute = frozenset(
        node
        for node, said, live in zip(wan.nodes, labels.word, labels.live, strict=True)
        if said == SILENT and live
    )
    return Diagnosis(faults, dark, mute)


def _failed(wan: Wan, causes: list[Cause]) -> tuple[frozenset[int], frozenset[int]]:
    """(nodes, links) of the groups that failed."""
    nodes: set[int] = set()
    links: set[int] = set()
    for cause in causes:
        if cause.group:
            nodes |= wan.members[cause.group][0]
            links |= wan.members[cause.group][1]
    return frozenset(nodes), frozenset(links)


def _blind(wan: Wan, evidence: Evidence) -> bool:
    """Whether everything that was looked at is silent, where the monitor is attached too."""
    words = evidence.reachable
    return (
        len(words) > 1
        and not evidence.ports
        and not any(words.values())
        and all(words.get(wan.nodes[m]) is False for m in wan.monitors)
    )


def _faults(wan: Wan, labels: Labels, priors: Priors, causes: list[Cause]) -> tuple[Fault, ...]:
    shadows = _shadows(wan, labels, causes)
    critical = _hurtful(wan, labels, causes, shadows)
    faults = []
    for i, cause in enumerate(causes):
        root, alternatives, confidence = _name(wan, labels, priors, cause)
        fronts = tuple(wan.nodes[s.node] for s in cause.symptoms if s.node >= 0)
        onsets = [s.onset for s in cause.symptoms if s.onset is not None]
        shadowed = shadows[i]
        if root.kind is RootKind.LINK:  # what hangs on a failed link is behind it
            shadowed = [s.node for s in cause.symptoms if s.node >= 0] + shadowed
        faults.append(
            Fault(
                root=root,
                severity=Severity.CRITICAL if i in critical else Severity.WARNING,
                fronts=fronts,
                links=tuple(wan.links[s.links[0]] for s in cause.symptoms if s.node < 0),
                down=() if root.kind is RootKind.LINK else fronts,
                shadowed=tuple(wan.nodes[n] for n in sorted(shadowed)),
                alternatives=alternatives,
                confidence=confidence,
                onset=min(onsets, default=None),
            )
        )
    return tuple(faults)


def _name(
    wan: Wan, labels: Labels, priors: Priors, cause: Cause
) -> tuple[Root, tuple[Root, ...], float]:
    """(root, alternatives, confidence) of a cause."""
    if cause.group:
        rivals = tuple(Root(RootKind.GROUP, g) for g in cause.rivals)
        return Root(RootKind.GROUP, cause.group), rivals, 1.0 / (1 + len(rivals))
    (symptom,) = cause.symptoms
    links = tuple(Root(RootKind.LINK, wan.links[k]) for k in symptom.links)
    if symptom.node < 0:
        return links[0], (), 1.0
    node = Root(RootKind.NODE, wan.nodes[symptom.node])
    if labels.word[symptom.node] != SILENT:
        # Nobody has heard the node be silent: what was seen is its link.
        seen = [link for k, link in zip(symptom.links, links, strict=True) if k in labels.down]
        if seen:
            return seen[0], (node, *(x for x in links if x != seen[0])), 0.5
    return node, links if len(links) == 1 else (), 0.5 if len(links) == 1 else 1.0


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
    site_of = [wan.inventory.nodes[node].site for node in wan.nodes]
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
