"""A diagnosis: which faults explain the evidence, and whom each of them hurts."""

from __future__ import annotations

from dataclasses import dataclass

from topology.outage import Clue, Root, RootKind, Severity


def token(root: Root) -> str:
    """A root as a symptom: `node:ID`, `link:ID`, `group:ID` or `monitor:`."""
    return f"{root.kind}:{root.id}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One cause. `fronts`: the unreachable nodes next to reachable ones that it explains;
    `links`: failed links between reachable nodes that it explains. No two faults share any.

    `batteries`: UPSes whose running on battery it explains. `clues`: what else speaks for the root.
    `onset`: when the first of `fronts` fell silent, else when the mains were lost; None where
    nobody knows.
    """

    root: Root
    severity: Severity
    fronts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    shadowed: tuple[str, ...] = ()
    alternatives: tuple[Root, ...] = ()
    confidence: float = 1.0
    onset: float | None = None
    batteries: tuple[str, ...] = ()
    clues: tuple[Clue, ...] = ()

    @property
    def symptoms(self) -> frozenset[str]:
        """What it was told by: `node:ID` for a front, `link:ID` for a link, `mains:ID` for a UPS on
        battery."""
        return frozenset(
            [f"node:{front}" for front in self.fronts]
            + [f"link:{link}" for link in self.links]
            + [f"mains:{ups}" for ups in self.batteries]
        )

    @property
    def tokens(self) -> frozenset[str]:
        """What makes it this fault: its symptoms, and its root where that is more than they are."""
        if self.root.kind in (RootKind.NODE, RootKind.GROUP):
            return self.symptoms
        return self.symptoms | {token(self.root)}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict. `dark`: nodes cut off (silent or not looked at); `mute`: silent nodes that
    provably pass traffic; `cut_off`: the monitor itself sees nothing."""

    faults: tuple[Fault, ...] = ()
    dark: frozenset[str] = frozenset()
    mute: frozenset[str] = frozenset()
    cut_off: bool = False
