"""What the engine counts, for the exporter to read at any time."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.refusal import Refusal


@dataclass(slots=True)
class SnmpStats:
    """Counters since the start; `waiting`, `in_flight` and `patience_ratio`, by which all timeouts
    are stretched now, are gauges. `late`: answers that came after their timeout."""

    requests: int = 0
    replies: int = 0
    retries: int = 0
    timeouts: int = 0
    late: int = 0
    unreachable: int = 0
    sent_octets: int = 0
    received_octets: int = 0
    fast_replies: int = 0  # replies whose shape was known
    reports: dict[str, int] = field(default_factory=dict)  # by usmStats name
    refused: dict[Refusal, int] = field(default_factory=lambda: dict.fromkeys(Refusal, 0))
    waiting: int = 0
    in_flight: int = 0
    patience_ratio: float = 1.0
