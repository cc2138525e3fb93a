"""Samples on their way to become Prometheus text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from exporters.exposition import Family, Format
from exporters.snmp.number import MANTISSA

_WORDS = {math.inf: "+Inf", -math.inf: "-Inf"}


class Page:
    """Families by name, each with its samples by label set. What comes first counts: a name has
    one HELP and TYPE, and a label set has one value."""

    def __init__(self) -> None:
        self._families: dict[str, tuple[Family, dict[str, int | float]]] = {}

    def samples(self, family: Family) -> dict[str, int | float] | None:
        """Where samples of this family go, by what stands between the braces; None if its name is
        taken by another."""
        known = self._families.setdefault(family.name, (family, {}))
        return known[1] if known[0] == family else None

    def __len__(self) -> int:
        """How many samples there are."""
        return sum(len(samples) for _, samples in self._families.values())

    def add(self, other: Page) -> None:
        """Puts the samples of another page behind these; the other is used up."""
        for name, (family, samples) in other._families.items():
            known = self._families.setdefault(name, (family, samples))
            if known[1] is not samples and known[0] == family:
                for labels, value in samples.items():
                    known[1].setdefault(labels, value)

    def text(self) -> bytes:
        """The whole exposition, sorted by name and label set."""
        lines = [
            f"{name}{labels}{figure(value)}\n" for name, labels, value in self.samples_in_order()
        ]
        return "".join(lines).encode()

    def samples_in_order(self) -> Iterator[tuple[str, str, int | float]]:
        """(name, labels, value) of every sample: before the name of the first one of a family
        stand its HELP and TYPE, and the labels end in the space before the value."""
        for name, (family, samples) in sorted(self._families.items()):
            before = f"{head_of(family)}{name}"
            for labels, value in sorted(samples.items()):
                yield before, f"{{{labels}}} " if labels else " ", value
                before = name


@lru_cache(maxsize=16_384)
def head_of(family: Family) -> str:
    """HELP and TYPE, each before a line feed."""
    return f"{family.head(Format.TEXT).decode()[1:]}\n"


def figure(value: int | float) -> str:
    """A number in Prometheus' text."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else _WORDS[value]
    return str(int(value)) if value.is_integer() and abs(value) < MANTISSA else repr(value)
