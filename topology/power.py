"""What evidence tells of power: who runs on battery, who had its mains, who started anew."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from topology.evidence import Evidence
from topology.graph import Wan
from topology.labelling import Labels
from topology.priors import Priors
from topology.proof import ANSWERED

SLACK_S = 10.0  # what fell silent so shortly before a UPS spoke may be of the same cause


@dataclass(frozen=True, slots=True)
class Power:
    """Words on power, by position of the node that spoke or restarted; see `Evidence`. `lost`:
    sites without mains, to when they lost them; None where nobody knows."""

    battery: Mapping[int, float | None] = field(default_factory=dict)
    mains: Set[int] = frozenset()
    restarted: Mapping[int, float] = field(default_factory=dict)
    ran_on: Set[int] = frozenset()
    lost: Mapping[str, float | None] = field(default_factory=dict)

    @classmethod
    def of(cls, wan: Wan, evidence: Evidence) -> Power:
        if not (evidence.battery or evidence.mains or evidence.restarted or evidence.ran_on):
            return NOTHING
        at = wan.node_at
        battery = {at[n]: since for n, since in evidence.battery.items() if n in at}
        lost: dict[str, float | None] = {}
        for n, since in battery.items():
            site = wan.site_of[n]
            known = [t for t in (since, lost.get(site)) if t is not None]
            lost[site] = min(known, default=None)
        return cls(
            battery,
            frozenset(at[n] for n in evidence.mains if n in at and n not in evidence.battery),
            {at[n]: t for n, t in evidence.restarted.items() if n in at},
            frozenset(at[n] for n in evidence.ran_on if n in at),
            lost,
        )

    def drained(self, wan: Wan, node: int, onset: float | None) -> bool:
        """Whether what befell a node may come of lost mains at its site, however late it came."""
        site = wan.site_of[node]
        if site not in self.lost:
            return False
        since = self.lost[site]
        return since is None or onset is None or onset >= since - SLACK_S

    def against(self, wan: Wan, labels: Labels, priors: Priors, fronts: Set[int]) -> float:
        """What it costs to believe that the feed of these nodes failed, though a UPS beside them
        had its mains."""
        if not self.mains:
            return 0.0
        sites = {wan.site_of[n] for n in fronts}
        total = 0.0
        for site in sites:
            words = [n for n in self.mains if wan.site_of[n] == site]
            if any(labels.live[n] and labels.word[n] == ANSWERED for n in words):
                total += priors.wrong
            elif words:
                total += priors.unannounced
        return total


NOTHING = Power()
