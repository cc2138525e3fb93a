"""Gauges: how a value that was discovered once is read again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Term:
    """`factor` times the number at the instance `oid`, which counts modulo `modulus` if there is
    one. `match`: where in a text the number is; `skip`: raw values that mean "there is none", as
    do numbers below `least` and above `most`; `textual`: the agent sends octets; `words`: the
    numbers that they stand for, if they are no digits."""

    oid: str
    factor: float = 1.0
    match: str = ""
    skip: tuple[str, ...] = ()
    modulus: int = 0
    textual: bool = False
    least: float = -inf
    most: float = inf
    words: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Gauge:
    """The sum of `terms` and `offset`, times `times`, by `per`; `decibels`: of one milliwatt, that
    is ten times its logarithm.

    It counts only while the object `working` is 1. `states` are the names of its values, and `bad`
    those that someone has to look at; the same is true while any of the objects `crossed` is 1, and
    of values outside of the range `normal`.
    """

    terms: tuple[Term, ...]
    offset: float = 0.0
    times: Gauge | None = None
    per: Gauge | None = None
    decibels: bool = False
    working: str = ""
    crossed: tuple[str, ...] = ()
    states: tuple[tuple[int, str], ...] = ()
    bad: tuple[int, ...] = ()
    normal: tuple[float, float] | None = None

    @property
    def oid(self) -> str:
        """The object that it is told apart by."""
        return self.terms[0].oid

    @property
    def judged(self) -> bool:
        """Whether it is known when someone has to look at it."""
        return bool(self.bad or self.crossed or self.normal)

    def objects(self) -> Iterator[tuple[str, bool]]:
        """(OID, whether it is textual) of all that has to be read."""
        for term in self.terms:
            yield term.oid, term.textual
        for other in (self.times, self.per):
            if other is not None:
                yield from other.objects()
        for oid in (self.working, *self.crossed):
            if oid:
                yield oid, False


@dataclass(frozen=True, slots=True)
class Filling:
    """How full something is: the ratio, and bytes where the device tells them."""

    ratio: Gauge
    used: Gauge | None = None
    total: Gauge | None = None
