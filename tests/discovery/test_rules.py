"""Rules of devices as files."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from configs.devicerules import (
    BUILT_IN,
    DeviceFile,
    System,
    built_in_rules,
    device_files,
    fingerprint,
    load_device_rules,
)
from configs.errors import ConfigError


def test_the_built_in_rules_load() -> None:
    assert {"ios", "vrp", "junos", "routeros", "panos", "linux"} <= {
        system.os for file in built_in_rules() for system in file.systems
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("systems: [{os: x, object_id: [1.3]}]", "object_id"),
        ("systems: [{os: x, descr: ['(']}]", "regular expression"),
        ("sensors: [{quantity: state, oid: not.an.oid}]", "oid"),
        ("- os: x", "1"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told) as raised:
        load_device_rules([path])
    assert raised.value.problems[0].line == 1


def test_other_rules_have_another_fingerprint() -> None:
    rules = built_in_rules()
    assert fingerprint(rules) == fingerprint(list(rules))
    assert len({fingerprint(rules), fingerprint(rules[1:]), fingerprint(())}) == 3


def test_every_file_with_a_mistake_is_told(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("systems: [{oss: x}]")
    with pytest.raises(ConfigError) as raised:
        load_device_rules(sorted(tmp_path.glob("*.yml")))
    assert {Path(problem.file).name for problem in raised.value.problems} == {"a.yml", "b.yml"}


def systems() -> list[System]:
    return [system for file in built_in_rules() for system in file.systems]


def test_no_two_rules_of_the_same_rank_claim_the_same_devices() -> None:
    claims: dict[tuple[object, ...], str] = {}
    for system in systems():
        for object_id in system.object_ids or ("",):
            asked = (system.probe, system.instance, system.probe_match)
            claim = (object_id, system.descr, asked, system.last_resort)
            assert claims.setdefault(claim, system.os) == system.os, claim


def test_every_rule_says_by_what_a_device_is_known() -> None:
    for system in systems():
        assert system.object_ids or system.descr or system.probe, system.os


def test_no_rule_claims_every_device_of_all_makers() -> None:
    for system in systems():
        for object_id in system.object_ids:
            known = object_id == "0.0" or object_id.count(".") >= 6
            assert known or object_id == "1.3.6.1.2.1.33", (system.os, object_id)
        assert "" not in system.descr, system.os


def test_a_system_is_of_one_maker() -> None:
    makers: dict[str, set[str]] = {}
    for file in built_in_rules():
        for system in file.systems:
            makers.setdefault(system.os, set()).add(system.vendor or file.vendor)
    several = {os: found for os, found in makers.items() if len(found - {""}) > 1}
    assert several == {}


def test_tables_are_of_systems_that_exist() -> None:
    known = {system.os for system in systems()}
    for file in built_in_rules():
        for table in (*file.sensors, *file.processors, *file.memory, *file.storage):
            assert set(table.systems) <= known, table


def test_no_table_is_told_twice_in_a_file() -> None:
    def key(table: object) -> str:
        return repr(table)

    for path, file in zip(device_files(BUILT_IN), built_in_rules(), strict=True):
        tables = [key(t) for t in (*file.sensors, *file.processors, *file.memory, *file.storage)]
        assert len(tables) == len(set(tables)), path.name


def test_loads_tell_enough() -> None:
    for file in built_in_rules():
        for table in file.processors:
            assert table.percent, table
        for table in (*file.memory, *file.storage):
            told = [oid for oid in (table.used, table.free, table.total) if oid]
            assert table.percent or len(told) >= 2, table


def test_every_file_stays_small() -> None:
    for path in device_files(BUILT_IN):
        assert len(path.read_text().splitlines()) <= 400, path.name


def test_all_rules_load_fast_enough_for_a_command() -> None:
    files = list(device_files(BUILT_IN))
    begun = process_time()
    load_device_rules(files)
    assert process_time() - begun < 2, "it takes 0.15 s where nothing else runs"


def test_the_files_of_a_maker_concern_its_devices() -> None:
    file = DeviceFile(enterprises=(9,), systems=(System("mine", object_ids=("1.3.6.1.4.1.8072",)),))
    assert file.concerns("mine", "")
    assert file.concerns("generic", "1.3.6.1.4.1.9.1")
    assert not file.concerns("generic", "1.3.6.1.4.1.99")
