"""What the store remembers of who was silent and what was out, on the clock of a monitor that
starts: so that faults of before are not taken for parts of each other, or of new ones."""

from __future__ import annotations

from collections.abc import Set

from configs.inventory import Inventory
from topology.confirmation import Watch
from topology.outages import Clock
from topology.ports import Ports
from topology.restored import Restored
from topology.ripeness import PATIENCE_S, Ripeness
from topology.state import NodeState


def recall(
    restored: Restored,
    clock: Clock,
    inventory: Inventory,
    watch: Watch,
    ports: Ports,
    ripeness: Ripeness,
    fronts: Set[str],
) -> None:
    """Gives the looks their words of before and when silence began, and links that were out when
    that was told. `clock`: the moment of the start; `fronts`: whom open outages are told by."""
    run = restored.past.run
    for node, look in watch.looks.items():
        state, since = restored.states.get(node, (NodeState.UNKNOWN, clock.utc))
        if state is NodeState.UNKNOWN:
            continue
        look.word = state is NodeState.UP
        if look.word:
            if run is not None:
                look.heard_at = clock.at(run.alive) - PATIENCE_S  # or he had been told of
        elif state is NodeState.UNREACHABLE or node in restored.heard:
            look.silent_since = clock.at(since)
            look.heard_at = clock.at(restored.heard.get(node, since))
            if state is NodeState.UNREACHABLE and node not in fronts:  # what hid it may be over
                ripeness.emerge(node, clock.now)
            elif node in restored.shown:
                ripeness.emerge(node, clock.at(restored.shown[node]))
    for outage in restored.outages:
        link = inventory.links.get(outage.root.id)
        if outage.only_a_link and link is not None:
            for end in (link.a, link.b):
                port = end, link.id
                ports.up_until[port] = ports.failed_by[port] = clock.at(outage.since)
