"""How vital signs are exported: under names of ours, with what is measured as a label."""

from __future__ import annotations

from collections.abc import Mapping

from collector.vitals import OTHER, PREFIX, QUANTITY_TEXT, SENSORS, STATE_TEXT, VERDICT
from exporters.described import Described
from exporters.exposition import Family, Kind

_SENSORS = {
    "airflow": "Air that flows through.",
    "charge": "Charge of a battery.",
    "count": "A number of things, as the device counts them.",
    "current": "Electric current.",
    "dbm": "Strength of a signal, in decibels relative to a milliwatt.",
    "delay": "Time that something takes or will last.",
    "fanspeed": "Revolutions of a fan per minute.",
    "frequency": "Frequency of a current.",
    "humidity": "Relative humidity.",
    "load": "Load as a share of what can be borne.",
    "percent": "A share, of what its name says.",
    "power": "Electric power.",
    "power_consumed": "Energy used since the device began to count.",
    "runtime": "Time that a battery lasts, or has been in use.",
    "temperature": "Temperature.",
    "voltage": "Electric tension.",
    "state": "Number of the state that something is in, as the device counts; its name is a label.",
}
_SPACES = {"memory": "pool", "storage": "volume"}


def _described(metric: str, label: str, text: str, *more: tuple[str, str]) -> Described:
    name = PREFIX + metric
    return Described(Family(name, Kind.GAUGE, text), (), ((label, name), *more))


def _all() -> Mapping[str, Described]:
    found = [
        _described("sensor_state", "sensor", _SENSORS["state"], ("state", STATE_TEXT))
        if metric == "sensor_state"
        else _described(metric, "sensor", _SENSORS[quantity])
        for quantity, (metric, _) in SENSORS.items()
    ]
    quantity = ("quantity", QUANTITY_TEXT)
    verdict = "1 while a sensor is well, 0 while by the device or a rule someone has to look at it."
    found += [
        _described(OTHER, "sensor", "Anything else that is measured.", quantity),
        _described(VERDICT, "sensor", verdict, quantity),
        _described("cpu_usage_ratio", "cpu", "Share of a processor's time that is in use."),
    ]
    for what, label in _SPACES.items():
        found += [
            _described(f"{what}_used_ratio", label, f"Share of the {what} that is in use."),
            _described(f"{what}_used_bytes", label, f"The {what} that is in use."),
            _described(f"{what}_size_bytes", label, f"All the {what} that there is."),
        ]
    return {described.family.name: described for described in found}


VITALS = _all()
