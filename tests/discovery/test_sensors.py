"""What a device measures."""

from __future__ import annotations

import pytest

from collector.discovery import entity
from collector.discovery.naming import Names
from collector.discovery.reading import Reading
from collector.discovery.sensor import Sensor
from collector.discovery.sensors import sensors
from collector.snmp.ber import Value
from configs.devicerules import SensorTable, built_in_rules
from tests.discovery.recorded import HERE, Recorded

SENSOR = "1.3.6.1.2.1.99.1.1.1"
CELSIUS, MILLI, UNITS = 8, 8, 9


async def found(values: dict[str, Value], *tables: SensorTable) -> list[Sensor]:
    reading = Reading(Recorded(values), HERE)
    parts = await entity.parts(reading)
    return list(await sensors(reading, tables, Names(reading, {}, parts), parts))


def entity_sensor(scale: int, precision: int, value: int, status: int = 1) -> dict[str, Value]:
    row = (CELSIUS, scale, precision, value, status)
    return {
        "1.3.6.1.2.1.47.1.1.1.1.7.5": b"Inlet",
        **{f"{SENSOR}.{column}.5": cell for column, cell in enumerate(row, 1)},
    }


@pytest.mark.parametrize(
    ("scale", "precision", "raw"), [(UNITS, 0, 42), (UNITS, 1, 420), (MILLI, 0, 42_000)]
)
async def test_scale_and_precision_bring_an_entity_sensor_to_its_unit(
    scale: int, precision: int, raw: int
) -> None:
    (sensor,) = await found(entity_sensor(scale, precision, raw))
    assert (sensor.quantity, sensor.description, sensor.unit) == ("temperature", "Inlet", "°C")
    assert sensor.value == pytest.approx(42)
    assert sensor.oid == f"{SENSOR}.4.5"


async def test_an_entity_sensor_that_does_not_work_is_left_out() -> None:
    assert await found(entity_sensor(UNITS, 0, 42, status=2)) == []


async def test_a_column_gives_a_sensor_a_row_in_its_unit() -> None:
    table = SensorTable("voltage", "1.1.1", divisor=10, description="{1.1.2} of {index}")
    (sensor,) = await found({"1.1.1.3": 2305, "1.1.2.3": b"Phase A"}, table)
    assert sensor == Sensor("voltage", "Phase A of 3", 230.5, "1.1.1.3")


async def test_an_instance_keeps_its_object_identifier() -> None:
    (sensor,) = await found({"1.1.1.0": 7}, SensorTable("count", "1.1.1.0", description="Users"))
    assert sensor == Sensor("count", "Users", 7, "1.1.1.0")


async def test_values_that_mean_nothing_is_there_are_left_out() -> None:
    table = SensorTable("temperature", "1.1.1", skip=("-1",))
    assert [s.value for s in await found({"1.1.1.1": -1, "1.1.1.2": 30}, table)] == [30]


async def test_rows_are_chosen_by_another_column_and_by_their_index() -> None:
    values: dict[str, Value] = {"1.1.1.1": 30, "1.1.1.2": 40, "1.1.2.1": b"C", "1.1.2.2": b"rpm"}
    by_column = SensorTable("temperature", "1.1.1", only={"1.1.2": "^C$"})
    by_index = SensorTable("fanspeed", "1.1.1", index="^2$")
    assert [(s.quantity, s.value) for s in await found(values, by_column, by_index)] == [
        ("temperature", 30),
        ("fanspeed", 40),
    ]


async def test_a_number_is_found_in_a_sentence() -> None:
    table = SensorTable("temperature", "1.1.1", match=r": (\d+) C")
    (sensor,) = await found({"1.1.1.1": b"CPU Temperature: 61 C 141.80F"}, table)
    assert sensor.value == 61


@pytest.mark.parametrize(("raw", "status", "alarm"), [(1, "ok", False), (2, "failed", True)])
async def test_a_state_has_a_name_and_says_whether_to_look(
    raw: int, status: str, alarm: bool
) -> None:
    table = SensorTable("state", "1.1.1", states={1: "ok", 2: "failed"}, bad=(2,))
    (sensor,) = await found({"1.1.1.1": raw}, table)
    assert (sensor.value, sensor.status, sensor.alarm) == (raw, status, alarm)


def test_every_bad_state_of_the_built_in_rules_has_a_name() -> None:
    for file in built_in_rules():
        for table in file.sensors:
            assert set(table.bad) <= table.states.keys(), table.oid
            assert table.quantity == "state" or not table.states, table.oid
