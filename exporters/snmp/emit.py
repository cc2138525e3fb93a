"""A metric compiled into what writes its samples: nothing of it is interpreted per value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from collector.modules.part import COMBINED
from collector.modules.text import Wording, wording
from collector.snmp.ber import Value
from configs.module import Metric
from exporters.exposition import Family, Kind
from exporters.snmp.extract import Extraction, first_number
from exporters.snmp.labels import Labeller, Row, Values, before, wordings_of
from exporters.snmp.moment import by_pattern, date_and_time, ntp_timestamp
from exporters.snmp.number import number, whole
from exporters.snmp.page import Page

Write: TypeAlias = Callable[[bytes, Value, Row], None]
"""Takes the octets of a row's index, its value and its labels."""
Bind: TypeAlias = Callable[[Page, Values], Write]
"""Makes the writer of one scrape: where to, and all values that were found."""
Number: TypeAlias = Callable[[Value], int | float | None]

MOMENTS: dict[str, Number] = {"DateAndTime": date_and_time, "NTPTimeStamp": ntp_timestamp}


def sink(page: Page, family: Family) -> Callable[[str, int | float], object]:
    """What adds a sample; nothing is added if the name is taken by another family."""
    samples = page.samples(family)
    kept: dict[str, int | float] = {} if samples is None else samples
    return kept.setdefault


def emitter(metric: Metric, oid: bytes, labeller: Labeller) -> Bind:
    """What writes the samples of a metric's values. Raises re.error for a regular expression that
    is none."""
    family = Family(metric.name, Kind.GAUGE, metric.help)
    place = labeller.place(metric.name)
    match metric.type:
        case "counter":
            return plain(Family(metric.name, Kind.COUNTER, metric.help), scaled(metric, number))
        case "gauge" | "Float" | "Double":
            return plain(family, scaled(metric, number))
        case "DateAndTime" | "NTPTimeStamp":
            return plain(family, scaled(metric, MOMENTS[metric.type]))
        case "ParseDateAndTime":
            return plain(family, scaled(metric, by_pattern(metric.datetime_pattern)))
        case "EnumAsInfo":
            return enum_as_info(metric, place)
        case "EnumAsStateSet":
            return enum_as_state_set(metric, place)
        case "Bits":
            return bits(metric, place)
    texts = Texts(metric, oid)
    if metric.regex_extracts:
        return extracted(metric, texts)
    return named(family, texts, place, metric)


def scaled(metric: Metric, read: Number) -> Number:
    """`read`, with scale and offset. A scale of 0 is none."""
    scale, offset = metric.scale or 1.0, metric.offset
    if scale == 1.0 and offset == 0.0:
        return read

    def read_scaled(value: Value) -> float | None:
        plain_number = read(value)
        return None if plain_number is None else plain_number * scale + offset

    return read_scaled


def nothing(page: Page, values: Values) -> Write:
    """Writes nothing: a label of the metric's own name is there already."""
    return lambda index, value, row: None


def plain(family: Family, read: Number) -> Bind:
    """One number."""

    def bind(page: Page, values: Values) -> Write:
        add = sink(page, family)

        def write(index: bytes, value: Value, row: Row) -> None:
            found = read(value)
            if found is not None:
                add(row.text, found)

        return write

    return bind


class Texts:
    """How a metric's values read; of combined types the column before says how."""

    def __init__(self, metric: Metric, oid: bytes) -> None:
        combined = metric.type in COMBINED
        self._text = wording("OctetString" if combined else metric.type, metric.display_hint)
        self._by_type = wordings_of(metric.type)
        self._before = before(oid) if combined else None

    def bound(self, values: Values) -> Callable[[bytes, Value], str]:
        """What makes text of a row's value among these values."""
        text, by_type, column = self._text, self._by_type, self._before
        if column is None:
            return lambda index, value: text(value)

        def combined(index: bytes, value: Value) -> str:
            kind = values.get(column + index)
            real: Wording = text if kind is None else by_type.get(whole(kind), text)
            return real(value)

        return combined


def named(family: Family, texts: Texts, place: int | None, metric: Metric) -> Bind:
    """A text, as a label of the metric's own name beside the number 1."""
    shown = (metric.scale or 1.0) + metric.offset

    def bind(page: Page, values: Values) -> Write:
        add = sink(page, family)
        text = texts.bound(values)

        def write(index: bytes, value: Value, row: Row) -> None:
            if place is None:
                add(row.text, shown)
            else:
                add(row.with_pair(place, family.name, text(index, value)), shown)

        return write

    return bind


def extracted(metric: Metric, texts: Texts) -> Bind:
    """Numbers taken out of a text, each in a family of its own."""
    extracts = [
        (
            Family(metric.name + suffix, Kind.GAUGE, f"{metric.help} (regex extracted)"),
            tuple(map(Extraction.of, extracts)),
        )
        for suffix, extracts in metric.regex_extracts.items()
    ]
    scale, offset = metric.scale or 1.0, metric.offset

    def bind(page: Page, values: Values) -> Write:
        sinks = [(sink(page, family), extractions) for family, extractions in extracts]
        text = texts.bound(values)

        def write(index: bytes, value: Value, row: Row) -> None:
            words = text(index, value)
            for add, extractions in sinks:
                found = first_number(extractions, words)
                if found is not None:
                    add(row.text, found * scale + offset)

        return write

    return bind


def enum_as_info(metric: Metric, place: int | None) -> Bind:
    """The name of a number, as a label beside the number 1."""
    if place is None:
        return nothing
    family = Family(f"{metric.name}_info", Kind.GAUGE, f"{metric.help} (EnumAsInfo)")
    names = metric.enum_values

    def bind(page: Page, values: Values) -> Write:
        add = sink(page, family)

        def write(index: bytes, value: Value, row: Row) -> None:
            state = whole(value)
            add(row.with_pair(place, metric.name, names.get(state) or str(state)), 1)

        return write

    return bind


def enum_as_state_set(metric: Metric, place: int | None) -> Bind:
    """Every name of the enumeration: 1 for the present one, 0 for the others."""
    family = Family(metric.name, Kind.GAUGE, f"{metric.help} (EnumAsStateSet)")
    names = metric.enum_values

    def states(value: Value) -> Iterable[tuple[str, int]]:
        state = whole(value)
        yield names.get(state) or str(state), 1
        yield from ((name, 0) for key, name in names.items() if key != state)

    return _set_of(family, states, place)


def bits(metric: Metric, place: int | None) -> Bind:
    """Every name of BITS, the most significant bit of the first octet being number 0."""
    family = Family(metric.name, Kind.GAUGE, f"{metric.help} (Bits)")
    names: Mapping[int, str] = metric.enum_values

    def states(value: Value) -> Iterable[tuple[str, int]]:
        if isinstance(value, bytes):
            for bit, name in names.items():
                octet = value[bit // 8] if bit // 8 < len(value) else 0
                yield name, octet >> (7 - bit % 8) & 1

    return _set_of(family, states, place)


def _set_of(
    family: Family, states: Callable[[Value], Iterable[tuple[str, int]]], place: int | None
) -> Bind:
    if place is None:
        return nothing

    def bind(page: Page, values: Values) -> Write:
        add = sink(page, family)

        def write(index: bytes, value: Value, row: Row) -> None:
            for name, number_ in states(value):
                add(row.with_pair(place, family.name, name), number_)

        return write

    return bind
