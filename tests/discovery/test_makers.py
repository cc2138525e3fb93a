"""What devices of many makers measure, told by their own tables and read by the built-in rules."""

from __future__ import annotations

import pytest

from collector.discovery.device import discover
from collector.portrait import Portrait
from collector.snmp.ber import Value
from configs.devicerules import built_in_rules
from tests.discovery.recorded import HERE, Recorded

DESCR, OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"
MAKERS = "1.3.6.1.4.1."


async def portrait(descr: str, object_id: str, values: dict[str, Value]) -> Portrait:
    """Of a device that answers for `values`, by OID below the makers' root."""
    said: dict[str, Value] = {DESCR: descr.encode(), OBJECT_ID: f"{MAKERS}{object_id}"}
    own = {oid if oid.startswith("1.3.") else MAKERS + oid: v for oid, v in values.items()}
    return await discover(Recorded(said | own), HERE, built_in_rules())


@pytest.mark.parametrize(
    ("object_id", "values", "quantity", "description", "value", "status"),
    [
        (
            "6486.801.1.1.2.1.11.1.1",
            {"6486.801.1.1.1.1.1.2.1.1.1": 41, "6486.801.1.1.1.1.1.2.1.3.1": 75},
            "temperature",
            "1",
            41,
            "normal",
        ),
        ("6486.800.1", {"6486.800.1.1.1.3.1.1.11.1.2.1.1": 1}, "state", "Fan 1.1", 1, "notRunning"),
        (
            "3699.1.1.11",
            {
                "3699.1.1.11.1.3.1.1.2.1": 1,
                "3699.1.1.11.1.3.1.1.3.1": b"Rack",
                "3699.1.1.11.1.3.1.1.6.1": 231,
                "3699.1.1.11.1.3.1.1.9.1": 1,
            },
            "temperature",
            "Rack",
            23.1,
            "",
        ),
        (
            "629.200.1",
            {"629.200.8.1.1.31.1.2.3": -2_569, "629.200.8.1.1.32.1.2.3": -2_147_483_648},
            "dbm",
            "Port 1.2.3 sent",
            -2.569,
            "",
        ),
        (
            "629.200.1",
            {"629.200.6.1.1.8.1": 8, "629.200.6.1.1.7.1": 1},
            "state",
            "Power supply 2",
            8,
            "bad",
        ),
        ("25597.1", {"25597.11.4.1.3.1.3.1": 2}, "state", "Fan 1", 2, "unhealthy"),
        ("232.9.4.10", {"232.3.2.5.1.1.6.0.1": 3}, "state", "Disk status 0.1", 3, "failed"),
        (
            "2544.1.12.1.1.11",
            {"2544.1.12.3.1.26.1.5.1.1.1": 11_980},
            "voltage",
            "Card 1.1.1",
            11.98,
            "",
        ),
        (
            "36673.100",
            {"36673.100.1.2.3.1.22.1.1.1": -100_001, "36673.100.1.2.3.1.17.1.1.1": -1_250},
            "dbm",
            "Transceiver 1.1.1 sent",
            -1.25,
            "",
        ),
        (
            "4881.1",
            {"4881.1.1.10.2.1.1.18.1.2.1": 5, "4881.1.1.10.2.1.1.18.1.2.2": 1},
            "state",
            "Power supply 1",
            5,
            "powerButAbnormal",
        ),
        (
            "6527.1.3.4",
            {"6527.3.1.2.2.4.31.1.21.1.35684352": 5012, "6527.3.1.2.2.4.31.1.25.1.35684352": 9999},
            "dbm",
            "35684352 received",
            -3.0,
            "normal",
        ),
        ("2272.202", {"2272.1.4.8.1.1.2.1": 4}, "state", "Power supply 1", 4, "down"),
        ("45.3.80.1", {"45.1.6.3.7.1.1.5.5.1.0": 61}, "temperature", "Sensor 5.1.0", 30.5, ""),
        (
            "207.1.14.99",
            {"207.8.4.4.3.12.2.1.4.1.1.1": b"PSU 12V", "207.8.4.4.3.12.2.1.5.1.1.1": 12_048},
            "voltage",
            "PSU 12V",
            12.048,
            "",
        ),
        (
            "171.10.133.2.1",
            {"171.14.5.1.1.1.1.3.1.1": b"Central", "171.14.5.1.1.1.1.4.1.1": 33},
            "temperature",
            "Central 1.1",
            33,
            "",
        ),
        ("6141.1.96", {"6141.2.60.4.1.1.1.1.105.7": -62_312}, "dbm", "7 received", -6.2312, ""),
        ("8886.6.1", {"8886.1.1.4.3.1.1.3.2": 3289}, "voltage", "Supply 2", 3.289, ""),
        ("935.1.1.1", {"935.1.1.1.4.1.1.0": 3}, "state", "Output", 3, "onBattery"),
        ("935", {"935.1.1.1.8.3.6.0": 415}, "load", "Output S", 41.5, ""),
        ("2254.2.4", {"2254.2.4.7.6.0": 2731}, "voltage", "Battery", 273.1, ""),
        ("6302.2.1", {"6302.2.1.2.5.2.0": -1500}, "current", "Battery", -1.5, ""),
        (
            "2606.7",
            {
                "2606.7.4.2.2.1.3.2.1": b"Inlet.Temperature.Value",
                "2606.7.4.2.2.1.5.2.1": b"\xb0C",
                "2606.7.4.2.2.1.7.2.1": -100,
                "2606.7.4.2.2.1.11.2.1": 2340,
            },
            "temperature",
            "Inlet.Temperature.Value",
            23.4,
            "",
        ),
        (
            "476.1.42",
            {
                "476.1.42.3.9.20.1.10.1.2.1.5002": b"Supply Air Temperature",
                "476.1.42.3.9.20.1.20.1.2.1.5002": b"18.4",
                "476.1.42.3.9.20.1.30.1.2.1.5002": b"deg C",
            },
            "temperature",
            "Supply Air Temperature",
            18.4,
            "",
        ),
        (
            "890.1.15",
            {"890.1.15.3.26.1.2.1.2.1": b"CPU", "890.1.15.3.26.1.2.1.3.1": 52},
            "temperature",
            "CPU 1",
            52,
            "",
        ),
        (
            "259.10.1.45.104",
            {"259.10.1.45.1.2.11.1.6.25": b"-5.02  dBm  normal"},
            "dbm",
            "25 received",
            -5.02,
            "",
        ),
        ("232.165.3", {"232.165.3.2.1.0": 1200}, "runtime", "Battery", 20, ""),
        ("9.1.1682", {"9.9.719.1.9.2.1.2.7": b"sys/chassis-1/blade-2", "9.9.719.1.9.2.1.42.7": 61},
         "state", "sys/chassis-1/blade-2", 61, "powerProblem"),
        ("2011.2.82.1", {"2011.2.82.1.82.4.3.2006.1.7.1": 49},
         "temperature", "Blade 3.2006.1.7.1", 49, ""),
        ("1718.4", {"1718.4.1.9.3.1.2.1.1": 17}, "state", "Temperature 1.1", 17, "highAlarm"),
        ("89.1", {"89.90.1.2.1.3.49.9": -8251}, "dbm", "49 received", -8.251, ""),
    ],
)  # fmt: skip
async def test_a_measurement_is_read_in_its_unit(
    object_id: str,
    values: dict[str, Value],
    quantity: str,
    description: str,
    value: float,
    status: str,
) -> None:
    found = await portrait("A device", object_id, values)
    sensors = [s for s in found.sensors if s.quantity == quantity and s.description == description]
    assert [s.value for s in sensors] == pytest.approx([value], abs=0.01)
    assert sensors[0].status == status


@pytest.mark.parametrize(
    ("object_id", "values"),
    [
        ("207.1.14.99", {"207.8.4.4.3.12.3.1.5.1.1.1": 128}),  # no such probe
        ("6141.1.96", {"6141.2.60.4.1.1.1.1.16.7": 0}),  # no module
        ("6527.1.3.4", {"6527.3.1.2.2.1.5.1.2.1.2": 2}),  # an empty slot
        ("2011.2.82.1", {"2011.2.82.1.82.4.1.2007.1.5.4": 5}),
        ("9.1.1682", {"9.9.719.1.30.11.1.13.3": 0, "9.9.719.1.30.11.1.17.3": 1}),
        ("935", {"935.1.1.1.2.2.1.0": -1, "935.1.1.1.2.2.3.0": 0}),
        ("476.1.42", {"476.1.42.3.9.20.1.20.1.2.1.5": b"Unavailable",
                      "476.1.42.3.9.20.1.30.1.2.1.5": b"deg C"}),
    ],
)  # fmt: skip
async def test_what_is_not_plugged_in_measures_nothing(
    object_id: str, values: dict[str, Value]
) -> None:
    assert (await portrait("A device", object_id, values)).sensors == ()


@pytest.mark.parametrize(
    ("object_id", "values", "processor", "memory"),
    [
        (
            "6527.1.3.4",
            {"6527.3.1.2.1.1.1.0": 7, "6527.3.1.2.1.1.9.0": 30, "6527.3.1.2.1.1.10.0": 70},
            0.07,
            0.3,
        ),
        (
            "45.3.80.1",
            {
                "45.1.6.3.8.1.1.5.3.10.0": 12,
                "45.1.6.3.8.1.1.12.3.10.0": 256,
                "45.1.6.3.8.1.1.13.3.10.0": 64,
            },
            0.12,
            0.75,
        ),
        (
            "171.10.133.2.1",
            {
                "171.14.5.1.7.1.5.1.1": 21,
                "171.14.5.1.4.1.3.1.1": 1000,
                "171.14.5.1.4.1.4.1.1": 400,
            },
            0.21,
            0.4,
        ),
        (
            "40418.7.1",
            {"40418.7.100.1.11.10.0": 33, "40418.7.100.1.11.6.0": 512, "40418.7.100.1.11.7.0": 256},
            0.33,
            0.5,
        ),
        ("12356.113.100", {"12356.113.1.4.0": 5, "12356.113.1.5.0": 44}, 0.05, 0.44),
        (
            "5003.8.1.1.56",
            {"5003.9.10.10.2.5.8.0": 4, "5003.9.10.10.2.5.11.0": 60},
            0.04,
            0.6,
        ),
        ("890.1.15", {"890.1.6.22.1.1.0": 9, "890.1.6.22.1.2.0": 61}, 0.09, 0.61),
    ],
)
async def test_loads_are_read(
    object_id: str, values: dict[str, Value], processor: float, memory: float
) -> None:
    found = await portrait("A device", object_id, values)
    assert [p.usage_ratio for p in found.processors] == pytest.approx([processor])
    assert [m.used_ratio for m in found.memory] == pytest.approx([memory])
