"""`wanwatch diagnose`: a JSON line per scenario, and a clear word on each that has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wanwatch.cli import cli

SCENARIO: dict[str, Any] = {
    "name": "one",
    "network": {
        "nodes": [{"id": "m"}, {"id": "a"}, {"id": "b"}],
        "links": [{"id": "m--a", "a": "m", "b": "a"}, {"id": "a--b", "a": "a", "b": "b"}],
        "monitors": ["m"],
    },
    "now": 60,
    "observations": [
        {"at": 10, "node": "m", "reachable": True},
        {"at": 11, "node": "a", "reachable": False},
        {"at": 12, "node": "b", "reachable": False},
    ],
}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(SCENARIO), "utf-8")
    return path


def diagnose(*files: Path) -> Result:
    return CliRunner().invoke(cli, ["diagnose", "--json", *map(str, files)])


def test_every_scenario_is_answered_on_a_line_of_its_own_in_the_order_asked(
    good: Path, tmp_path: Path
) -> None:
    other = tmp_path / "two.json"
    other.write_text(json.dumps(SCENARIO | {"name": "two", "observations": []}), "utf-8")
    said = diagnose(good, other)
    assert said.exit_code == 0, said.output
    first, second = map(json.loads, said.stdout.splitlines())
    assert first["name"] == "one"
    assert first["outages"][0]["root"] == {"kind": "node", "id": "a"}
    assert first["outages"][0]["shadowed"] == ["b"]
    assert second == {"name": "two", "outages": [], "unknown": ["m", "a", "b"]}


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"\xff\xfe", b'{"name": "x"}', b'{"name": NaN}', b"[" * 10_000]
)
def test_what_is_no_scenario_is_named_and_the_others_are_answered(
    text: bytes, good: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(text)
    said = diagnose(bad, good)
    assert said.exit_code == 1
    assert "bad.json: no scenario: " in said.stderr
    assert json.loads(said.stdout)["name"] == "one"


@pytest.mark.parametrize(
    "seen",
    [
        {"at": 13, "node": "ghost", "reachable": False},
        {"at": 13, "node": "m", "link": "ghost", "oper": "down"},
        {"at": 13, "node": "b", "link": "m--a", "oper": "down"},
    ],
)
def test_an_observation_of_what_the_network_does_not_have_does_no_harm(
    seen: dict[str, object], good: Path
) -> None:
    plain = diagnose(good).stdout
    good.write_text(json.dumps(SCENARIO | {"observations": [*SCENARIO["observations"], seen]}))
    said = diagnose(good)
    assert (said.exit_code, said.stdout) == (0, plain)


def test_a_file_that_cannot_be_read_is_a_mistake_of_use(good: Path, tmp_path: Path) -> None:
    said = diagnose(tmp_path / "nowhere.json", tmp_path, good)
    assert said.exit_code == 2
    assert "nowhere.json: cannot be read: No such file" in said.stderr
    assert json.loads(said.stdout)["name"] == "one"


def test_no_scenario_at_all_is_a_mistake_of_use() -> None:
    assert diagnose().exit_code == 2
