"""The whole configuration: what is right loads, and all that is wrong is said at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from select import select

import pytest

from configs.credentials import Version
from configs.devicerules import built_in_rules
from configs.document import content_of
from configs.errors import ConfigError
from configs.inventory import CliStyle, GroupKind, Role, SiteKind
from configs.loader import load
from tests.configs.conftest import Folder


def test_a_right_configuration_loads_whole(folder: Folder) -> None:
    configuration = folder.load()
    inventory = configuration.inventory
    assert configuration.warnings == ()
    assert configuration.path == folder.path / "wanwatch.yaml"
    assert inventory.sites["ba-dinh"].kind is SiteKind.COMMUNE
    assert inventory.sites["ba-dinh"].code == "00004"
    assert inventory.nodes["core"].role is Role.CORE
    assert inventory.province_of("cpe") == "ha-noi"
    assert inventory.nodes["cpe"].ssh is not None
    assert inventory.nodes["cpe"].ssh.style is CliStyle.EXEC
    assert inventory.links["up"].capacity_bps == 1_000_000
    assert inventory.groups["mains"].kind is GroupKind.POWER
    assert inventory.groups["mains"].members == ("node:core", "link:up")
    assert inventory.monitors == ("core",)
    assert configuration.snmp["field"].community == "c0mmunity"
    assert configuration.snmp["field"].version is Version.V2C
    assert configuration.ssh["admin"].password == "s3cret-password"
    assert configuration.ssh["admin"].known_hosts == str(folder.path / "known_hosts")
    assert {"wan", "sensors"} <= configuration.modules.keys()


def test_no_secret_is_in_the_repr_of_a_configuration(folder: Folder) -> None:
    text = repr(folder.load())
    assert "c0mmunity" not in text
    assert "s3cret-password" not in text


@pytest.mark.parametrize("name", ["wanwatch.yaml", "wanwatch-csv.yaml"])
def test_the_examples_are_right(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("WANWATCH_AUTH", "WANWATCH_PRIV", "WANWATCH_HMAC"):
        monkeypatch.setenv(variable, "long enough")
    configuration = load(Path("docs/examples") / name)
    assert configuration.warnings == ()
    assert len(configuration.inventory.nodes) == 6


def test_yaml_and_csv_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("WANWATCH_AUTH", "WANWATCH_PRIV", "WANWATCH_HMAC"):
        monkeypatch.setenv(variable, "long enough")
    yaml, csv = (
        load(Path("docs/examples") / name).inventory
        for name in ("wanwatch.yaml", "wanwatch-csv.yaml")
    )
    assert yaml == csv


def test_rules_about_devices_come_before_those_of_the_program(folder: Folder) -> None:
    (folder.path / "rules").mkdir()
    (folder.path / "rules" / "acme.yml").write_text("systems: [{os: acmeos, descr: ['^Acme']}]")
    folder.change("wanwatch.yaml", "monitors: [core]", "monitors: [core]\ndevices: [rules]")
    first, *others = folder.load().devices
    assert [system.os for system in first.systems] == ["acmeos"]
    assert tuple(others) == built_in_rules()


def test_a_mistake_in_a_rule_about_devices_is_told_like_any_other(folder: Folder) -> None:
    (folder.path / "acme.yml").write_text("systems:\n- {os: acmeos, descr: ['(']}")
    folder.change("wanwatch.yaml", "monitors: [core]", "monitors: [core]\ndevices: [acme.yml]")
    with pytest.raises(ConfigError, match=r"acme\.yml:2: systems\[0\]\.descr\[0\]"):
        folder.load()


def test_every_problem_of_every_file_is_told_at_once(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "monitors: [core]", "monitors: [cor]\nlangage: vi")
    folder.change("inventory.yaml", "site: dc", "site: dcc")
    folder.change("inventory.yaml", "127.0.0.3", "127.0.0.300")
    with pytest.raises(ConfigError) as caught:
        folder.load()
    assert str(caught.value).splitlines() == [
        'wanwatch.yaml:2: monitors[0]: no node "cor" (did you mean "core"?)',
        'wanwatch.yaml:3: langage: unknown key (did you mean "language"?)',
        'inventory.yaml:7: nodes[0].site: no site "dcc" (did you mean "dc"?)',
        'inventory.yaml:10: nodes[1].address: "127.0.0.300" is not an IP address',
        "4 error(s), 0 warning(s)",
    ]


@pytest.mark.parametrize(
    ("method", "line", "named"),
    [
        ("iterdir", "1: inventory[1]", "closed"),
        ("is_dir", "1: inventory[0]", "inventory.yaml"),
        ("is_file", "7: credentials.ssh.admin.known_hosts", "known_hosts"),
    ],
)
def test_what_may_not_be_looked_at_is_told_like_any_other_mistake(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, method: str, line: str, named: str
) -> None:
    """As when a daemon that is not root is told to read a folder of root's."""
    (folder.path / "closed").mkdir()
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[inventory.yaml, closed]")

    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, method, refuse)
    with pytest.raises(ConfigError) as caught:
        folder.load()
    message = f"{named} cannot be read: Permission denied"
    assert f"wanwatch.yaml:{line}: {message}" in str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("loop.yaml", lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        ("gone.yaml", lambda path: path.symlink_to("nothing"), "No such file or directory"),
        ("folder.yaml", Path.mkdir, "Is a directory"),
        ("pipe.csv", os.mkfifo, "what is in it is unknown"),
        ("pipe.yaml", os.mkfifo, "the file is empty"),
    ],
)
def test_what_is_no_file_in_a_folder_of_the_inventory_is_told_and_not_waited_for(
    folder: Folder, name: str, written: Callable[[Path], None], told: str
) -> None:
    (folder.path / "north").mkdir()
    written(folder.path / "north" / name)
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[inventory.yaml, north]")
    (problem,) = folder.errors()
    assert told in problem


def test_a_pipe_that_somebody_writes_to_is_read_to_its_end(tmp_path: Path) -> None:
    """As what a shell puts in place of `<(…)` is."""
    os.mkfifo(tmp_path / "pipe")
    content = b"x" * 200_000

    def write() -> None:
        (tmp_path / "pipe").write_bytes(content)

    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with ThreadPoolExecutor(1) as thread:
        written = thread.submit(write)
        assert select([reading], [], [], 10)[0]
        assert content_of(tmp_path / "pipe", 1_000_000) == content
        written.result()
    os.close(reading)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        (
            'modules: ["~nobody-of-that-name/x.yml"]',
            "modules[0]: ~nobody-of-that-name/x.yml: there",
        ),
        ('modules: ["a\\0b.yml"]', "modules[0]: must be a path"),
        ('http: {token: {file: "a\\0b"}}', "http.token: a secret is given as file: PATH"),
    ],
)
def test_a_path_that_is_none_is_told_like_any_other_mistake(
    folder: Folder, added: str, told: str
) -> None:
    folder.change("wanwatch.yaml", "monitors: [core]", f"monitors: [core]\n{added}")
    (problem,) = folder.errors()
    assert problem.startswith(f"wanwatch.yaml:3: {told}")


def test_a_configuration_can_be_read_from_a_folder_that_is_gone(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a daemon that was started in the folder of the release before."""
    (folder.path / "before").mkdir()
    monkeypatch.chdir(folder.path / "before")
    (folder.path / "before").rmdir()
    assert load(folder.path / "wanwatch.yaml").warnings == ()
    folder.change("inventory.yaml", "site: dc", "site: dcc")
    with pytest.raises(ConfigError, match=rf"{folder.path}/inventory\.yaml:7: nodes\[0\]\.site"):
        load(folder.path / "wanwatch.yaml")
