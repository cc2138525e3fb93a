"""Vital signs: the sensors, processors, memory and storage that a survey found, read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import nan
from weakref import WeakKeyDictionary, WeakValueDictionary

from collector.gauge import Gauge
from collector.portrait import Portrait, Space
from collector.reckoning import Reckoning
from collector.sample import Layout, Readings, Series
from collector.sensor import STATE
from collector.snmp import ber
from collector.snmp.plan import Kind, Object, Plan

MODULE = "vitals"
PREFIX = "wanwatch_"
SENSORS: Mapping[str, tuple[str, float]] = {  # quantity: name of the series, factor to its unit
    "airflow": ("sensor_airflow_cubic_meters_per_second", 1 / 60),
    "charge": ("sensor_charge_ratio", 0.01),
    "count": ("sensor_items", 1.0),
    "current": ("sensor_current_amperes", 1.0),
    "dbm": ("sensor_signal_dbm", 1.0),
    "delay": ("sensor_delay_seconds", 1.0),
    "fanspeed": ("sensor_fan_speed_rpm", 1.0),
    "frequency": ("sensor_frequency_hertz", 1.0),
    "humidity": ("sensor_humidity_ratio", 0.01),
    "load": ("sensor_load_ratio", 0.01),
    "percent": ("sensor_percentage_ratio", 0.01),
    "power": ("sensor_power_watts", 1.0),
    "power_consumed": ("sensor_energy_joules", 3.6e6),
    "runtime": ("sensor_runtime_seconds", 60.0),
    "temperature": ("sensor_temperature_celsius", 1.0),
    "voltage": ("sensor_voltage_volts", 1.0),
    STATE: ("sensor_state", 1.0),
}
VERDICT, OTHER = "sensor_status", "sensor_value"
STATE_TEXT, QUANTITY_TEXT = "state", "quantity"


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class VitalsLayout(Layout):
    """A layout whose names are ours, which no device and no module can give itself.

    A series stands under the object that it is read from. The text of the same name and index is
    its label; `quantity` and `state` are further labels of sensors.
    """


@dataclass(frozen=True, slots=True)
class Vital:
    """A series to be: `metric` without our prefix, `name` what is measured there."""

    metric: str
    name: str
    quantity: str
    gauge: Gauge
    factor: float = 1.0
    bounded: bool = False  # within 0..1, or it is no value

    @property
    def key(self) -> tuple[str, str]:
        return self.metric, self.gauge.oid

    def shown(self, value: float | None) -> float:
        """A value in the unit of the series, NaN for none."""
        if value is None or (self.bounded and not 0 <= value <= 1):
            return nan
        scaled = value * self.factor
        # 418 tenths are 41.8, and not 41.800000000000004.
        return scaled if scaled.is_integer() else float(f"{scaled:.12g}")


class Vitals:
    """What to ask of all nodes with the same vital signs, and how to read their answers.

    `layout`: where its series stand, one for each vital sign and behind them the verdicts.
    """

    def __init__(self, vitals: tuple[Vital, ...]) -> None:
        objects = dict(object_ for vital in vitals for object_ in vital.gauge.objects())
        self.plan = Plan(MODULE, [_object(*each) for each in objects.items()], (), exact=True)
        self._vitals = vitals
        self._judged = tuple({v.gauge.oid: v for v in vitals if v.gauge.judged}.values())
        self._named = tuple({v.gauge.oid: v for v in vitals if v.gauge.states}.values())
        self._states = [dict(vital.gauge.states) for vital in self._named]
        told = {v.gauge.oid: v for v in vitals if v.metric == OTHER or v.gauge.judged}.values()
        numbers = (
            *(Series(PREFIX + vital.metric, _index(vital)) for vital in vitals),
            *(Series(PREFIX + VERDICT, _index(vital)) for vital in self._judged),
        )
        texts = (
            *numbers,
            *(Series(QUANTITY_TEXT, _index(vital)) for vital in told),
            *(Series(STATE_TEXT, _index(vital)) for vital in self._named),
        )
        self.layout = VitalsLayout(MODULE, numbers, texts)
        self._still = (
            *(vital.name for vital in (*vitals, *self._judged)),
            *(vital.quantity for vital in told),
        )
        self._reckonings: WeakKeyDictionary[Layout, Reckoning] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._vitals)

    def read(self, raw: Readings) -> Readings:
        """What a poll of `plan` says."""
        reckoning = self._reckonings.get(raw.layout)
        if reckoning is None:
            reckoning = self._reckonings[raw.layout] = Reckoning(raw.layout)
        values = {vital.key: reckoning.value(vital.gauge, raw) for vital in self._vitals}
        numbers = [vital.shown(values[vital.key]) for vital in self._vitals]
        for vital in self._judged:
            value = values[vital.key]
            alarm = value is not None and reckoning.alarm(vital.gauge, raw, value)
            numbers.append(nan if value is None else float(not alarm))
        states = []
        for vital, names in zip(self._named, self._states, strict=True):
            value = values[vital.key]
            states.append("" if value is None else names.get(int(value), ""))
        texts = (*self._still, *states) if states else self._still
        return Readings(raw.node, raw.at, raw.took_s, self.layout, numbers, texts)


class VitalSigns:
    """The vital signs of every node, those of like nodes held once."""

    def __init__(self) -> None:
        self._shared: WeakValueDictionary[tuple[Vital, ...], Vitals] = WeakValueDictionary()
        self._of: dict[str, Vitals] = {}

    def get(self, node: str) -> Vitals | None:
        return self._of.get(node)

    def learn(self, node: str, portrait: Portrait) -> Vitals | None:
        """The vital signs that a node turned out to have, None for none. What a device that did
        not answer to the end left out stays as it was."""
        before = self._of.get(node)
        if portrait.missing and before is not None:
            return before
        wanted = vitals_of(portrait)
        if not wanted:
            self._of.pop(node, None)
            return None
        shared = self._shared.get(wanted)
        if shared is None:
            shared = self._shared[wanted] = Vitals(wanted)
        self._of[node] = shared
        return shared

    def forget(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            self._of.pop(node, None)


def vitals_of(portrait: Portrait) -> tuple[Vital, ...]:
    """Each series once: the first that stands under an object is taken, and what has the name of
    another is told apart by its object."""
    found: dict[tuple[str, str], Vital] = {}
    for vital in _found(portrait):
        found.setdefault(vital.key, vital)
    names: dict[tuple[str, str, str], int] = {}
    for vital in found.values():
        name = vital.metric, vital.quantity, vital.name
        names[name] = names.get(name, 0) + 1
    return tuple(
        vital
        if names[vital.metric, vital.quantity, vital.name] == 1
        else replace(vital, name=f"{vital.name} ({vital.gauge.oid})")
        for vital in found.values()
    )


def _found(portrait: Portrait) -> Iterator[Vital]:
    for sensor in portrait.sensors:
        if sensor.gauge is not None:
            metric, factor = SENSORS.get(sensor.quantity, (OTHER, 1.0))
            yield Vital(metric, sensor.description, sensor.quantity, sensor.gauge, factor)
    for processor in portrait.processors:
        if processor.gauge is not None:
            ratio = processor.gauge
            yield Vital("cpu_usage_ratio", processor.description, "", ratio, bounded=True)
    yield from _spaces("memory", portrait.memory)
    yield from _spaces("storage", portrait.storage)


def _spaces(what: str, spaces: Iterable[Space]) -> Iterator[Vital]:
    for space in spaces:
        if space.filling is None:
            continue
        filling, name = space.filling, space.description
        yield Vital(f"{what}_used_ratio", name, "", filling.ratio, bounded=True)
        if filling.used is not None and filling.total is not None:
            yield Vital(f"{what}_used_bytes", name, "", filling.used)
            yield Vital(f"{what}_size_bytes", name, "", filling.total)


def _object(oid: str, textual: bool) -> Object:
    return Object(
        ber.encode_oid(ber.parse_oid(oid)), b"", oid, Kind.TEXT if textual else Kind.NUMBER
    )


def _index(vital: Vital) -> tuple[int, ...]:
    return ber.parse_oid(vital.gauge.oid)
