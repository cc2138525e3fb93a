"""A sensor: one measured value or one state of a device."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.gauge import Gauge

UNITS = {
    "airflow": "m³/min",
    "charge": "%",
    "current": "A",
    "dbm": "dBm",
    "delay": "s",
    "fanspeed": "rpm",
    "frequency": "Hz",
    "humidity": "%",
    "load": "%",
    "percent": "%",
    "power": "W",
    "power_consumed": "kWh",
    "runtime": "min",
    "temperature": "°C",
    "voltage": "V",
}
STATE = "state"


@dataclass(frozen=True, slots=True)
class Sensor:
    """`quantity` is what is measured; of a state, `value` is its number and `status` its name.

    `alarm`: True and False where the device or a rule says whether someone has to look.
    `gauge`: how to read it again.
    """

    quantity: str
    description: str
    value: float
    oid: str
    status: str = ""
    alarm: bool | None = None
    gauge: Gauge | None = field(default=None, compare=False, repr=False)

    @property
    def unit(self) -> str:
        return UNITS.get(self.quantity, "")
