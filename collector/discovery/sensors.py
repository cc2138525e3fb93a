"""Everything that a device measures: by standard tables, and by rules for those of its maker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from collector.discovery import octets
from collector.discovery.entity import Part
from collector.discovery.entitysensors import entity_sensors
from collector.discovery.naming import Names, columns_of, fits, said_of
from collector.discovery.reading import Reading
from collector.discovery.scale import Scale
from collector.discovery.thresholds import NORMAL, normal_range, severity
from collector.gauge import Gauge, Term
from collector.sensor import STATE, Sensor
from collector.snmp.ber import Value
from configs.devicerules import Limit, SensorTable


async def sensors(
    reading: Reading, tables: Sequence[SensorTable], names: Names, parts: Mapping[int, Part]
) -> tuple[Sensor, ...]:
    """Each object once for each quantity."""
    await reading.want(columns_of(tables))
    found: dict[tuple[str, str], Sensor] = {}
    for sensor in await entity_sensors(reading, parts):
        found[sensor.quantity, sensor.oid] = sensor
    for table in tables:
        if table.unless and await reading.column(table.unless):
            continue
        for index, value in (await reading.column(table.oid)).items():
            measured = await _sensor(reading, table, names, index, value)
            if measured is not None:
                found.setdefault((measured.quantity, measured.oid), measured)
    return tuple(found.values())


async def _sensor(
    reading: Reading, table: SensorTable, names: Names, index: str, value: Value
) -> Sensor | None:
    words = tuple((word, float(code)) for word, code in table.words.items())
    number = octets.worded(value, words) if words else octets.number(value, table.match)
    if number is None or octets.text(value) in table.skip:
        return None
    if not re.search(table.index, index) or not await fits(reading, table, index):
        return None
    name = await names.of(table.description, index)
    oid = table.oid if table.oid.endswith(".0") else f"{table.oid}.{index}"
    term = Term(oid, 1.0, table.match, table.skip, textual=isinstance(value, bytes), words=words)
    if table.quantity == STATE:
        alarm = int(number) in table.bad if table.bad else None
        gauge = Gauge((term,), states=tuple(table.states.items()), bad=table.bad)
        return Sensor(STATE, name, number, oid, table.states.get(int(number), ""), alarm, gauge)
    scale = Scale.of(table, await _digits(reading, table, index))
    measured = scale.value(number)
    if measured is None:
        return None
    dead = names.of_a_dead_port(table.description, index)
    limits = {} if dead else await _limits(reading, table, index, scale)
    status = severity(measured, limits)
    gauge = replace(scale.gauge(term), normal=normal_range(limits))
    alarm = status != NORMAL if status else None
    return Sensor(table.quantity, name, measured, oid, status, alarm, gauge)


async def _digits(reading: Reading, table: SensorTable, index: str) -> int:
    """How many decimals the numbers of a row have."""
    if not table.digits:
        return 0
    return octets.integer(await said_of(reading, table.digits, index)) or 0


async def _limits(
    reading: Reading, table: SensorTable, index: str, scale: Scale
) -> dict[Limit, float]:
    found: dict[Limit, float] = {}
    for limit, oid in table.limits.items():
        number = octets.number(await said_of(reading, oid, index), table.match)
        value = None if number is None else scale.value(number)
        if value is not None:
            found[limit] = value
    return found
