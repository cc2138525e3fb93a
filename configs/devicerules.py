"""Rules about devices: how to tell what one is, and where it keeps its sensors and loads.

The files' format is documented in docs/discovery.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from configs.errors import ConfigError, DocumentError
from configs.module import STRICT, Oid
from configs.problem import Problem
from configs.validation import schema_problems
from configs.yamltree import read_yaml

BUILT_IN = Path(__file__).parent / "devices"
ENTERPRISES = "1.3.6.1.4.1."

GivenIn: TypeAlias = Literal["fahrenheit", "milliwatt", "microwatt"]
Limit: TypeAlias = Literal["low_critical", "low_warning", "high_warning", "high_critical"]
EntityField: TypeAlias = Literal[
    "descr", "name", "hardware", "firmware", "software", "serial", "model"
]


def usable_pattern(text: str) -> str:
    """`text` when it is a regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        reason = str(error)
        raise PydanticCustomError(
            "pattern", "regular expression: {reason}", {"reason": reason}
        ) from None
    return text


Pattern: TypeAlias = Annotated[str, AfterValidator(usable_pattern)]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text is: sysDescr, an `oid` (an instance if it ends in `.0`, else the first row of a
    column that says something), an `instance` that ends otherwise, a field of the chassis in
    ENTITY-MIB, or nowhere (`text` alone).

    `match` must be found in it and fills `{1}`, `{2}`... of `text` ({0}: all that was found);
    `names` then replaces codes by names.
    """

    __pydantic_config__ = STRICT

    descr: bool = False
    oid: Oid = ""
    instance: Oid = ""
    entity: EntityField | Literal[""] = ""
    match: Pattern = ""
    text: str = ""
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """A kind of device. It is one when all that is given fits: a prefix of its sysObjectID, a
    pattern in its sysDescr, an object that it answers for (`probe`, an instance that ends in `.0`
    or a column, or any other `instance`) in which `probe_match` is found. A `last_resort` counts
    only when nothing else fits."""

    __pydantic_config__ = STRICT

    os: str
    vendor: str = ""
    object_ids: tuple[Oid, ...] = ()
    descr: tuple[Pattern, ...] = ()
    probe: Oid = ""
    instance: Oid = ""
    probe_match: Pattern = ""
    hardware: tuple[Source, ...] | None = None
    version: tuple[Source, ...] | None = None
    serial: tuple[Source, ...] | None = None
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class SensorTable:
    """Sensors at an instance or in a column. Value = number × multiplier / divisor, turned into our
    unit when it is `given_in` another. `digits`: the column that tells how many decimals a row
    has. `unless`: not where that object is, which tells the same better.

    `description` may refer to `{index}`, and to a column of the same table by its OID in braces.
    `match`: where in a text the number is. `index`: what is found in the row's index; `only`: what
    another column of the table must say of the row. `skip`: raw values that mean "there is none";
    raw numbers must be `at_least` and `at_most` so much. `words`: the numbers of states that the
    device tells in words. `states`: names of states by number; `bad`: those that someone has to
    look at. `limits`: where the device has its own thresholds.
    """

    __pydantic_config__ = STRICT

    quantity: str
    oid: Oid
    divisor: float = 1.0
    multiplier: float = 1.0
    given_in: GivenIn | Literal[""] = ""
    digits: Oid = ""
    unless: Oid = ""
    description: str = "{index}"
    match: Pattern = ""
    index: Pattern = ""
    skip: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    only: dict[Oid, Pattern] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    bad: tuple[int, ...] = ()
    limits: dict[Limit, Oid] = field(default_factory=dict)
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadTable:
    """Processors, memory or storage: `percent`, or two of `used`, `free`, `total` in `unit` bytes.

    `divisor` is that of the percentage; `idle`: it is of what is not used. Processors have
    `percent` alone. `index`: what is found in the row's index. A `last_resort` counts only when
    nothing else was found.
    """

    __pydantic_config__ = STRICT

    percent: Oid = ""
    used: Oid = ""
    free: Oid = ""
    total: Oid = ""
    unit: float = 1.0
    divisor: float = 1.0
    idle: bool = False
    description: str = "{index}"
    match: Pattern = ""
    index: Pattern = ""
    skip: tuple[str, ...] = ()
    only: dict[Oid, Pattern] = field(default_factory=dict)
    systems: tuple[str, ...] = ()
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class ModuleUse:
    """A module that the daemon asks of every node that answers for the instance, or in the column,
    `has`."""

    __pydantic_config__ = STRICT

    module: str
    has: Oid
    systems: tuple[str, ...] = ()

    @property
    def maker(self) -> str:
        """The root of the maker whose object `has` is, "" for one that anybody may have."""
        inside = self.has.removeprefix(ENTERPRISES)
        return "" if inside == self.has else ENTERPRISES + inside.partition(".")[0]


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """One file: systems, and tables that devices of these systems or `enterprises` may have;
    without either, every device may."""

    __pydantic_config__ = STRICT

    vendor: str = ""
    enterprises: tuple[int, ...] = ()
    systems: tuple[System, ...] = ()
    sensors: tuple[SensorTable, ...] = ()
    processors: tuple[LoadTable, ...] = ()
    memory: tuple[LoadTable, ...] = ()
    storage: tuple[LoadTable, ...] = ()
    modules: tuple[ModuleUse, ...] = ()

    def concerns(self, os: str, object_id: str) -> bool:
        """Whether the tables of this file may be on such a device."""
        if not self.enterprises and not self.systems:
            return True
        if any(os == system.os for system in self.systems):
            return True
        own = (f"{ENTERPRISES}{number}" for number in self.enterprises)
        return any(below(object_id, root) for root in own)


def below(oid: str, root: str) -> bool:
    """Whether `oid` is `root` or stands under it."""
    return oid == root or oid.startswith(f"{root}.")


def load_device_rules(paths: Iterable[Path]) -> tuple[DeviceFile, ...]:
    """The rules of these files, in their order. Raises ConfigError with every problem of all."""
    files: list[DeviceFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            files.append(_read(path))
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    return tuple(files)


def device_files(folder: Path) -> Iterator[Path]:
    """The rule files of a folder, by name."""
    return iter(sorted(folder.glob("*.yml")))


@cache
def built_in_rules() -> tuple[DeviceFile, ...]:
    """The rules that come with the program."""
    return load_device_rules(device_files(BUILT_IN))


def fingerprint(files: Iterable[DeviceFile]) -> str:
    """Twelve hexadecimal digits that are others when the rules are."""
    return blake2b(repr(tuple(files)).encode(), digest_size=6).hexdigest()


def _read(path: Path) -> DeviceFile:
    document = read_yaml(path)
    if not isinstance(document.data, dict):
        raise DocumentError([document.problem((), "mapping_wanted")])
    try:
        return TypeAdapter(DeviceFile).validate_python(document.data)
    except ValidationError as error:
        raise ConfigError(list(schema_problems(error, document, DeviceFile))) from None
