"""Everything that a device measures: by standard tables, and by rules for those of its maker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from collector.discovery import octets
from collector.discovery.entity import Part
from collector.discovery.entitysensors import entity_sensors
from collector.discovery.gauge import Gauge, Term
from collector.discovery.naming import Names, columns_of, fits
from collector.discovery.reading import Reading
from collector.discovery.sensor import STATE, Sensor
from collector.snmp.ber import Value
from configs.devicerules import SensorTable


async def sensors(
    reading: Reading, tables: Sequence[SensorTable], names: Names, parts: Mapping[int, Part]
) -> tuple[Sensor, ...]:
    """Each object once for each quantity."""
    await reading.want(columns_of(tables))
    found: dict[tuple[str, str], Sensor] = {}
    for sensor in await entity_sensors(reading, parts):
        found[sensor.quantity, sensor.oid] = sensor
    for table in tables:
        for index, value in (await reading.column(table.oid)).items():
            measured = await _sensor(reading, table, names, index, value)
            if measured is not None:
                found.setdefault((measured.quantity, measured.oid), measured)
    return tuple(found.values())


async def _sensor(
    reading: Reading, table: SensorTable, names: Names, index: str, value: Value
) -> Sensor | None:
    number = octets.number(value, table.match)
    if number is None or octets.text(value) in table.skip:
        return None
    if not re.search(table.index, index) or not await fits(reading, table, index):
        return None
    name = await names.of(table.description, index)
    oid = table.oid if table.oid.endswith(".0") else f"{table.oid}.{index}"
    textual = isinstance(value, bytes)
    if table.quantity == STATE:
        alarm = int(number) in table.bad if table.bad else None
        term = Term(oid, 1.0, table.match, table.skip, textual=textual)
        gauge = Gauge((term,), states=tuple(table.states.items()), bad=table.bad)
        return Sensor(STATE, name, number, oid, table.states.get(int(number), ""), alarm, gauge)
    scaled = number * table.multiplier / table.divisor
    factor = table.multiplier / table.divisor
    gauge = Gauge((Term(oid, factor, table.match, table.skip, textual=textual),))
    return Sensor(table.quantity, name, scaled, oid, gauge=gauge)
