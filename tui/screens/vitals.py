"""Lines for what a node measures of itself: sensors, processors, memory and storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporters.schema.node import VitalOut
from tui.desk import Desk
from tui.figures import DASH
from tui.letters import tidy
from tui.look import DOWN, MUTED, PLAIN, STRONG, UP
from tui.widgets.rowtable import Cell, Column

PREFIX = "wanwatch_"
VITALS = (
    Column("", 1),
    Column("console.column.vital", most=44),
    Column("console.column.measured", 20),
    Column("console.column.value", 15, right=True),
    Column("console.column.detail", most=30),
)
UNITS = {  # the end of a metric's name: unit, digits, factor
    "_celsius": ("°C", 1, 1.0),
    "_volts": ("V", 2, 1.0),
    "_amperes": ("A", 2, 1.0),
    "_watts": ("W", 1, 1.0),
    "_rpm": ("rpm", 0, 1.0),
    "_hertz": ("Hz", 1, 1.0),
    "_dbm": ("dBm", 1, 1.0),
    "_joules": ("kWh", 1, 1 / 3.6e6),
    "_per_second": ("m³/s", 3, 1.0),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A vital sign, with the bytes behind it where it is memory or storage."""

    vital: VitalOut
    used: float | None = None
    size: float | None = None


def measured(vitals: Iterable[VitalOut]) -> list[Measured]:
    """What is wrong first, then as the daemon lists it; bytes stand with their share."""
    told = list(vitals)
    bytes_ = {(v.metric, v.name): v.value for v in told if v.metric.endswith("_bytes")}
    rows = []
    for vital in told:
        if vital.metric.endswith("_bytes"):
            continue
        stem = vital.metric.removesuffix("used_ratio")
        used, size = (bytes_.get((stem + end, vital.name)) for end in ("used_bytes", "size_bytes"))
        rows.append(Measured(vital, used, size))
    return sorted(rows, key=lambda row: row.vital.ok is not False)


class VitalLines:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def draw(self, row: Measured) -> Sequence[Cell]:
        vital = row.vital
        mark = {True: (UP.glyph, UP.style), False: (DOWN.glyph, DOWN.style)}
        style = MUTED if vital.value is None else DOWN.style if vital.ok is False else STRONG
        return (
            mark[vital.ok] if vital.ok is not None else (" ", MUTED),
            (tidy(vital.name), PLAIN),
            (self._kind(vital.metric.removeprefix(PREFIX)), MUTED),
            (self._value(vital), style),
            (self._detail(row), style if vital.state else MUTED),
        )

    def _kind(self, metric: str) -> str:
        try:
            return self._desk.say(f"console.vital.{metric}")
        except KeyError:  # a newer daemon measures more
            return metric

    def _value(self, vital: VitalOut) -> str:
        figures, value = self._desk.figures, vital.value
        if value is None:
            return DASH
        if vital.metric.endswith("_ratio"):
            return figures.percent(value)
        if vital.metric.endswith("_seconds"):
            return figures.span(value)
        for end, (unit, digits, factor) in UNITS.items():
            if vital.metric.endswith(end):
                return f"{figures.number(value * factor, digits)} {unit}"
        return figures.number(value, 0 if value == int(value) else 2)

    def _detail(self, row: Measured) -> str:
        if row.used is None or row.size is None:
            return tidy(row.vital.state)
        rate = self._desk.figures.rate
        return f"{rate(row.used)}B / {rate(row.size)}B"
