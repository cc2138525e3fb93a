"""What can go wrong here that is not an observation.

CollectorError
├── IcmpPermissionError      this machine lets us open no ICMP socket
└── AddressError          not an IPv4 or IPv6 address
"""

from __future__ import annotations


class CollectorError(Exception):
    """Base of everything that this package raises on purpose."""


class IcmpPermissionError(CollectorError):
    """Neither a raw nor a ping socket may be opened."""


class AddressError(CollectorError, ValueError):
    """Names are not looked up while polling, so that a node's address must be a number."""


class PlatformError(CollectorError):
    """Which commands to ask a device over SSH is not known, or is not said properly."""
