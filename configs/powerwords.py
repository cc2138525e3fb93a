"""Which readings and notifications tell of lost mains and of restarts: `meanings/power.yml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from configs.module import STRICT, Oid

BUILT_IN = Path(__file__).parent / "meanings" / "power.yml"


@dataclass(frozen=True, slots=True)
class TrapMeaning:
    """A notification; where `says` is given, only if one of its values is that."""

    __pydantic_config__ = STRICT

    oid: Oid
    says: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`readings`: per metric the values that mean so; `sensors`: the same per object."""

    __pydantic_config__ = STRICT

    readings: dict[str, frozenset[float]] = field(default_factory=dict)
    sensors: dict[Oid, frozenset[float]] = field(default_factory=dict)
    traps: tuple[TrapMeaning, ...] = ()

    def values(self, subject: str) -> frozenset[float]:
        """The values of a metric or an object that mean so."""
        return self.readings.get(subject) or self.sensors.get(subject, frozenset())

    def meant_by(self, oid: str, varbinds: tuple[tuple[str, str], ...]) -> bool:
        """Whether a notification means so."""
        return any(
            trap.oid == oid
            and (not trap.says or any(value.strip(".") == trap.says for _, value in varbinds))
            for trap in self.traps
        )


@dataclass(frozen=True, slots=True)
class Uptime:
    __pydantic_config__ = STRICT

    per_second: float
    wraps: float


@dataclass(frozen=True, slots=True)
class PowerWords:
    """`lost`, `present`: the mains, as a UPS tells; `started`: the agent; `uptime` by metric."""

    __pydantic_config__ = STRICT

    lost: Meaning
    present: Meaning
    started: Meaning
    uptime: dict[str, Uptime]


@cache
def power_words() -> PowerWords:
    """The built-in meanings."""
    document = yaml.load(BUILT_IN.read_text("utf-8"), yaml.CSafeLoader)
    return TypeAdapter(PowerWords).validate_python(document)
