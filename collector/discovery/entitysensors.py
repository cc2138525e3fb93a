"""Sensors in ENTITY-SENSOR-MIB (RFC 3433) and in Cisco's table that came before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collector.discovery import octets
from collector.discovery.entity import Part
from collector.discovery.reading import Reading
from collector.discovery.thresholds import NORMAL, normal_range, severity
from collector.gauge import Gauge, Term
from collector.sensor import Sensor
from collector.snmp.ber import Value
from configs.devicerules import Limit

STANDARD, CISCO = "1.3.6.1.2.1.99.1.1.1", "1.3.6.1.4.1.9.9.91.1.1.1.1"
THRESHOLDS = "1.3.6.1.4.1.9.9.91.1.2.1.1"  # CISCO-ENTITY-SENSOR-MIB::entSensorThresholdTable
THRESHOLD_COLUMNS = {"severity": f"{THRESHOLDS}.2", "crossed": f"{THRESHOLDS}.5"}
ARISTA = "1.3.6.1.4.1.30065.3.12.1.1.1"  # ARISTA-ENTITY-SENSOR-MIB, in the units of the standard
ARISTA_LIMITS: tuple[Limit, ...] = ("low_warning", "low_critical", "high_warning", "high_critical")
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
LARGEST_SCALE, LARGEST_PRECISION = 17, 9
UNITS_SCALE = 9  # EntitySensorDataScale: units(9), each step a thousand
OK = 1  # EntitySensorStatus
ABSENT_VALUES = (-1_000_000_000, 1_000_000_000)  # EntitySensorValue: under and over its range


async def entity_sensors(reading: Reading, parts: Mapping[int, Part]) -> list[Sensor]:
    """The sensors that work, of both tables, with the worst threshold that is crossed."""
    found = []
    crossed = await crossings(reading)
    limits = await reading.table({n: f"{ARISTA}.{c}" for c, n in enumerate(ARISTA_LIMITS, 1)})
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
                worst, objects = crossed[index]
                status = SEVERITIES.get(worst, NORMAL)
                gauge = replace(sensor.gauge, crossed=objects) if sensor.gauge else None
                sensor = replace(sensor, status=status, alarm=worst > 0, gauge=gauge)
            elif index in limits:
                sensor = judged(sensor, scaled(limits[index], row))
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
    part = parts.get(int(index)) if index.isdigit() else None
    name = (part.name or part.descr) if part else ""
    working = f"{oid.rpartition('.4.')[0]}.5.{index}" if row.get("status") is not None else ""
    gauge = Gauge((Term(oid, factor(row), skip=tuple(map(str, ABSENT_VALUES))),), working=working)
    return Sensor(quantity, name or index, raw * factor(row), oid, gauge=gauge)


def factor(row: Mapping[str, Value]) -> float:
    """What turns the numbers of a row into units; scales that the MIB does not have are none."""
    scale = octets.integer(row.get("scale")) or UNITS_SCALE
    precision = octets.integer(row.get("precision")) or 0
    if not 1 <= scale <= LARGEST_SCALE:
        scale = UNITS_SCALE
    if not 0 < precision <= LARGEST_PRECISION:
        precision = 0  # below zero it counts the digits that are accurate (RFC 3433 §3.1)
    return float(1000.0 ** (scale - UNITS_SCALE) / 10.0**precision)


def scaled(limits: Mapping[str, Value], row: Mapping[str, Value]) -> dict[Limit, float]:
    """The thresholds of a sensor in its unit."""
    found: dict[Limit, float] = {}
    for name in ARISTA_LIMITS:
        raw = octets.integer(limits.get(name))
        if raw is not None and raw not in ABSENT_VALUES:
            found[name] = raw * factor(row)
    return found


def judged(sensor: Sensor, limits: Mapping[Limit, float]) -> Sensor:
    """The sensor with what its thresholds say of it."""
    status = severity(sensor.value, limits)
    if not status or sensor.gauge is None:
        return sensor
    gauge = replace(sensor.gauge, normal=normal_range(limits))
    return replace(sensor, status=status, alarm=status != NORMAL, gauge=gauge)
