"""Vital signs in the exposition."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from collector.gauge import Gauge, Term
from collector.sample import Layout, Readings, Series
from collector.vitals import OTHER, SENSORS, VERDICT, Vital, Vitals
from exporters.exposition import Format
from exporters.fleet import Fleet
from exporters.vitals import VITALS
from store.frame import frame
from store.series import SeriesMemory
from tests.exporters.daemon import all_up, country
from tests.exporters.test_fleet import rendered, value

NODE, TEMPERATURE, OUTPUT, LOAD = (
    "cpe-1",
    "1.3.6.1.4.1.1.1.0",
    "1.3.6.1.4.1.1.2.0",
    "1.3.6.1.4.1.1.3",
)
STATES = ((3, "onLine"), (5, "onBattery"))


def of_ups() -> Vitals:
    warm, source = Gauge((Term(TEMPERATURE, 0.1),)), Gauge((Term(OUTPUT),), states=STATES, bad=(5,))
    return Vitals(
        (
            Vital("sensor_temperature_celsius", "Tủ máy", "temperature", warm),
            Vital("sensor_state", "Output", "state", source),
            Vital("cpu_usage_ratio", "CPU", "", Gauge((Term(LOAD, 0.01),)), bounded=True),
        )
    )


def polled(numbers: tuple[float, float, float], vitals: Vitals) -> Readings:
    raw = Layout("vitals", tuple(map(Series, (TEMPERATURE, OUTPUT, LOAD))), ())
    return vitals.read(Readings(NODE, 10.0, 0.1, raw, numbers, ()))


def memory_of(*readings: Readings) -> SeriesMemory:
    memory = SeriesMemory(country())
    for reading in readings:
        memory.put(reading)
    memory.tick(11.0)
    return memory


@pytest.mark.parametrize("form", Format)
def test_they_have_stable_names_base_units_and_the_labels_of_their_node(form: Format) -> None:
    samples = rendered(all_up(country()), memory_of(polled((418, 5, 40), of_ups())), form=form)
    place = {"node": NODE, "site": "c-1", "province": "66", "role": "cpe"}
    labels = frozenset({"sensor": "Tủ máy", **place}.items())
    assert samples["wanwatch_sensor_temperature_celsius", labels] == 41.8
    state = {"sensor": "Output", "state": "onBattery", **place}
    assert samples["wanwatch_sensor_state", frozenset(state.items())] == 5
    verdict = {"sensor": "Output", "quantity": "state", **place}
    assert samples["wanwatch_sensor_status", frozenset(verdict.items())] == 0
    assert value(samples, "wanwatch_cpu_usage_ratio", cpu="CPU") == 0.4


def test_a_state_that_changes_changes_its_label_and_leaves_no_other_behind() -> None:
    vitals, fleet = of_ups(), Fleet()
    memory = memory_of(polled((235, 5, 40), vitals))
    rendered(all_up(country()), memory, fleet=fleet)
    later = polled((235, 3, 40), vitals)
    memory.put(Readings(NODE, 70.0, 0.1, later.layout, later.numbers, later.texts))
    memory.tick(71.0)
    samples = rendered(all_up(country()), memory, fleet=fleet)
    assert value(samples, "wanwatch_sensor_state", sensor="Output", state="onLine") == 3
    assert value(samples, "wanwatch_sensor_state", sensor="Output", state="onBattery") is None
    assert value(samples, "wanwatch_sensor_status", sensor="Output") == 1


def test_a_module_cannot_write_among_them() -> None:
    forged = Layout("vitals", (Series("wanwatch_sensor_temperature_celsius", (1,)),), ())
    samples = rendered(all_up(country()), memory_of(Readings(NODE, 10.0, 0.1, forged, (99.0,), ())))
    assert not any(name.startswith("wanwatch_sensor") for name, _ in samples)


def test_what_is_out_of_range_is_not_shown() -> None:
    samples = rendered(all_up(country()), memory_of(polled((235, 3, 250), of_ups())))
    assert value(samples, "wanwatch_cpu_usage_ratio") is None


def test_every_quantity_has_a_family() -> None:
    named = {f"wanwatch_{metric}" for metric, _ in SENSORS.values()}
    assert named | {f"wanwatch_{OTHER}", f"wanwatch_{VERDICT}"} <= set(VITALS)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing: prometheus")
async def test_promtool_finds_nothing_to_say_of_any_of_them() -> None:
    gauges = [
        Gauge((Term(f"1.3.6.1.4.1.1.{n}.0"),), bad=(2,) if n == 1 else ()) for n in range(1, 99)
    ]
    names = [name.removeprefix("wanwatch_") for name in VITALS if not name.endswith(VERDICT)]
    vitals = Vitals(
        tuple(Vital(name, "a", "length", gauge) for name, gauge in zip(names, gauges, strict=False))
    )
    raw = Layout("vitals", tuple(Series(gauge.oid) for gauge in gauges), ())
    memory = memory_of(vitals.read(Readings(NODE, 10.0, 0.1, raw, [1.0] * len(gauges), ())))
    parts = Fleet().render(
        all_up(country()), frame(memory), Format.TEXT, provinces=("66",), country=False
    )
    text = b"".join(parts).removeprefix(b"\n") + b"\n"
    assert all(name.encode() in text for name in VITALS)
    lint = await asyncio.create_subprocess_exec(
        "promtool", "check", "metrics", stdin=-1, stdout=-1, stderr=-1
    )
    assert await lint.communicate(text) == (b"", b"")
