"""Device models of the lab: how they name ports and what they say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class FixedPort:
    """A port that carries no link of the WAN; `type` is IANAifType."""

    long: str
    short: str
    type: int


@dataclass(frozen=True, slots=True)
class LinkPorts:
    """Ports for links: `{n}` in the names counts from `first`; `fitted` of them are there even
    if they are not used."""

    long: str
    short: str
    first: int
    fitted: int


@dataclass(frozen=True, slots=True)
class Model:
    """`ups`: the UPS of its site hangs on its serial port, and it tells of that."""

    id: str
    vendor: str
    descr: str
    versions: tuple[str, ...]
    object_id: str
    part: str
    serial: str
    oui: str
    ports: LinkPorts
    fixed: tuple[FixedPort, ...]
    ups: bool = False

    def port(self, place: int) -> str:
        """Full name (ifDescr) of the link port at a place counted from 0."""
        return self.ports.long.format(n=self.ports.first + place)

    def short(self, place: int) -> str:
        """Name as ifName has it of the link port at a place counted from 0."""
        return self.ports.short.format(n=self.ports.first + place)


@cache
def models() -> dict[str, Model]:
    """Every model by id."""
    table = yaml.load(Path(__file__).with_name("models.yml").read_text("utf-8"), yaml.CSafeLoader)
    return {
        key: Model(
            id=key,
            ports=LinkPorts(**row.pop("ports")),
            fixed=tuple(FixedPort(**port) for port in row.pop("fixed")),
            versions=tuple(row.pop("versions")),
            **row,
        )
        for key, row in table.items()
    }
