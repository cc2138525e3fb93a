"""Why a node gave no usable answer."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """Why a node gave no usable answer. No answer is data, not an exception."""

    TIMEOUT = "timeout"
    REFUSED = "refused"  # port or host unreachable, told by ICMP
    AUTHENTICATION = "authentication"  # wrong passphrase, user, community or SSH key
    GARBAGE = "garbage"  # answered, but not with anything that may be believed
    DEVICE = "device"  # error-status, or a CLI that reports an error
