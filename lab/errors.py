"""Everything that can go wrong in the lab.

LabError
├── NotRunningError      no lab answers in this folder
├── UnknownTargetError   nothing in the country has this name
├── BadRequestError      the control socket was asked something it does not know
├── PacketError          a packet that is no whole IPv4 packet
└── BerError             bytes that are not BER, or not what SNMP allows
"""

from __future__ import annotations


class LabError(Exception):
    """Base of all errors of the lab."""


class NotRunningError(LabError):
    pass


class UnknownTargetError(LabError):
    pass


class BadRequestError(LabError):
    pass


class PacketError(LabError, ValueError):
    pass


class BerError(LabError, ValueError):
    pass
