"""What the engine counts, for the exporter to read at any time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Refusal(StrEnum):
    """Why a datagram was not believed."""

    SOURCE = "source"  # from an address and port that nothing was asked of
    REQUEST_ID = "request_id"  # late beyond its request, repeated or guessed
    MALFORMED = "malformed"
    VERSION = "version"
    COMMUNITY = "community"
    PDU_TYPE = "pdu_type"
    OIDS = "oids"  # objects that were not asked for
    ORDER = "order"  # objects that do not follow in order, as in a loop
    ENGINE = "engine"
    USER = "user"
    CONTEXT = "context"
    SECURITY_LEVEL = "security_level"  # unauthenticated or in plaintext where that is not allowed
    MAC_MISSING = "mac_missing"
    MAC_WRONG = "mac_wrong"
    TIME_WINDOW = "time_window"
    DECRYPTION = "decryption"
    REPORT = "report"  # an unauthenticated complaint, believed only if nothing better comes


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
