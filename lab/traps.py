"""Notifications that the fleet sends by itself: linkDown, linkUp, coldStart (RFC 3418, IF-MIB)."""

from __future__ import annotations

import random
from collections.abc import Iterable

from lab import ber
from lab.device import Device, Port
from lab.fleet import Changes, Fleet
from lab.mib import IF_TABLE, SYSTEM
from lab.replay import Replay

COLD_START, LINK_DOWN, LINK_UP = 1, 3, 4
SNMP_TRAPS = (1, 3, 6, 1, 6, 3, 1, 1, 5)
SNMP_TRAP_OID = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
SYS_UP_TIME = (*SYSTEM, 3, 0)


def notification(
    device: Device | Replay, kind: int, port: Port | None, request_id: int, t: float
) -> bytes:
    """The SNMPv2-Trap-PDU of a device; `port` is what linkDown and linkUp are about."""
    bindings = [
        (SYS_UP_TIME, ber.integer(device.uptime(t) & 0xFFFFFFFF, ber.TIME_TICKS)),
        (SNMP_TRAP_OID, ber.oid((*SNMP_TRAPS, kind))),
    ]
    if port:
        for column, value in (
            (1, port.index),
            (7, 1 if port.admin_up else 2),
            (8, 1 + (not port.up)),
        ):
            bindings.append(((*IF_TABLE, column, port.index), ber.integer(value)))
    listed = ber.sequence(*(ber.sequence(ber.oid(name), value) for name, value in bindings))
    head = ber.integer(request_id) + ber.integer(0) + ber.integer(0)
    return ber.tlv(ber.TRAP2, head + listed)


def messages(fleet: Fleet, changes: Changes) -> Iterable[tuple[str, bytes]]:
    """(sender's address, message) of all that the reachable nodes have to tell about a change."""
    t = fleet.clock.now()
    told: list[tuple[Device | Replay, int, Port | None]]
    told = [(device, COLD_START, None) for device in changes.started]
    told += [(device, LINK_UP if port.up else LINK_DOWN, port) for device, port in changes.ports]
    for device, kind, port in told:
        session = fleet.session(device.node)
        if session and not fleet.is_silent(device.node):
            request_id = random.getrandbits(31)
            pdu = notification(device, kind, port, request_id, t)
            yield device.node.address, session.notification(pdu, request_id, t)
