from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text

from exporters.exposition import Family, Format, Kind, label_pairs, label_set, lines, numbers

# Whatever a device may say of itself, but for what no UTF-8 can hold.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
texts |= st.sampled_from(["", 'say "x"', "back\\slash", "line\nfeed", "Đắk Lắk", "\\n", "a,b}"])
values = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 2**64 - 1).map(float)
rows = st.lists(st.tuples(texts, texts, values), min_size=1, max_size=5)


def ours(family: Family, given: list[tuple[str, str, float]], form: Format) -> str:
    labels = [label_set(label_pairs((("ifAlias", a), ("node", b)))) for a, b, _ in given]
    text = family.head(form) + lines(family.name, labels, np.array([v for _, _, v in given]))
    end = b"\n# EOF\n" if form is Format.OPENMETRICS else b"\n"
    return (text.removeprefix(b"\n") + end).decode()


def theirs(family: Family, given: list[tuple[str, str, float]], form: Format) -> str:
    made = GaugeMetricFamily(family.name, family.help, labels=["ifAlias", "node"])
    for a, b, value in given:
        made.add_metric([a, b], value)

    class Collected:
        def collect(self) -> list[Any]:
            return [made]

    registry = CollectorRegistry()
    registry.register(Collected())
    generate = generate_openmetrics if form is Format.OPENMETRICS else generate_latest
    return generate(registry).decode()


def without_values(text: str) -> list[str]:
    return [line if line.startswith("#") else line.rpartition(" ")[0] for line in text.split("\n")]


def parsed(text: str, form: Format) -> list[float]:
    parse = parse_openmetrics if form is Format.OPENMETRICS else parse_text
    return [sample.value for family in parse(text) for sample in family.samples]


@pytest.mark.parametrize("form", Format)
@settings(deadline=None)
@given(rows, texts)
def test_the_fast_writer_says_what_the_slow_one_says(
    form: Format, given: list[tuple[str, str, float]], text: str
) -> None:
    family = Family("a_metric", Kind.GAUGE, text)
    fast, slow = ours(family, given, form), theirs(family, given, form)
    assert without_values(fast) == without_values(slow)


@settings(deadline=None)
@given(st.lists(values, min_size=1, max_size=8))
def test_no_value_loses_a_digit(given: list[float]) -> None:
    assert [float(text) for text in numbers(np.array(given))] == given


def test_counters_are_written_as_integers_to_the_last_digit() -> None:
    assert numbers(np.array([0.0, 1e15, 2.0**53])) == [
        b"0",
        b"1000000000000000",
        b"9007199254740992",
    ]
    assert numbers(np.array([2.0**63, 1.0])) == [b"9223372036854775808", b"1"]
    assert numbers(np.array([-3.0, 4.0])) == [b"-3", b"4"]
    assert numbers(np.array([0.5, 4.0])) == [b"0.5", b"4.0"]


def test_a_value_that_is_not_known_has_no_line() -> None:
    labels = [b'{a="1"} ', b'{a="2"} ', b'{a="3"} ']
    text = lines("x", labels, np.array([1.0, np.nan, np.inf]))
    assert text == b'\nx{a="1"} 1'
    assert lines("x", labels[:1], np.array([np.nan])) == b""
    assert lines("x", [], np.array([])) == b""


def test_a_devices_counter_keeps_its_name_in_both_formats() -> None:
    family = Family("ifHCInOctets", Kind.COUNTER, "Octets.")
    assert b"# TYPE ifHCInOctets counter" in family.head(Format.TEXT)
    assert b"# TYPE ifHCInOctets unknown" in family.head(Format.OPENMETRICS)


def test_a_counter_that_is_called_total_is_a_counter_in_both_formats() -> None:
    family = Family("a_total", Kind.COUNTER, "Things.")
    assert b"# TYPE a_total counter" in family.head(Format.TEXT)
    assert b"# TYPE a counter" in family.head(Format.OPENMETRICS)


def test_text_that_is_no_unicode_does_not_spoil_the_exposition() -> None:
    assert label_set(label_pairs((("a", "x\ud800y"),))) == b'{a="x?y"} '


@pytest.mark.parametrize("form", Format)
def test_both_parsers_read_it(form: Format) -> None:
    given = [("Đường trục", "a", 5.0), ('"\\\n', "b", 0.25)]
    assert parsed(ours(Family("m", Kind.GAUGE, "h"), given, form), form) == [5.0, 0.25]
