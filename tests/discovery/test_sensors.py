"""What a device measures."""

from __future__ import annotations

from math import inf

import pytest

from collector.discovery import entity
from collector.discovery.naming import Names
from collector.discovery.reading import Reading
from collector.discovery.sensors import sensors
from collector.portrait import Port
from collector.reckoning import Reckoning
from collector.sample import Layout, Readings, Series
from collector.sensor import Sensor
from collector.snmp.ber import Value
from configs.devicerules import GivenIn, SensorTable, built_in_rules
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
    ("scale", "precision", "raw"),
    [(UNITS, 0, 42), (UNITS, 1, 420), (MILLI, 0, 42_000), (UNITS, -2, 42), (MILLI, -3, 42_000)],
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


async def test_an_instance_speaks_for_every_row() -> None:
    values: dict[str, Value] = {"1.1.1.1": 68, "1.1.1.2": 50}
    table = SensorTable("temperature", "1.1.1", given_in="fahrenheit", only={"1.1.2.0": "^0$"})
    assert [s.value for s in await found(values | {"1.1.2.0": 0}, table)] == pytest.approx([20, 10])
    assert await found(values | {"1.1.2.0": 1}, table) == []


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


async def test_a_sensor_is_judged_by_the_thresholds_of_its_row() -> None:
    table = SensorTable(
        "temperature",
        "1.1.1",
        divisor=10,
        limits={"high_warning": "1.1.2", "high_critical": "1.1.3"},
    )
    values: dict[str, Value] = {"1.1.1.4": 650, "1.1.2.4": 600, "1.1.3.4": 700, "1.1.1.5": 650}
    with_limits, without = await found(values, table)
    assert (with_limits.status, with_limits.alarm) == ("warning", True)
    assert with_limits.gauge is not None
    assert with_limits.gauge.normal == (-inf, 60)
    assert (without.status, without.alarm) == ("", None)


async def test_the_lanes_of_a_port_have_the_thresholds_of_the_port() -> None:
    table = SensorTable("dbm", "1.1.1", divisor=100, limits={"low_critical": "1.1.2"})
    (lane,) = await found({"1.1.1.7.1": -1500, "1.1.2.7": -1400}, table)
    assert lane.status == "critical"


@pytest.mark.parametrize(("oper_status", "status"), [("up", "critical"), ("down", "")])
async def test_nobody_misses_the_light_of_a_port_that_does_not_run(
    oper_status: str, status: str
) -> None:
    table = SensorTable(
        "dbm", "1.1.1", description="{port} lane {last}", limits={"low_critical": "1.1.2"}
    )
    reading = Reading(Recorded({"1.1.1.7.3": -40, "1.1.2.7": -14}), HERE)
    port = Port(7, "ge-0/0/7", "", "", 6, "", None, "up", oper_status)
    (sensor,) = await sensors(reading, [table], Names(reading, {7: port}, {}), {})
    assert (sensor.description, sensor.status) == ("ge-0/0/7 lane 3", status)


@pytest.mark.parametrize(
    ("given_in", "quantity", "raw", "value"),
    [
        ("fahrenheit", "temperature", 212, 100),
        ("milliwatt", "dbm", 2, 3.0103),
        ("microwatt", "dbm", 500, -3.0103),
    ],
)
async def test_other_units_become_ours(
    given_in: GivenIn, quantity: str, raw: int, value: float
) -> None:
    table = SensorTable(quantity, "1.1.1", given_in=given_in)
    (sensor,) = await found({"1.1.1.1": raw}, table)
    assert sensor.value == pytest.approx(value, abs=1e-4)


async def test_no_light_has_no_logarithm() -> None:
    assert await found({"1.1.1.1": 0}, SensorTable("dbm", "1.1.1", given_in="microwatt")) == []


async def test_each_row_tells_how_many_decimals_it_has() -> None:
    table = SensorTable("current", "1.1.1", digits="1.1.2", limits={"high_critical": "1.1.3"})
    values: dict[str, Value] = {
        "1.1.1.1": 1234,
        "1.1.2.1": 2,
        "1.1.3.1": 1200,
        "1.1.1.2": 7,
        "1.1.2.2": -3,
    }
    first, second = await found(values, table)
    assert (first.value, first.status, second.value) == (12.34, "critical", 7)


async def test_a_state_that_is_told_in_words_has_its_number() -> None:
    table = SensorTable(
        "state", "1.1.1", words={"active": 5, "suspended": 1}, states={5: "active"}, bad=(1,)
    )
    values: dict[str, Value] = {"1.1.1.1": b"Active", "1.1.1.2": b"disabled", "1.1.1.3": b""}
    (sensor,) = await found(values, table)
    assert (sensor.value, sensor.status, sensor.alarm) == (5, "active", False)
    assert sensor.gauge is not None
    layout = Layout("m", (), (Series("1.1.1.1"),))
    for said, number in (("suspended", 1), ("disabled", None)):
        raw = Readings("n", 0.0, 0.0, layout, [], (said,))
        assert Reckoning(layout).value(sensor.gauge, raw) == number


async def test_numbers_that_cannot_be_measurements_are_left_out() -> None:
    table = SensorTable("temperature", "1.1.1", at_least=-50, at_most=150)
    values: dict[str, Value] = {"1.1.1.1": 2147483647, "1.1.1.2": -51, "1.1.1.3": 20}
    assert [s.value for s in await found(values, table)] == [20]


async def test_a_rough_object_counts_only_without_the_fine_one() -> None:
    fine = SensorTable("charge", "1.1.1.0", divisor=10)
    rough = SensorTable("charge", "1.1.2.0", unless="1.1.1.0")
    both = await found({"1.1.1.0": 995, "1.1.2.0": 99}, fine, rough)
    assert [s.value for s in both] == [99.5]
    assert [s.value for s in await found({"1.1.2.0": 99}, fine, rough)] == [99]


async def test_what_a_poll_reads_is_what_the_survey_read() -> None:
    tables = (
        SensorTable("temperature", "1.1.1", given_in="fahrenheit", at_most=500),
        SensorTable("dbm", "1.1.2", given_in="microwatt", limits={"low_critical": "1.1.3"}),
    )
    values: dict[str, Value] = {"1.1.1.1": 86, "1.1.2.1": 100, "1.1.3.1": 200}
    sensors_found = await found(values, *tables)
    layout = Layout("m", tuple(Series(oid) for oid in values), ())
    raw = Readings("n", 0.0, 0.0, layout, [float(str(v)) for v in values.values()], ())
    for sensor in sensors_found:
        assert sensor.gauge is not None
        read = Reckoning(layout).value(sensor.gauge, raw)
        assert read == pytest.approx(sensor.value)
        assert Reckoning(layout).alarm(sensor.gauge, raw, sensor.value) is bool(sensor.alarm)


async def test_a_sensor_of_arista_is_judged_by_the_table_beside_the_standard_one() -> None:
    arista = "1.3.6.1.4.1.30065.3.12.1.1.1"
    limits: dict[str, Value] = {
        f"{arista}.1.5": -1_000_000_000,
        f"{arista}.3.5": 400,
        f"{arista}.4.5": 500,
    }
    (sensor,) = await found(entity_sensor(UNITS, 1, 420) | limits)
    assert (sensor.status, sensor.alarm) == ("warning", True)


async def test_a_scale_that_the_mib_does_not_have_breaks_nothing() -> None:
    (sensor,) = await found(entity_sensor(2_000_000_000, 2_000_000_000, 42))
    assert sensor.value == 42


async def test_a_number_too_large_for_its_scale_is_no_measurement() -> None:
    values: dict[str, Value] = {"1.1.1.1": 1e308, "1.1.1.2": 2.0}
    (sensor,) = await found(values, SensorTable("power", "1.1.1", multiplier=1000))
    assert sensor.value == 2000


def test_every_bad_state_of_the_built_in_rules_has_a_name() -> None:
    for file in built_in_rules():
        for table in file.sensors:
            assert set(table.bad) <= table.states.keys(), table.oid
            assert table.quantity == "state" or not table.states, table.oid
