"""What a survey found is read again, and told in the same numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from collector.discovery.device import discover
from collector.portrait import Portrait
from collector.sample import Readings
from collector.snmp import ber
from collector.snmp.ber import Value
from collector.snmp.plan import Kind, text
from collector.snmp.room import Room
from collector.snmp.walk import Walk
from collector.vitals import Vitals, VitalSigns, vitals_of
from configs.devicerules import built_in_rules
from tests.discovery.recorded import HERE, Recorded, recording
from tests.realdata import realdata

LINUX: dict[str, Value] = {
    "1.3.6.1.2.1.1.1.0": b"Linux a 6.1.0 x86_64",
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.8072.3.2.10",
    "1.3.6.1.2.1.25.3.3.1.2.1": 12,
    "1.3.6.1.2.1.25.3.3.1.2.2": 50,
    # hrStorage: memory, buffers, a disk of more than 2^31 blocks
    **{
        f"1.3.6.1.2.1.25.2.3.1.{column}.{index}": value
        for index, row in {
            1: ("1.3.6.1.2.1.25.2.1.2", b"Physical memory", 1024, 1000, 800),
            6: ("1.3.6.1.2.1.25.2.1.1", b"Memory buffers", 1024, 1000, 100),
            31: ("1.3.6.1.2.1.25.2.1.4", b"/", 4096, -(2**31), 2**30),
        }.items()
        for column, value in zip((2, 3, 4, 5, 6), row, strict=True)
    },
    # ENTITY-SENSOR-MIB: 23.5 degrees, and UPS-MIB on battery
    **{
        f"1.3.6.1.2.1.99.1.1.1.{c}.7": v
        for c, v in zip(range(1, 6), (8, 9, 1, 235, 1), strict=True)
    },
    "1.3.6.1.2.1.33.1.4.1.0": 5,
    "1.3.6.1.2.1.33.1.2.4.0": 80,
}


async def portrait(values: dict[str, Value]) -> Portrait:
    return await discover(Recorded(values), HERE, built_in_rules())


def answered(vitals: Vitals, values: dict[str, Value]) -> Readings:
    """What the engine would deliver for the plan, from a device with these values."""
    plan = vitals.plan
    walk = Walk(plan.gets, (), (), room=Room(), exact=True)
    for single in walk.singles:
        value = values.get(ber.format_oid(ber.decode_oid(single.wanted)))
        if value is not None:
            single.tag, single.value = ber.OCTET_STRING, value
    shape = plan.shape(walk)
    numbers, texts = shape.blank.copy(), [""] * len(shape.layout.texts)
    for single in walk.singles:
        slot = shape.slots[single.wanted]
        if slot < 0:
            texts[-slot - 1] = text(single.value, Kind.TEXT)
        elif isinstance(single.value, int | float):
            numbers[slot] = single.value
    return Readings("a", 1.0, 0.1, shape.layout, numbers.tolist(), tuple(texts))


def told(readings: Readings) -> dict[tuple[str, str], float]:
    """Values by metric without our prefix and what is measured."""
    texts = {
        (s.metric, s.index): said
        for s, said in zip(readings.layout.texts, readings.texts, strict=True)
    }
    return {
        (series.metric.removeprefix("wanwatch_"), texts[series.metric, series.index]): number
        for series, number in zip(readings.layout.numbers, readings.numbers, strict=True)
    }


async def test_what_is_found_is_read_again_in_base_units() -> None:
    vitals = Vitals(vitals_of(await portrait(LINUX)))
    assert told(vitals.read(answered(vitals, LINUX))) == pytest.approx(
        {
            ("sensor_temperature_celsius", "7"): 23.5,
            ("sensor_charge_ratio", "Battery"): 0.8,
            ("sensor_state", "Output source"): 5,
            ("sensor_status", "Output source"): 0,
            ("cpu_usage_ratio", "Processor 1"): 0.12,
            ("cpu_usage_ratio", "Processor 2"): 0.5,
            ("memory_used_ratio", "Physical memory"): 0.7,
            ("memory_used_bytes", "Physical memory"): 700 * 1024,
            ("memory_size_bytes", "Physical memory"): 1000 * 1024,
            ("memory_used_ratio", "Memory buffers"): 0.1,
            ("memory_used_bytes", "Memory buffers"): 100 * 1024,
            ("storage_used_ratio", "/"): 0.5,
            ("storage_used_bytes", "/"): 2.0**42,
            ("storage_size_bytes", "/"): 2.0**43,
        }
    )


async def test_values_follow_the_device_and_what_is_gone_is_no_value() -> None:
    vitals = Vitals(vitals_of(await portrait(LINUX)))
    later = LINUX | {"1.3.6.1.2.1.33.1.4.1.0": 3, "1.3.6.1.2.1.99.1.1.1.4.7": -15}
    del later["1.3.6.1.2.1.25.3.3.1.2.2"]
    found = told(vitals.read(answered(vitals, later)))
    assert found["sensor_temperature_celsius", "7"] == -1.5
    assert found["sensor_state", "Output source"] == 3
    assert found["sensor_status", "Output source"] == 1
    assert math.isnan(found["cpu_usage_ratio", "Processor 2"])


async def test_a_sensor_that_does_not_work_has_no_value() -> None:
    vitals = Vitals(vitals_of(await portrait(LINUX)))
    broken = LINUX | {"1.3.6.1.2.1.99.1.1.1.5.7": 3}
    found = told(vitals.read(answered(vitals, broken)))
    assert math.isnan(found["sensor_temperature_celsius", "7"])


async def test_states_are_told_by_name() -> None:
    vitals = Vitals(vitals_of(await portrait(LINUX)))
    readings = vitals.read(answered(vitals, LINUX))
    states = [
        said
        for series, said in zip(readings.layout.texts, readings.texts, strict=True)
        if series.metric == "state"
    ]
    assert states == ["battery"]


@pytest.mark.parametrize(
    "name",
    [
        "vrp_5720.snmprec",
        "ios_c3560.snmprec",
        "apc_smx750.snmprec",
        "routeros_rb5009upr+s+.snmprec",
        "fortigate_100e.snmprec",
        "junos_mx5t-isis.snmprec",
    ],
)
async def test_a_poll_tells_what_the_survey_told(name: str) -> None:
    agent = recording(realdata("librenms", "snmpsim", name))
    found = await discover(agent, HERE, built_in_rules())
    vitals = vitals_of(found)
    read = told(Vitals(vitals).read(answered(Vitals(vitals), agent.values)))
    surveyed = {(s.quantity, s.oid): s.value for s in found.sensors if s.gauge is not None}
    measured = {v.key: read[v.metric, v.name] / v.factor for v in vitals}
    for vital in vitals:
        if vital.quantity:
            wanted = surveyed[vital.quantity, vital.gauge.oid]
            assert measured[vital.key] == pytest.approx(wanted, nan_ok=True), vital.name
    for processor in found.processors:
        assert read["cpu_usage_ratio", processor.description] == pytest.approx(
            processor.usage_ratio
        )
    for what, spaces in (("memory", found.memory), ("storage", found.storage)):
        for space in spaces:
            ratio = read[f"{what}_used_ratio", space.description]
            assert ratio == pytest.approx(space.used_ratio), space.description
            if space.used_bytes is not None and space.total_bytes is not None:
                used = read[f"{what}_used_bytes", space.description]
                assert used == pytest.approx(space.used_bytes), space.description
    assert len(set(read)) == len(Vitals(vitals).layout.numbers), "no two series are alike"


async def test_nodes_with_the_same_vital_signs_share_what_is_known_of_them() -> None:
    signs, found = VitalSigns(), await portrait(LINUX)
    assert signs.learn("a", found) is signs.learn("b", await portrait(LINUX))
    other = LINUX | {"1.3.6.1.2.1.25.3.3.1.2.3": 1}
    assert signs.learn("b", await portrait(other)) is not signs.get("a")


async def test_a_survey_that_broke_off_forgets_nothing() -> None:
    signs, whole = VitalSigns(), await portrait(LINUX)
    learnt = signs.learn("a", whole)
    broken = replace(whole, sensors=(), missing=("a: walk: no answer",))
    assert signs.learn("a", broken) is learnt


async def test_what_measures_nothing_is_not_asked() -> None:
    signs = VitalSigns()
    assert signs.learn("a", await portrait({"1.3.6.1.2.1.1.1.0": b"a hub"})) is None


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
async def test_a_number_that_is_none_is_no_value(number: float) -> None:
    """As a float in an Opaque can be; counted as one, it would cost the other values as well."""
    vitals = Vitals(vitals_of(await portrait(LINUX)))
    odd = ["1.3.6.1.2.1.33.1.4.1.0", "1.3.6.1.2.1.33.1.2.4.0", "1.3.6.1.2.1.25.3.3.1.2.1"]
    found = told(vitals.read(answered(vitals, LINUX | dict.fromkeys(odd, number))))
    assert math.isnan(found["sensor_state", "Output source"])
    assert math.isnan(found["sensor_charge_ratio", "Battery"])
    assert math.isnan(found["cpu_usage_ratio", "Processor 1"])
    assert found["cpu_usage_ratio", "Processor 2"] == 0.5
