"""What an agent has to tell: SNMPv2-MIB, IF-, IP-, UPS-, ENTITY-, ENTITY-SENSOR- and LLDP-MIB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain

from lab.ber import (
    COUNTER32,
    COUNTER64,
    GAUGE32,
    INTEGER,
    IP_ADDRESS,
    TIME_TICKS,
    dotted,
    integer,
    octets,
    oid,
    tlv,
)
from lab.device import IN, OUT, TEMPERATURE, UPTIME, VOLTAGE, Device, Port

Ids = tuple[int, ...]
Moving = tuple[int, int]  # (tag, row of the device's matrix)
Value = bytes | Moving
Column = tuple[int, list[Value]]

SYSTEM = dotted("1.3.6.1.2.1.1")
IF_NUMBER = dotted("1.3.6.1.2.1.2.1.0")
IF_TABLE = dotted("1.3.6.1.2.1.2.2.1")
IP_ADDR_TABLE = dotted("1.3.6.1.2.1.4.20.1")
HR_SYSTEM_UPTIME = dotted("1.3.6.1.2.1.25.1.1.0")
UPS = dotted("1.3.6.1.2.1.33.1")
IF_X_TABLE = dotted("1.3.6.1.2.1.31.1.1.1")
ENT_PHYSICAL = dotted("1.3.6.1.2.1.47.1.1.1.1")
ENT_SENSOR = dotted("1.3.6.1.2.1.99.1.1.1")
SNMP_ENGINE = dotted("1.3.6.1.6.3.10.2.1")
LLDP_LOCAL = dotted("1.0.8802.1.1.2.1.3")
LLDP_PORT = dotted("1.0.8802.1.1.2.1.3.7.1")
LLDP_REMOTE = dotted("1.0.8802.1.1.2.1.4.1.1")
LLDP_REMOTE_ADDRESS = dotted("1.0.8802.1.1.2.1.4.2.1")

ROUTER = octets(b"\x08")  # LldpSystemCapabilitiesMap: router(4)
MAC_ADDRESS, INTERFACE_NAME = integer(4), integer(5)  # LldpChassisIdSubtype, LldpPortIdSubtype
TRUE, FALSE, ZERO_OID = integer(1), integer(2), oid((0, 0))

NOTHING = {tag: integer(0, tag) for tag in (COUNTER32, COUNTER64)}

# The same few thousand values recur in all devices: encoded once, and kept once.
_number = lru_cache(16_384)(integer)
_text = lru_cache(16_384)(octets)


@cache
def _instances(prefix: Ids, columns: Ids, indexes: tuple[Ids, ...]) -> tuple[Ids, ...]:
    """Every instance of a table in order; shared by all devices with the same rows."""
    return tuple((*prefix, column, *index) for column in columns for index in indexes)


def _table(
    prefix: Ids, indexes: Sequence[Ids], columns: list[Column]
) -> Iterator[tuple[Ids, Value]]:
    names = _instances(prefix, tuple(column for column, _ in columns), tuple(indexes))
    return zip(names, chain.from_iterable(cells for _, cells in columns), strict=True)


def engine_id(device: Device) -> bytes:
    """RFC 3411 SnmpEngineID: the maker's number, then the chassis' MAC address."""
    enterprise = int(device.model.object_id.split(".")[6])
    return (enterprise | 0x80000000).to_bytes(4, "big") + b"\x03" + device.mac


def objects(device: Device) -> tuple[list[Ids], list[Value]]:
    """Every object of the device, in lexicographic order: names and values."""
    listed = [
        *_lldp(device),
        *_system(device),
        *_interfaces(device),
        *_addresses(device),
        (HR_SYSTEM_UPTIME, (TIME_TICKS, UPTIME)),
        *_extended(device),
        *_ups(device),
        *_entities(device),
        *_sensors(),
        *_engine(device),
    ]
    return [name for name, _ in listed], [value for _, value in listed]


def _system(device: Device) -> Iterator[tuple[Ids, Value]]:
    node, model = device.node, device.model
    descr = model.descr.format(name=node.id, version=device.version)
    values: list[Value] = [
        _text(descr),
        oid(dotted(model.object_id)),
        (TIME_TICKS, UPTIME),
        _text("noc@wan.vn"),
        _text(node.id),
        _text(device.site_name),
        _number(78),
        _number(0, TIME_TICKS),
    ]
    for place, value in enumerate(values, 1):
        yield (*SYSTEM, place, 0), value


def _counter(port: Port, tag: int, row: int) -> Value:
    return NOTHING[tag] if port.row is None else (tag, port.row + row)


def _interfaces(device: Device) -> Iterator[tuple[Ids, Value]]:
    ports = device.ports
    yield IF_NUMBER, _number(len(ports))

    def counters(row: int) -> list[Value]:
        return [_counter(port, COUNTER32, row) for port in ports]

    yield from _table(
        IF_TABLE,
        [(port.index,) for port in ports],
        [
            (1, [_number(port.index) for port in ports]),
            (2, [_text(port.name) for port in ports]),
            (3, [_number(port.type) for port in ports]),
            (4, [_number(1500) for port in ports]),
            (5, [_number(min(port.speed_bps, 0xFFFFFFFF), GAUGE32) for port in ports]),
            (6, [_text(b"" if port.type == 24 else device.mac_of(port)) for port in ports]),
            (7, [TRUE if port.admin_up else FALSE for port in ports]),
            (8, [TRUE if port.up else FALSE for port in ports]),
            (9, [_number(port.changed, TIME_TICKS) for port in ports]),
            (10, counters(IN)),
            (11, counters(IN + 1)),
            (13, counters(IN + 5)),
            (14, counters(IN + 4)),
            (15, [_number(0, COUNTER32) for port in ports]),
            (16, counters(OUT)),
            (17, counters(OUT + 1)),
            (19, counters(OUT + 5)),
            (20, counters(OUT + 4)),
        ],
    )


def _extended(device: Device) -> Iterator[tuple[Ids, Value]]:
    ports = device.ports
    columns: list[Column] = [(1, [_text(port.short) for port in ports])]
    for column, row in ((2, IN + 2), (3, IN + 3), (4, OUT + 2), (5, OUT + 3)):
        columns.append((column, [_counter(port, COUNTER32, row) for port in ports]))
    for column in range(6, 14):  # ifHCInOctets .. ifHCOutBroadcastPkts
        row = IN + column - 6 if column < 10 else OUT + column - 10
        columns.append((column, [_counter(port, COUNTER64, row) for port in ports]))
    columns += [
        (14, [TRUE if port.link else FALSE for port in ports]),
        (15, [_number(port.speed_bps // 1_000_000, GAUGE32) for port in ports]),
        (16, [FALSE for port in ports]),
        (17, [TRUE if port.type == 6 else FALSE for port in ports]),
        (18, [_text(port.alias) for port in ports]),
        (19, [_number(0, TIME_TICKS) for port in ports]),
    ]
    yield from _table(IF_X_TABLE, [(port.index,) for port in ports], columns)


def _address(text: str) -> bytes:
    return bytes(map(int, text.split(".")))


def _addresses(device: Device) -> Iterator[tuple[Ids, Value]]:
    """The loopback's address, by which the node is known."""
    raw = _address(device.node.address)
    yield from _table(
        IP_ADDR_TABLE,
        [tuple(raw)],
        [
            (1, [tlv(IP_ADDRESS, raw)]),
            (2, [_number(device.ports[-1].index)]),
            (3, [tlv(IP_ADDRESS, b"\xff\xff\xff\xff")]),
        ],
    )


def _ups(device: Device) -> Iterator[tuple[Ids, Value]]:
    """The UPS of the site, where the device tells of one: who made it, its battery, and whether
    its output comes from the mains or the battery (RFC 1628)."""
    if device.model.ups:
        yield (*UPS, 1, 1, 0), _text("APC")
        yield (*UPS, 1, 2, 0), _text("Smart-UPS SRT 3000")
        yield (*UPS, 2, 1, 0), _number(2)
        yield (*UPS, 2, 4, 0), _number(100)
        yield (*UPS, 4, 1, 0), _number(5 if device.battery else 3)


def _entities(device: Device) -> Iterator[tuple[Ids, Value]]:
    """A chassis (1) that holds a temperature (2) and a supply voltage sensor (3)."""
    model = device.model
    names = ("Chassis", "Intake temperature", "Supply voltage")
    only_chassis = [_text(""), _text("")]
    yield from _table(
        ENT_PHYSICAL,
        [(1,), (2,), (3,)],
        [
            (2, [_text(f"{model.vendor} {model.part} chassis"), *map(_text, names[1:])]),
            (3, [oid(dotted(model.object_id)), ZERO_OID, ZERO_OID]),
            (4, [_number(0), _number(1), _number(1)]),
            (5, [_number(3), _number(8), _number(8)]),
            (6, [_number(-1), _number(1), _number(2)]),
            (7, list(map(_text, names))),
            (8, [_text("V01"), *only_chassis]),
            (9, [_text(""), *only_chassis]),
            (10, [_text(device.version), *only_chassis]),
            (11, [_text(device.serial), *only_chassis]),
            (12, [_text(model.vendor), *only_chassis]),
            (13, [_text(model.part), *only_chassis]),
            (16, [TRUE, FALSE, FALSE]),
        ],
    )


def _sensors() -> Iterator[tuple[Ids, Value]]:
    """Temperature in tenths of a degree, voltage in millivolts."""
    yield from _table(
        ENT_SENSOR,
        [(2,), (3,)],
        [
            (1, [_number(8), _number(4)]),
            (2, [_number(9), _number(8)]),
            (3, [_number(1), _number(0)]),
            (4, [(INTEGER, TEMPERATURE), (INTEGER, VOLTAGE)]),
            (5, [_number(1), _number(1)]),
            (6, [_text("celsius"), _text("millivolts")]),
            (7, [(TIME_TICKS, UPTIME), (TIME_TICKS, UPTIME)]),
            (8, [_number(0, GAUGE32), _number(0, GAUGE32)]),
        ],
    )


def _engine(device: Device) -> Iterator[tuple[Ids, Value]]:
    yield (*SNMP_ENGINE, 1, 0), _text(engine_id(device))
    yield (*SNMP_ENGINE, 2, 0), _number(device.boots)
    yield (*SNMP_ENGINE, 4, 0), _number(16_384)


def _lldp(device: Device) -> Iterator[tuple[Ids, Value]]:
    """Ourselves, our link ports, and who is at the other end of those that carry."""
    descr = device.model.descr.format(name=device.node.id, version=device.version)
    mine: list[Value] = [
        MAC_ADDRESS,
        _text(device.mac),
        _text(device.node.id),
        _text(descr),
        ROUTER,
        ROUTER,
    ]
    for place, value in enumerate(mine, 1):
        yield (*LLDP_LOCAL, place, 0), value
    ports = [port for port in device.ports if port.link]
    yield from _table(
        LLDP_PORT,
        [(port.index,) for port in ports],
        [
            (2, [INTERFACE_NAME for port in ports]),
            (3, [_text(port.short) for port in ports]),
            (4, [_text(port.name) for port in ports]),
        ],
    )
    seen = [(port.index, port.peer) for port in ports if port.neighbour and port.peer]
    yield from _table(
        LLDP_REMOTE,
        [(0, index, 1) for index, _ in seen],
        [
            (4, [MAC_ADDRESS for _ in seen]),
            (5, [_text(peer.mac) for _, peer in seen]),
            (6, [INTERFACE_NAME for _ in seen]),
            (7, [_text(peer.short) for _, peer in seen]),
            (8, [_text(peer.port) for _, peer in seen]),
            (9, [_text(peer.node) for _, peer in seen]),
            (10, [_text("") for _ in seen]),
            (11, [ROUTER for _ in seen]),
            (12, [ROUTER for _ in seen]),
        ],
    )
    for column, value in ((3, _number(2)), (4, _number(1)), (5, ZERO_OID)):
        for index, peer in seen:
            yield (*LLDP_REMOTE_ADDRESS, column, 0, index, 1, 1, 4, *_address(peer.address)), value
