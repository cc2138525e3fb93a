"""How unlikely each kind of fault is before anything has been seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from configs.inventory import GroupKind, RiskGroup
from topology.graph import SITE, Wan

MOST_FAULTS = 3.0  # expected at once, however large the network is
FAULTS_PER_NODE = 0.1  # ... and in a small one
NODES, LINKS, GROUPS = 0.4, 0.4, 0.2  # their shares
UNDECLARED = 1.0  # how much dearer a cause is that nobody thought of declaring
LEAST = 0.5  # even where faults are dense, one cause is likelier than two


@dataclass(frozen=True, slots=True)
class Priors:
    """Costs in nats: minus the logarithm of the probability. A set of causes costs their sum, and
    the cheapest set that explains the evidence is the likeliest."""

    node: float
    link: float
    group: float
    mute: float = 3.0
    wrong: float = 12.0  # a port that says the opposite of the truth
    stray: float = 30.0  # an answer that came by no declared path, or is old
    unannounced: float = 3.0  # a feed that fails without its UPS having said so

    @property
    def mains(self) -> float:
        """That one site lost its mains, for no reason that is declared."""
        return self.group + UNDECLARED

    @classmethod
    def of(cls, wan: Wan) -> Priors:
        faults = min(MOST_FAULTS, len(wan.nodes) * FAULTS_PER_NODE) or FAULTS_PER_NODE

        def cost(count: int, share: float) -> float:
            return max(LEAST, math.log(max(count, 1) / (faults * share)))

        declared = len(wan.inventory.groups)
        return cls(
            node=cost(len(wan.nodes), NODES),
            link=cost(len(wan.links), LINKS),
            group=cost(declared, GROUPS),
        )

    def of_group(self, group: RiskGroup) -> float:
        """A declared group names a known risk; that a whole site fails is a guess."""
        implicit = UNDECLARED if group.id.startswith(SITE) else 0.0
        return self.group + implicit + KIND[group.kind]


KIND = {  # only to choose between groups that explain the same
    GroupKind.POWER: 0.0,
    GroupKind.DUCT: 0.01,
    GroupKind.CARRIER: 0.02,
    GroupKind.OTHER: 0.03,
}
