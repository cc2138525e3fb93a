"""Sensors in ENTITY-SENSOR-MIB (RFC 3433) and in Cisco's table that came before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collector.discovery import octets
from collector.discovery.entity import Part
from collector.discovery.gauge import Gauge, Term
from collector.discovery.reading import Reading
from collector.discovery.sensor import Sensor
from collector.snmp.ber import Value

STANDARD, CISCO = "1.3.6.1.2.1.99.1.1.1", "1.3.6.1.4.1.9.9.91.1.1.1.1"
THRESHOLDS = "1.3.6.1.4.1.9.9.91.1.2.1.1"  # CISCO-ENTITY-SENSOR-MIB::entSensorThresholdTable
THRESHOLD_COLUMNS = {"severity": f"{THRESHOLDS}.2", "crossed": f"{THRESHOLDS}.5"}
SEVERITIES = {1: "other", 10: "minor", 20: "major", 30: "critical"}
CROSSED = 1  # TruthValue
QUANTITIES = {  # EntitySensorDataType, with Cisco's dBm
    3: "voltage",
    4: "voltage",
    5: "current",
    6: "power",
    7: "frequency",
    8: "temperature",
    9: "humidity",
    10: "fanspeed",
    11: "airflow",
    14: "dbm",
}
UNITS_SCALE = 9  # EntitySensorDataScale: units(9), each step a thousand
OK = 1  # EntitySensorStatus
ABSENT_VALUES = (-1_000_000_000, 1_000_000_000)  # EntitySensorValue: under and over its range


async def entity_sensors(reading: Reading, parts: Mapping[int, Part]) -> list[Sensor]:
    """The sensors that work, of both tables, with the worst threshold that is crossed."""
    found = []
    crossed = await crossings(reading)
    for table in (STANDARD, CISCO):
        columns = {
            key: f"{table}.{column}"
            for column, key in enumerate(("type", "scale", "precision", "value", "status"), 1)
        }
        rows = await reading.table(columns)
        for index, row in rows.items():
            sensor = measured(f"{table}.4.{index}", index, row, parts)
            if sensor is None:
                continue
            if table == CISCO and index in crossed:
                severity, objects = crossed[index]
                status = SEVERITIES.get(severity, "normal")
                gauge = replace(sensor.gauge, crossed=objects) if sensor.gauge else None
                sensor = replace(sensor, status=status, alarm=severity > 0, gauge=gauge)
            found.append(sensor)
    return found


async def crossings(reading: Reading) -> dict[str, tuple[int, tuple[str, ...]]]:
    """dict[index of a sensor, (worst severity of a threshold that is crossed, or 0; the objects
    that tell whether one is)]."""
    worst: dict[str, tuple[int, tuple[str, ...]]] = {}
    for index, row in (await reading.table(THRESHOLD_COLUMNS)).items():
        sensor = index.rpartition(".")[0]
        is_crossed = octets.integer(row.get("crossed")) == CROSSED
        severity = octets.integer(row.get("severity")) or 0
        before, objects = worst.get(sensor, (0, ()))
        oid = f"{THRESHOLD_COLUMNS['crossed']}.{index}"
        worst[sensor] = max(before, severity if is_crossed else 0), (*objects, oid)
    return worst


def measured(
    oid: str, index: str, row: Mapping[str, Value], parts: Mapping[int, Part]
) -> Sensor | None:
    """The sensor of a row; None for what measures nothing that we know or does not work."""
    quantity = QUANTITIES.get(octets.integer(row.get("type")) or 0)
    raw = octets.integer(row.get("value"))
    if quantity is None or raw is None or raw in ABSENT_VALUES:
        return None
    if octets.integer(row.get("status")) not in (OK, None):
        return None
    scale = octets.integer(row.get("scale")) or UNITS_SCALE
    precision = octets.integer(row.get("precision")) or 0
    factor = 1000.0 ** (scale - UNITS_SCALE) / 10.0**precision
    part = parts.get(int(index)) if index.isdigit() else None
    name = (part.name or part.descr) if part else ""
    working = f"{oid.rpartition('.4.')[0]}.5.{index}" if row.get("status") is not None else ""
    gauge = Gauge((Term(oid, factor, skip=tuple(map(str, ABSENT_VALUES))),), working=working)
    return Sensor(quantity, name or index, raw * factor, oid, gauge=gauge)
