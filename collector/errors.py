"""What can go wrong here that is not an observation.

CollectorError
├── IcmpPermissionError   this machine lets us open no ICMP socket
├── AddressError          not an IPv4 or IPv6 address
├── PlatformError         no commands are known for this kind of device
└── SshError              a session over SSH that gave nothing; becomes a sample
    └── SshTimeoutError   ... because it took too long
"""

from __future__ import annotations

from collector.sample import Failure


class CollectorError(Exception):
    """Base of everything that this package raises on purpose."""


class IcmpPermissionError(CollectorError):
    """Neither a raw nor a ping socket may be opened."""


class AddressError(CollectorError, ValueError):
    """Names are not looked up while polling, so that a node's address must be a number."""


class PlatformError(CollectorError):
    """Which commands to ask a device over SSH is not known, or is not said properly."""


class SshError(CollectorError):
    """Why a session gave nothing, told without any secret."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


class SshTimeoutError(SshError, TimeoutError):
    """The session's deadline passed."""

    def __init__(self, detail: str) -> None:
        super().__init__(Failure.TIMEOUT, detail)
