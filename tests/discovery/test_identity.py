"""What a device is, told by rules."""

from __future__ import annotations

import pytest

from collector.discovery.identity import identify
from collector.discovery.reading import Reading
from configs.devicerules import DeviceFile, Source, System, built_in_rules
from tests.discovery.recorded import HERE, Recorded, recording
from tests.realdata import realdata

DESCR, OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"


def device(descr: str, object_id: str, **more: object) -> Reading:
    return Reading(Recorded({DESCR: descr.encode(), OBJECT_ID: object_id, **more}), HERE)


def rules(*systems: System) -> list[DeviceFile]:
    return [DeviceFile(vendor="Maker", systems=systems)]


async def test_a_longer_prefix_beats_a_shorter_one() -> None:
    short = System("short", object_ids=("1.3.6.1.4.1.9",))
    long = System("long", object_ids=("1.3.6.1.4.1.9.1",))
    found = await identify(device("", "1.3.6.1.4.1.9.1.7"), rules(short, long))
    assert (found.os, found.vendor) == ("long", "Maker")


async def test_a_prefix_ends_at_a_dot() -> None:
    nine = System("nine", object_ids=("1.3.6.1.4.1.9",))
    assert (await identify(device("", "1.3.6.1.4.1.99.1"), rules(nine))).os == "generic"


async def test_a_pattern_beats_a_prefix_alone() -> None:
    prefix = System("prefix", object_ids=("1.3.6.1.4.1.9.1.7",))
    pattern = System("pattern", descr=("XR",))
    assert (await identify(device("IOS XR", "1.3.6.1.4.1.9.1.7"), rules(prefix, pattern))).os == (
        "pattern"
    )


async def test_a_last_resort_is_taken_only_when_nothing_else_fits() -> None:
    linux = System("linux", descr=("^Linux",), last_resort=True)
    tape = System("tape", object_ids=("1.3.6.1.4.1.3764",))
    assert (await identify(device("Linux", "1.3.6.1.4.1.3764.1"), rules(linux, tape))).os == "tape"
    assert (await identify(device("Linux", "0.0"), rules(linux, tape))).os == "linux"


async def test_a_probe_that_is_not_answered_leaves_the_next_best_rule() -> None:
    nas = System("nas", probe="1.3.6.1.4.1.6574.1.5.1.0")
    linux = System("linux", descr=("^Linux",))
    assert (await identify(device("Linux", "0.0"), rules(nas, linux))).os == "linux"
    answered = device("Linux", "0.0", **{"1.3.6.1.4.1.6574.1.5.1.0": b"DS214se"})
    assert (await identify(answered, rules(nas, linux))).os == "nas"


async def test_sources_are_tried_in_order_until_one_says_something() -> None:
    system = System(
        "x",
        descr=("",),
        version=(
            Source(oid="1.3.6.1.4.1.1.1.0"),
            Source(descr=True, match=r"Version (\d+)\.(\d+)", text="{1}-{2}"),
        ),
    )
    assert (await identify(device("Version 7.2", "0.0"), rules(system))).version == "7-2"


async def test_what_a_rule_does_not_say_another_rule_of_the_same_system_says() -> None:
    told = System("x", object_ids=("1.3.6.1.4.1.1",), version=(Source(descr=True, match="V(.*)"),))
    worded = System("x", descr=("^Box",))
    assert (await identify(device("Box V7", "0.0"), rules(worded, told))).version == "7"


async def test_an_instance_may_end_in_any_number() -> None:
    system = System("x", descr=("",), serial=(Source(instance="1.3.6.1.4.1.1.2.6.115"),))
    told = device("", "0.0", **{"1.3.6.1.4.1.1.2.6.115": b"S1"})
    assert (await identify(told, rules(system))).serial == "S1"
    assert (await identify(device("", "0.0"), rules(system))).serial == ""


async def test_without_rules_the_chassis_of_entity_mib_tells() -> None:
    entity = "1.3.6.1.2.1.47.1.1.1.1"
    chassis = {
        f"{entity}.5.1": 10,
        f"{entity}.13.1": b"FAN",
        f"{entity}.5.7": 3,
        f"{entity}.13.7": b"BOX-1",
        f"{entity}.11.7": b"S123",
    }
    found = await identify(device("Box", "0.0", **chassis), [])
    assert (found.hardware, found.serial) == ("BOX-1", "S123")


@pytest.mark.parametrize(
    ("name", "os", "hardware", "version", "serial"),
    [
        ("ios_c3560", "ios", "WS-C3560-48TS-S", "12.2(55)SE12", "CAT0912N0CU"),
        ("routeros_crs317", "routeros", "CRS317-1G-16S+", "6.44.2", "8ED5087EB201"),
        ("quantum_scalari6000", "quantum", "Scalar i6000", "800Q.GS25700", "263102381"),
        ("dsm_ds214se-dsm6", "dsm", "DS214se", "6.2-25426", "139M8N0094"),
    ],
)
async def test_recorded_devices_are_recognised(
    name: str, os: str, hardware: str, version: str, serial: str
) -> None:
    agent = recording(realdata("librenms", "snmpsim", f"{name}.snmprec"))
    found = await identify(Reading(agent, HERE), built_in_rules())
    assert (found.os, found.hardware, found.version, found.serial) == (
        os,
        hardware,
        version,
        serial,
    )


async def test_an_agent_that_says_nothing_is_generic() -> None:
    found = await identify(Reading(Recorded({}), HERE), built_in_rules())
    assert (found.os, found.hardware, found.serial) == ("generic", "", "")
