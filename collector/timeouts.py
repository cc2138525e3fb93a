"""How long a look waits: as long as this node takes to answer, and some."""

from __future__ import annotations

from collections.abc import Iterable

# RFC 6298 §2: gains of the smoothed round trip and of its variation, and weight of the latter.
GAIN, VARIATION_GAIN, VARIATIONS = 1 / 8, 1 / 4, 4.0
SLACK_S = 0.4  # the least beyond the smoothed round trip: what queues and busy agents may add


class Timeouts:
    """The timeout of each node's looks: RFC 6298's, without its backing off, for a late answer
    proves life as well. `most_s` at most, and as long as nothing is known of a node."""

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._known: dict[str, tuple[float, float]] = {}  # smoothed round trip, variation

    def learn(self, node: str, rtt_s: float) -> None:
        """A look was answered, late or not."""
        known = self._known.get(node)
        if known is None:
            self._known[node] = rtt_s, rtt_s / 2
            return
        smoothed, variation = known
        variation += VARIATION_GAIN * (abs(smoothed - rtt_s) - variation)
        self._known[node] = smoothed + GAIN * (rtt_s - smoothed), variation

    def timeout_s(self, node: str) -> float:
        known = self._known.get(node)
        if known is None:
            return self._most_s
        smoothed, variation = known
        return min(smoothed + max(SLACK_S, VARIATIONS * variation), self._most_s)

    def forget(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            self._known.pop(node, None)
