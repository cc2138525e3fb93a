"""Notifications that the fleet sends by itself: linkDown, linkUp, coldStart (RFC 3418, IF-MIB), and
upsTrapOnBattery and the end of that alarm (RFC 1628)."""

from __future__ import annotations

import random
from collections.abc import Iterable

from lab import ber
from lab.device import Device, Port
from lab.fleet import Changes, Fleet
from lab.mib import IF_TABLE, SYSTEM, UPS, Ids
from lab.replay import Replay

SNMP_TRAPS = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START, LINK_DOWN, LINK_UP = ((*SNMP_TRAPS, n) for n in (1, 3, 4))
UPS_TRAPS = (1, 3, 6, 1, 2, 1, 33, 2)
ON_BATTERY, ALARM_REMOVED = (*UPS_TRAPS, 1), (*UPS_TRAPS, 4)
SNMP_TRAP_OID = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
SYS_UP_TIME = (*SYSTEM, 3, 0)


def notification(
    device: Device | Replay, kind: Ids, port: Port | None, request_id: int, t: float
) -> bytes:
    """The SNMPv2-Trap-PDU of a device; `port` is what linkDown and linkUp are about."""
    bindings = [
        (SYS_UP_TIME, ber.integer(device.uptime(t) & 0xFFFFFFFF, ber.TIME_TICKS)),
        (SNMP_TRAP_OID, ber.oid(kind)),
    ]
    if kind == ON_BATTERY:  # minutes left, seconds on battery, minutes that count as low
        for place, value in (((2, 3), 40), ((2, 2), 0), ((9, 7), 5)):
            bindings.append(((*UPS, *place, 0), ber.integer(value)))
    elif kind == ALARM_REMOVED:  # upsAlarmId, upsAlarmDescr: upsAlarmOnBattery
        bindings.append(((*UPS, 6, 2, 1, 1, 1), ber.integer(1)))
        bindings.append(((*UPS, 6, 2, 1, 2, 1), ber.oid((*UPS, 6, 3, 2))))
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
    told: list[tuple[Device | Replay, Ids, Port | None]]
    told = [(device, COLD_START, None) for device in changes.started]
    told += [(device, LINK_UP if port.up else LINK_DOWN, port) for device, port in changes.ports]
    told += [(made, ON_BATTERY if made.battery else ALARM_REMOVED, None) for made in changes.mains]
    for device, kind, port in told:
        session = fleet.session(device.node)
        if session and not fleet.is_silent(device.node):
            request_id = random.getrandbits(31)
            pdu = notification(device, kind, port, request_id, t)
            yield device.node.address, session.notification(pdu, request_id, t)
