"""What the times of the evidence tell: when silent nodes failed, and what had failed before."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import TypeAlias

from topology.evidence import Evidence
from topology.graph import Wan

Span: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Times:
    """By position in the network. `onset`: when a node fell silent; `span`: the first and the last
    moment at which it can have failed; `out`: links that are known to have failed by themselves;
    `broke`: as `span`, of links.
    """

    onset: Mapping[int, float] = field(default_factory=dict)
    span: Mapping[int, Span] = field(default_factory=dict)
    out: Set[int] = frozenset()
    broke: Mapping[int, Span] = field(default_factory=dict)

    @classmethod
    def of(cls, wan: Wan, evidence: Evidence) -> Times:
        at, heard, shown = wan.node_at, evidence.heard, evidence.shown
        onset = {at[n]: since for n, since in evidence.onset.items() if n in at}
        span = {
            at[n]: (min(heard.get(n, since), since), max(shown.get(n, since), since))
            for n, since in evidence.onset.items()
            if n in at
        }
        out = frozenset(wan.link_at[link] for link in evidence.out if link in wan.link_at)
        broke = {
            wan.link_at[link]: when for link, when in evidence.broke.items() if link in wan.link_at
        }
        return cls(onset, span, out, broke)


def moment(at: float | None) -> Span | None:
    """The span of what came at one known moment."""
    return None if at is None else (at, at)
