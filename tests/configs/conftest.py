"""A configuration that is right, as files that a test may spoil."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from configs.errors import ConfigError
from configs.loader import Configuration, load
from configs.problem import Severity

MAIN = """\
inventory: [inventory.yaml]
monitors: [core]
credentials:
  snmp:
    field: {community: {file: community}}
  ssh:
    admin: {username: admin, known_hosts: known_hosts, password: {env: SSH_PASSWORD}}
"""

INVENTORY = """\
provinces:
- {id: ha-noi, name: Hà Nội}
sites:
- {id: dc, name: Trung tâm, kind: data_centre, province: ha-noi}
- {id: ba-dinh, name: Phường Ba Đình, kind: commune, province: ha-noi, code: "00004"}
nodes:
- {id: core, site: dc, address: 127.0.0.2, role: core, credential: field}
- id: cpe
  site: ba-dinh
  address: 127.0.0.3
  role: cpe
  credential: field
  ssh: {credential: admin, style: exec, platform: linux}
links:
- {id: up, a: core, b: cpe, capacity_bps: 1000000}
groups:
- {id: mains, kind: power, members: ["node:core", "link:up"]}
"""


class Folder:
    """A folder with a configuration in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("wanwatch.yaml", MAIN)
        self.write("inventory.yaml", INVENTORY)
        self.write("community", "c0mmunity\n")
        self.write("known_hosts", "")

    def write(self, name: str, text: str | bytes) -> Path:
        """The file, as private as a secret should be."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(0o600)
        return path

    def change(self, name: str, old: str, new: str) -> None:
        """Replaces the only `old` in a file."""
        text = (self.path / name).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is not there just once"
        self.write(name, text.replace(old, new))

    def load(self) -> Configuration:
        return load(Path(os.path.relpath(self.path / "wanwatch.yaml")))

    def errors(self) -> list[str]:
        """What the check says, line by line; [] when the configuration is right."""
        try:
            self.load()
        except ConfigError as error:
            return [str(p) for p in error.problems if p.severity is Severity.ERROR]
        return []

    def warnings(self) -> list[str]:
        return [str(problem) for problem in self.load().warnings]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A right configuration in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSH_PASSWORD", "s3cret-password")
    return Folder(tmp_path)
