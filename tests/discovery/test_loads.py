"""Processors, memory and storage."""

from __future__ import annotations

import pytest

from collector.discovery.hostresources import Storage, storage
from collector.discovery.loads import processors, spaces
from collector.discovery.naming import Names
from collector.discovery.reading import Reading
from collector.snmp.ber import Value
from configs.devicerules import LoadTable
from tests.discovery.recorded import HERE, Recorded

HR = "1.3.6.1.2.1.25.2.3.1"


def host(*rows: tuple[str, str, int, int]) -> Reading:
    """A device with rows (last number of the type, name, size, used) of units of 1,024 bytes."""
    values: dict[str, object] = {}
    for index, (kind, name, size, used) in enumerate(rows, 1):
        values[f"{HR}.2.{index}"] = f"1.3.6.1.2.1.25.2.1.{kind}"
        values[f"{HR}.3.{index}"] = name.encode()
        values[f"{HR}.4.{index}"] = 1024
        values[f"{HR}.5.{index}"] = size
        values[f"{HR}.6.{index}"] = used
    return Reading(Recorded(values), HERE)


async def test_buffers_and_caches_are_no_used_memory() -> None:
    reading = host(
        ("2", "Physical memory", 1000, 900),
        ("1", "Memory buffers", 1000, 100),
        ("1", "Cached memory", 300, 300),
    )
    memory = {space.description: space.used_ratio for space in (await storage(reading)).memory}
    assert memory == {"Physical memory": 0.5, "Memory buffers": 0.1, "Cached memory": 0.3}


async def test_file_systems_of_the_kernel_are_no_storage() -> None:
    reading = host(("4", "/", 100, 50), ("4", "/proc", 100, 0), ("4", "/sys/fs/bpf", 100, 0))
    assert [space.description for space in (await storage(reading)).storage] == ["/"]


async def test_of_the_memory_disks_of_a_junos_only_those_that_fill_up_are_storage() -> None:
    reading = host(
        ("4", "/dev/da0s1a, mounted on: /", 100, 50),
        ("4", "/dev/md15, mounted on: /tmp", 100, 1),
        ("4", "/dev/md3, mounted on: /packages/mnt/jdocs-19.4R3.11", 100, 100),
        ("4", "/dev/md1.uzip, mounted on: /.mount/packages/mnt/os-libs-11", 100, 100),
        ("4", "/var/log, mounted on: /packages/mnt/jweb-ppc-19.4R3.11/jail/var/log", 100, 50),
    )
    assert [space.description for space in (await storage(reading)).storage] == [
        "/dev/da0s1a, mounted on: /",
        "/dev/md15, mounted on: /tmp",
    ]


@pytest.mark.parametrize(
    ("unit", "size"),
    [(1024, 2**32), (-1024, 1000), (0, 1000), (b"9" * 300, 1000), (1024, b"1e300")],
)
async def test_what_has_no_size_that_makes_sense_is_left_out(unit: Value, size: Value) -> None:
    """A whole survey was lost for it."""
    values: dict[str, Value] = {f"{HR}.3.1": b"/", f"{HR}.4.1": unit, f"{HR}.5.1": size}
    reading = Reading(Recorded({**values, f"{HR}.6.1": 5}), HERE)
    assert await storage(reading) == Storage((), ())


async def test_a_disk_too_large_for_an_integer32_is_understood() -> None:
    reading = host(("4", "/volume1", -(2**31), 2**30))
    assert (await storage(reading)).storage[0].used_ratio == 0.5


@pytest.mark.parametrize(
    "table",
    [
        LoadTable(percent="1.1.1"),
        LoadTable(percent="1.1.2", idle=True),
        LoadTable(percent="1.1.3", match=r"\( *([\d.]+)%"),
    ],
)
async def test_a_processor_is_busy_by_a_quarter_in_every_way_to_say_it(table: LoadTable) -> None:
    reading = Reading(Recorded({"1.1.1.7": 25, "1.1.2.7": 75, "1.1.3.7": b"5 s ( 25.0%)"}), HERE)
    (found,) = await processors(reading, [table], Names(reading, {}, {}))
    assert (found.description, found.usage_ratio) == ("7", 0.25)


@pytest.mark.parametrize(
    "table",
    [
        LoadTable(used="1.1.1", free="1.1.2", unit=1024),
        LoadTable(used="1.1.1", total="1.1.3", unit=1024),
        LoadTable(free="1.1.2", total="1.1.3", unit=1024),
        LoadTable(percent="1.1.4", total="1.1.3", unit=1024),
    ],
)
async def test_any_two_of_used_free_and_total_are_enough(table: LoadTable) -> None:
    reading = Reading(Recorded({"1.1.1.1": 10, "1.1.2.1": 30, "1.1.3.1": 40, "1.1.4.1": 25}), HERE)
    (found,) = await spaces(reading, [table], Names(reading, {}, {}))
    assert (found.used_ratio, found.used_bytes, found.total_bytes) == (0.25, 10240, 40960)


async def test_a_last_resort_counts_only_when_nothing_else_was_found() -> None:
    tables = [LoadTable(percent="1.1.1"), LoadTable(percent="1.1.2", last_resort=True)]
    both = Reading(Recorded({"1.1.1.1": 10, "1.1.2.9": 30}), HERE)
    assert [p.usage_ratio for p in await processors(both, tables, Names(both, {}, {}))] == [0.1]
    one = Reading(Recorded({"1.1.2.9": 30}), HERE)
    assert [p.usage_ratio for p in await processors(one, tables, Names(one, {}, {}))] == [0.3]


async def test_a_percentage_over_a_hundred_is_not_believed() -> None:
    reading = Reading(Recorded({"1.1.1.1": 255}), HERE)
    assert await processors(reading, [LoadTable(percent="1.1.1")], Names(reading, {}, {})) == ()


async def test_a_percentage_has_a_divisor_and_rows_are_chosen_by_their_index() -> None:
    reading = Reading(Recorded({"1.1.1.1.1": 2550, "1.1.1.1.2": 100}), HERE)
    table = LoadTable(percent="1.1.1", divisor=100, index=r"\.1$")
    (found,) = await processors(reading, [table], Names(reading, {}, {}))
    assert found.usage_ratio == pytest.approx(0.255)
    assert found.gauge is not None
    assert found.gauge.terms[0].factor == pytest.approx(0.0001)
