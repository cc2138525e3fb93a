"""The interfaces of a device (IF-MIB, RFC 2863)."""

from __future__ import annotations

from collector.discovery import octets
from collector.discovery.reading import Reading
from collector.portrait import Port
from collector.snmp.ber import Value

COLUMNS = {
    "descr": "1.3.6.1.2.1.2.2.1.2",
    "type": "1.3.6.1.2.1.2.2.1.3",
    "speed": "1.3.6.1.2.1.2.2.1.5",
    "mac": "1.3.6.1.2.1.2.2.1.6",
    "admin": "1.3.6.1.2.1.2.2.1.7",
    "oper": "1.3.6.1.2.1.2.2.1.8",
    "name": "1.3.6.1.2.1.31.1.1.1.1",
    "high_speed": "1.3.6.1.2.1.31.1.1.1.15",
    "alias": "1.3.6.1.2.1.31.1.1.1.18",
}
STATES = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "notPresent",
    7: "lowerLayerDown",
}
SPEED_FULL = 2**32 - 1  # ifSpeed where the speed does not fit into it


async def ports(reading: Reading) -> dict[int, Port]:
    """dict[ifIndex, Port]."""
    table = await reading.table(COLUMNS)
    found = {}
    for index, row in table.items():
        if not index.isdigit() or not {"descr", "name"} & row.keys():
            continue
        description = octets.text(row.get("descr"))
        mac = row.get("mac")
        found[int(index)] = Port(
            int(index),
            octets.text(row.get("name")) or description,
            description,
            octets.text(row.get("alias")),
            octets.integer(row.get("type")) or 0,
            octets.hexadecimal(mac) if isinstance(mac, bytes) else "",
            speed_bps(row),
            state(row.get("admin")),
            state(row.get("oper")),
        )
    return found


def speed_bps(row: dict[str, Value]) -> int | None:
    """ifHighSpeed is in megabits and 0 where a link is slower than one."""
    speed, high = octets.integer(row.get("speed")), octets.integer(row.get("high_speed"))
    if high and (speed is None or speed == SPEED_FULL or speed < high * 1_000_000):
        return high * 1_000_000
    return speed


def state(value: Value) -> str:
    """The name of ifAdminStatus or ifOperStatus, "" for none."""
    code = octets.integer(value)
    return STATES.get(code, "") if code is not None else ""
