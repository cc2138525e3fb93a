"""What stays and what goes when a recording is redacted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from configs.devicerules import BUILT_IN, built_in_rules

Ids = tuple[int, ...]
FILE = Path(__file__).with_name("redaction.yml")
WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Redaction:
    """`classes`: what is below an OID (`given`, `labels`, `makers`, `models`, `macs`, `addresses`);
    `indexes`: kinds of the parts of an index, by entry; `words` and `ports` are known words in
    lower case."""

    classes: dict[Ids, str]
    indexes: dict[Ids, tuple[str, ...]]
    words: frozenset[str]
    ports: frozenset[str]


@cache
def redaction() -> Redaction:
    """The rules that come with the program; our rules about devices add where a device tells its
    serial number, its model and its version."""
    data: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
    classes = {ids(oid): kind for kind, oids in _of_devices().items() for oid in oids}
    for kind in ("given", "labels", "makers", "models", "macs", "addresses"):
        classes |= {ids(oid): kind for oid in data[kind]}
    words = {word.lower() for path in BUILT_IN.glob("*.yml") for word in _words(path)}
    ports = frozenset(data["ports"].split())
    return Redaction(
        classes,
        {ids(oid): tuple(kinds) for oid, kinds in data["indexes"].items()},
        frozenset(words | set(data["words"].split()) | ports),
        ports,
    )


def ids(oid: str) -> Ids:
    return tuple(map(int, oid.split(".")))


def _words(path: Path) -> Iterable[str]:
    return WORD.findall(path.read_text("utf-8"))


def _of_devices() -> dict[str, set[str]]:
    """OIDs by kind, as the rules about devices name them."""
    found: dict[str, set[str]] = {"models": set(), "given": set()}
    for file in built_in_rules():
        for system in file.systems:
            for source in (*(system.hardware or ()), *(system.version or ())):
                found["models"].add(source.oid)
            found["given"].update(source.oid for source in system.serial or ())
    return {kind: {oid.removeprefix(".") for oid in oids if oid} for kind, oids in found.items()}
