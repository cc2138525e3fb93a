"""What can go wrong here that is not an observation.

CollectorError
├── SetupError                    told to whoever runs the monitor, in either language
│   ├── IcmpPermissionError       this machine lets us open no ICMP socket
│   ├── RosterError               a node cannot be asked as it is declared
│   └── TrapPortError             the port for notifications cannot be had
├── AddressError                  not an IPv4 or IPv6 address
├── UnknownNodeError              nobody is to be asked under that name
├── PlatformError                 no commands are known for this kind of device
├── SshError                      a session over SSH that gave nothing; becomes a sample
│   └── SshTimeoutError           ... because it took too long
├── SnmpError                     a request to a node did not give what was asked; has `failure`
│   ├── SnmpTimeoutError          no answer within the timeout and its retries (a TimeoutError)
│   ├── SnmpUnreachableError      the network said at once that port or host is not there
│   ├── SnmpAuthenticationError   wrong user, passphrase or security level
│   ├── SnmpGarbageError          answered, but never with anything that may be believed
│   │   └── SnmpLengthError       ... because a column has more rows than were allowed
│   └── SnmpDeviceError           the agent itself reported an error-status
├── QuestionError                 nothing that can be asked: a bad OID, half a credential; has
│                                 `failure`
├── MalformedError                octets that are not an SNMP message
├── RefusedError                  a datagram that must not be believed; has `reason`
└── AbandonedError                a believed answer that leaves nothing to ask; has `failure`
"""

from __future__ import annotations

from collector.failure import Failure
from collector.refusal import Refusal
from configs.messages import messages


class CollectorError(Exception):
    """Base of everything that this package raises on purpose."""


class SetupError(CollectorError):
    """`key` names the sentence in the catalogue (below `collector.`), `params` its fields."""

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def text(self, language: str) -> str:
        """What is wrong and what to do. Raises LookupError for a language without a catalogue."""
        return messages(language)(f"collector.{self.key}", **self.params)

    def __str__(self) -> str:
        return self.text("en")


class IcmpPermissionError(SetupError):
    """Neither a raw nor a ping socket may be opened."""


class RosterError(SetupError):
    """The inventory and the credentials do not fit together; names the node and what to do."""


class TrapPortError(SetupError):
    """Somebody else has the port for notifications, or it is not ours to take."""


class AddressError(CollectorError, ValueError):
    """Names are not looked up while polling, so that a node's address must be a number."""


class UnknownNodeError(CollectorError, LookupError):
    """A node that is not in the inventory (any more), or that offers nothing to poll."""


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


class SnmpError(CollectorError):
    """A failed operation on one node. `detail` names the object or the reason, never a secret."""

    failure = Failure.GARBAGE

    def __init__(self, node: str, operation: str, detail: str) -> None:
        super().__init__(f"{node}: {operation}: {detail}")
        self.node = node
        self.operation = operation
        self.detail = detail


class SnmpTimeoutError(SnmpError, TimeoutError):
    failure = Failure.TIMEOUT


class SnmpUnreachableError(SnmpError):
    failure = Failure.REFUSED


class SnmpAuthenticationError(SnmpError):
    failure = Failure.AUTHENTICATION


class SnmpGarbageError(SnmpError):
    failure = Failure.GARBAGE


class SnmpLengthError(SnmpGarbageError):
    """As far as it was read, it may well have been true."""


class SnmpDeviceError(SnmpError):
    failure = Failure.DEVICE


SNMP_ERRORS: dict[Failure, type[SnmpError]] = {
    error.failure: error
    for error in (
        SnmpTimeoutError,
        SnmpUnreachableError,
        SnmpAuthenticationError,
        SnmpGarbageError,
        SnmpDeviceError,
    )
}


class QuestionError(CollectorError, ValueError):
    """What is wrong with an OID or a credential, and what to write instead; never the secret."""

    failure = Failure.AUTHENTICATION


class MalformedError(CollectorError):
    """Octets that are not SNMP: what was found instead."""


class RefusedError(CollectorError):
    """A datagram that was looked at and not believed; whoever asked keeps waiting.

    `failure` is what the request failed of if nothing better comes; `final` says that asking
    again would bring the same.
    """

    def __init__(
        self,
        reason: Refusal,
        detail: str = "",
        failure: Failure = Failure.GARBAGE,
        final: bool = False,
    ) -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.failure = failure
        self.final = final


class AbandonedError(CollectorError):
    """A conversation that cannot go on: the agent said so, or its answers have no end."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
