"""Everything that can go wrong in the lab.

LabError
├── RefusedError             told to the operator, in either language
│   ├── NotRunningError      no lab answers in this folder
│   ├── UnknownTargetError   nothing in the country has this name
│   └── BadRequestError      the control socket was asked something it does not know
├── PacketError              a packet that is no whole IPv4 packet
└── BerError                 bytes that are not BER, or not what SNMP allows
"""

from __future__ import annotations

from configs.messages import messages


class LabError(Exception):
    """Base of all errors of the lab."""


class RefusedError(LabError):
    """`key` names the sentence in the catalogue (below `lab.`), `params` its fields."""

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def text(self, language: str) -> str:
        """What is wrong. Raises LookupError for a language without a catalogue."""
        return messages(language)(f"lab.{self.key}", **self.params)

    def __str__(self) -> str:
        return self.text("en")


class NotRunningError(RefusedError):
    pass


class UnknownTargetError(RefusedError):
    pass


class BadRequestError(RefusedError):
    pass


class PacketError(LabError, ValueError):
    pass


class BerError(LabError, ValueError):
    pass
