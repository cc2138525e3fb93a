"""What a verdict is worth against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.rootcause.injection import Case
from topology.outage import Root

Symptom = tuple[str, str]


@dataclass(frozen=True)
class Score:
    """Counts of one case. `wanted` symptoms (fronts, and failed links that a port tells of) of
    which `hit` are named by some page; `pages`, of which `good` name a real one; `distinct`: faults
    that evidence can tell apart; `missed`: those of them that no page names."""

    wanted: int
    hit: int
    pages: int
    good: int
    distinct: int
    missed: int

    @property
    def exact(self) -> bool:
        return self.hit == self.wanted and self.good == self.pages == self.distinct


def judge(case: Case, pages: Iterable[Root]) -> Score:
    """The score of a list of roots. A front is named by itself, by a link from a live node to it,
    or by a failed group that holds one of these."""
    fronts = {front: cut for front, cut in case.fronts.items() if _told(case, front, cut)}
    shows: dict[tuple[str, str], set[Symptom]] = {}
    for front, cut in fronts.items():
        shows.setdefault(("node", front), set()).add(("front", front))
        for link in cut:
            shows.setdefault(("link", link), set()).add(("front", front))
    for link in case.half:
        shows.setdefault(("link", link), set()).add(("half", link))
    for kind, name in case.faults:
        if kind == "group":
            for member in case.declared.inventory.groups[name].members:
                what, _, which = member.partition(":")
                shows.setdefault((kind, name), set()).update(shows.get((what, which), ()))
    distinct: list[set[Symptom]] = []
    for fault in sorted(case.faults, key=lambda f: (-len(shows.get(f, ())), f)):
        tokens = shows.get(fault, set())
        if tokens and not any(tokens <= other for other in distinct):
            distinct.append(tokens)
    hit: set[Symptom] = set()
    good = count = 0
    for root in pages:
        tokens = shows.get((str(root.kind), root.id), set())
        hit |= tokens
        good += bool(tokens)
        count += 1
    missed = sum(tokens.isdisjoint(hit) for tokens in distinct)
    wanted = {("front", front) for front in fronts} | {("half", link) for link in case.half}
    return Score(len(wanted), len(hit & wanted), count, good, len(distinct), missed)


def _told(case: Case, front: str, cut: frozenset[str]) -> bool:
    """Whether any evidence touches a front: its own silence, a port that went down, or the silence
    of what hangs on it and is no front itself."""
    words, ports = case.evidence.reachable, case.evidence.ports
    if words.get(front) is False:
        return True
    if any(ports.get((end, link)) is False for link in cut for end in link.split("~")):
        return True
    wan = case.declared
    part = [front]
    seen = {front}
    for node in part:  # grows while it is walked
        if words.get(node) is False and node not in case.fronts:
            return True
        for far, _ in wan.edges[wan.node_at[node]]:
            name = wan.nodes[far]
            if name not in case.live and name not in seen:
                seen.add(name)
                part.append(name)
    return False


def summary(scores: Sequence[Score]) -> str:
    """Recall, precision and pages per fault that evidence can tell apart, over many cases."""
    recall = sum(s.hit for s in scores) / max(sum(s.wanted for s in scores), 1)
    precision = sum(s.good for s in scores) / max(sum(s.pages for s in scores), 1)
    pages = sum(s.pages for s in scores) / max(sum(s.distinct for s in scores), 1)
    return f"{100 * recall:.1f} / {100 * precision:.1f} / {pages:.2f}"
