"""Reckoning: from the objects of one poll to the values that gauges make of them."""

from __future__ import annotations

from math import inf, isfinite, log10

from collector.discovery import octets
from collector.gauge import Gauge, Term
from collector.sample import Layout, Readings

TRUE = 1  # TruthValue, and EntitySensorStatus::ok


class Reckoning:
    """Where the objects of a layout stand; they are named by their OIDs."""

    def __init__(self, layout: Layout) -> None:
        self._numbers = {series.metric: place for place, series in enumerate(layout.numbers)}
        self._texts = {series.metric: place for place, series in enumerate(layout.texts)}

    def value(self, gauge: Gauge, raw: Readings) -> float | None:
        """What a gauge shows; None where the device does not tell it."""
        if gauge.working and self._number(gauge.working, raw) != TRUE:
            return None
        total = gauge.offset
        for term in gauge.terms:
            number = self._term(term, raw)
            if number is None:
                return None
            total += number
        if gauge.times is not None:
            times = self.value(gauge.times, raw)
            if times is None:
                return None
            total *= times
        if gauge.per is not None:
            per = self.value(gauge.per, raw)
            if not per:
                return None
            total /= per
        if gauge.decibels:
            return 10 * log10(total) if total > 0 else None
        return total if isfinite(total) else None

    def alarm(self, gauge: Gauge, raw: Readings, value: float) -> bool:
        """Whether someone has to look at it."""
        low, high = gauge.normal or (-inf, inf)
        return (
            not low <= value <= high
            or int(value) in gauge.bad
            or any(self._number(oid, raw) == TRUE for oid in gauge.crossed)
        )

    def _term(self, term: Term, raw: Readings) -> float | None:
        if term.textual:
            place = self._texts.get(term.oid)
            said = "" if place is None else raw.texts[place].strip()
            number = None if said in term.skip else spoken(said, term)
        else:
            number = self._number(term.oid, raw)
            if number is not None and term.skip and f"{number:.15g}" in term.skip:
                number = None
        if number is None or not term.least <= number <= term.most:
            return None
        return (number % term.modulus if term.modulus else number) * term.factor

    def _number(self, oid: str, raw: Readings) -> float | None:
        place = self._numbers.get(oid)
        if place is None:
            return None
        number = raw.numbers[place]
        return number if isfinite(number) else None


def spoken(said: str, term: Term) -> float | None:
    """The number in a text."""
    if term.words:
        return octets.worded(said, term.words)
    return octets.number(said, term.match)
