"""Rules of devices as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.devicerules import built_in_rules, load_device_rules
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


def test_every_file_with_a_mistake_is_told(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("systems: [{oss: x}]")
    with pytest.raises(ConfigError) as raised:
        load_device_rules(sorted(tmp_path.glob("*.yml")))
    assert {Path(problem.file).name for problem in raised.value.problems} == {"a.yml", "b.yml"}
