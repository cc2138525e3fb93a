"""Why a datagram was not believed."""

from __future__ import annotations

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
