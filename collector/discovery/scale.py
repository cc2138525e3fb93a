"""Scales: from the numbers that a device counts in to the unit of a quantity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isfinite, log10

from collector.gauge import Gauge, Term
from configs.devicerules import SensorTable

MILLIWATTS = {"milliwatt": 1.0, "microwatt": 0.001}
MOST_DIGITS = 9  # a device that tells of more decimals tells nonsense


@dataclass(frozen=True, slots=True)
class Scale:
    """Value = number × `factor` + `offset`, as the logarithm that dBm are when it is `decibels`;
    numbers outside of `least` .. `most` are no measurement."""

    factor: float
    offset: float = 0.0
    decibels: bool = False
    least: float = -inf
    most: float = inf

    @classmethod
    def of(cls, table: SensorTable, digits: int = 0) -> Scale:
        """The scale of a row whose numbers have so many decimals."""
        factor = table.multiplier / table.divisor
        if 0 < digits <= MOST_DIGITS:
            factor /= 10.0**digits
        least = -inf if table.at_least is None else table.at_least
        most = inf if table.at_most is None else table.at_most
        if table.given_in == "fahrenheit":
            return cls(factor / 1.8, -32 / 1.8, False, least, most)
        if table.given_in in MILLIWATTS:
            return cls(factor * MILLIWATTS[table.given_in], 0.0, True, least, most)
        return cls(factor, 0.0, False, least, most)

    def value(self, number: float) -> float | None:
        """The value of a raw number, None when it is no measurement."""
        if not self.least <= number <= self.most:
            return None
        value = number * self.factor + self.offset
        if self.decibels:
            return 10 * log10(value) if value > 0 else None
        return value if isfinite(value) else None

    def gauge(self, term: Term) -> Gauge:
        """How the raw number `term` is read on this scale."""
        scaled = replace(term, factor=self.factor, least=self.least, most=self.most)
        return Gauge((scaled,), self.offset, decibels=self.decibels)
