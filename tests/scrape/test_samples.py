"""Numbers, moments and extracts of values, and the page that samples are put on."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from collector.modules.part import unicode
from collector.snmp import ber
from configs.module import Index, Metric, Module, RegexExtract
from exporters.exposition import Family, Kind
from exporters.snmp.compiled import CompiledModule
from exporters.snmp.extract import Extraction, first_number
from exporters.snmp.moment import by_pattern, date_and_time, ntp_timestamp
from exporters.snmp.number import number, parsed, whole
from exporters.snmp.page import Page, figure
from tests.scrape.material import octets

COLUMN = "1.3.6.1.4.1.9.1"
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1, 1, 2), datetime(9998, 12, 30)), ZONES)  # noqa: DTZ001
def test_date_and_time_is_read_to_the_second(moment: datetime, zone: timezone) -> None:
    moment = moment.replace(microsecond=0, tzinfo=zone)
    offset = zone.utcoffset(None)
    minutes = int(abs(offset).total_seconds()) // 60
    sign = b"-" if offset < timedelta() else b"+"
    written = moment.year.to_bytes(2, "big") + bytes(
        (moment.month, moment.day, moment.hour, moment.minute, moment.second, 0)
    )
    written += sign + bytes(divmod(minutes, 60))
    assert date_and_time(written) == int(moment.timestamp())


@given(st.binary(min_size=8, max_size=8))
def test_any_eight_octets_are_some_moment(value: bytes) -> None:
    assert isinstance(date_and_time(value), int)


@pytest.mark.parametrize(
    "value", [b"", b"1234567", b"\x07\xe2\x08\x0f\x08\x01\x0f\x00?\x02\x00", 7]
)
def test_what_is_no_date_gives_no_sample(value: ber.Value) -> None:
    assert date_and_time(value) is None
    assert ntp_timestamp(b"1234") is None


def test_a_pattern_may_use_short_forms_and_zones() -> None:
    read = by_pattern("%F %T%z")
    expected = int(datetime(2025, 4, 1, 12, 0, 5, tzinfo=UTC).timestamp())
    assert read(b"2025-04-01 19:00:05+0700") == expected
    assert read(b"yesterday") is None


def test_counters_wrap_where_a_float_would_begin_to_round() -> None:
    assert number(2**53 - 1) == 2**53 - 1
    assert number(2**53 + 5) == 5
    assert number(-3) == -3
    assert (number(b"octets"), number("10.0.0.1")) == (0, 0)
    assert (whole(math.nan), whole(math.inf), whole(2.9)) == (0, 0, 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [("10", 10), ("-1.5e3", -1500), (".5", 0.5), ("+Inf", math.inf), ("1_0", None), ("", None),
     (" 1", None), ("1e999", None), ("0x10", None), ("٣", None)],
)  # fmt: skip
def test_only_plain_numbers_are_numbers(text: str, value: float | None) -> None:
    assert parsed(text) == value


def extraction(regex: str, value: str = "$1") -> Extraction:
    return Extraction.of(RegexExtract(regex, value))


def test_a_regular_expression_has_to_match_the_whole_text() -> None:
    assert extraction(r"(\d+)").number("10 V") is None
    assert extraction(r"(\d+) V").number("10 V") == 10


def test_groups_are_named_or_numbered_and_missing_ones_are_empty() -> None:
    assert extraction(r"(?P<whole>\d+),(\d+)", "${whole}.$2").number("3,14") == 3.14
    assert extraction(r"(\d+)(x)?", "$1$2$9$none").number("3") == 3
    assert extraction(r"(\d+)", "$1x").number("3") is None  # the group called "1x"
    assert extraction(".*", "$$1").number("3") is None


def test_the_first_extract_that_gives_a_number_counts() -> None:
    tried = (extraction("(a)"), extraction("(.*)"), extraction(".*", "7"))
    assert first_number(tried, "a") == 7
    assert first_number(tried, "5") == 5
    assert first_number((), "5") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.5, "0.5"),
        (42.0, "42"),
        (math.nan, "NaN"),
        (-math.inf, "-Inf"),
        (1e300, "1e+300"),
    ],
)
def test_figures_are_written_as_prometheus_reads_them(value: float, text: str) -> None:
    assert figure(value) == text


def test_of_two_families_with_one_name_the_first_counts() -> None:
    page = Page()
    first, second = (Family("name", Kind.GAUGE, text) for text in ("first", "second"))
    samples = page.samples(first)
    assert samples is not None
    samples[""] = 1
    assert page.samples(second) is None
    assert page.text() == b"# HELP name first\n# TYPE name gauge\nname 1\n"


def test_what_two_modules_say_of_the_same_is_shown_once_as_the_first_said_it() -> None:
    first, second, other = Page(), Page(), Page()
    family = Family("name", Kind.GAUGE, "help")
    for page, samples in ((first, {'a="1"': 1}), (second, {'a="1"': 2, 'a="2"': 3})):
        found = page.samples(family)
        assert found is not None
        found.update(samples)
    conflict = other.samples(Family("name", Kind.COUNTER, "help"))
    assert conflict is not None
    conflict['a="3"'] = 4
    first.add(second)
    first.add(other)
    assert first.text().decode().split("\n")[2:] == ['name{a="1"} 1', 'name{a="2"} 3', ""]


def emitted(metric: Metric, *values: tuple[str, ber.Value]) -> str:
    page = Page()
    found = {octets(f"{COLUMN}.{index}"): value for index, value in values}
    CompiledModule(Module("m", (), (), (metric,))).emit(found, page)
    return page.text().decode()


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_whatever_a_device_calls_things_the_text_can_be_parsed(name: bytes, label: bytes) -> None:
    index = Index("name", "DisplayString", implied=True)
    metric = Metric("thing", COLUMN, "DisplayString", 'a "help"\\\n', indexes=(index,))
    text = emitted(metric, (".".join(map(str, label or b"x")), name))
    (family,) = text_string_to_metric_families(text)
    (sample,) = family.samples
    assert sample.labels["thing"] == unicode(name)
    assert sample.value == 1


def test_a_null_is_no_sample_and_does_not_cost_the_others() -> None:
    metric = Metric("load", COLUMN, "gauge", "Load.", indexes=(Index("i", "gauge"),))
    assert 'load{i="2"} 7\n' in emitted(metric, ("1", None), ("2", 7))
    assert 'i="1"' not in emitted(metric, ("1", None), ("2", 7))


def test_rows_with_the_same_labels_are_one_sample_the_first() -> None:
    metric = Metric("load", COLUMN, "gauge", "Load.")
    assert emitted(metric, ("1", 5), ("2", 7)).endswith("\nload 5\n")


def test_a_state_set_has_every_name_and_an_unknown_state_its_number() -> None:
    metric = Metric("state", COLUMN, "EnumAsStateSet", "S.", enum_values={1: "up", 2: "down"})
    assert 'state{state="up"} 1\n' in emitted(metric, ("0", 1))
    assert 'state{state="down"} 0\n' in emitted(metric, ("0", 1))
    assert 'state{state="9"} 1\n' in emitted(metric, ("0", 9))


def test_bits_count_from_the_most_significant_of_the_first_octet() -> None:
    metric = Metric("flags", COLUMN, "Bits", "F.", enum_values={0: "a", 9: "b", 30: "c"})
    text = emitted(metric, ("0", b"\x80\x40"))
    assert 'flags{flags="a"} 1\nflags{flags="b"} 1\nflags{flags="c"} 0\n' in text
    assert emitted(metric, ("0", 5)) == ""


def test_an_enumeration_that_is_an_index_of_its_own_name_is_not_repeated() -> None:
    index = Index("state", "EnumAsInfo", enum_values={1: "up"})
    metric = Metric("state", COLUMN, "EnumAsInfo", "S.", indexes=(index,), enum_values={1: "up"})
    assert emitted(metric, ("1", 1)) == ""


def test_scale_and_offset_hold_for_numbers_moments_and_extracts() -> None:
    gauge = Metric("t", COLUMN, "gauge", "T.", scale=0.1, offset=-1)
    assert emitted(gauge, ("0", 420)).endswith("\nt 41\n")
    unscaled = Metric("t", COLUMN, "gauge", "T.", scale=0)
    assert emitted(unscaled, ("0", 420)).endswith("\nt 420\n")
    extract = {"": (RegexExtract("(.*) C"),)}
    text = Metric("t", COLUMN, "DisplayString", "T.", regex_extracts=extract, scale=2, offset=1)
    assert emitted(text, ("0", b"20 C")).endswith("\nt 41\n")


def test_a_metric_below_another_belongs_to_the_shorter_oid() -> None:
    upper = Metric("upper", COLUMN, "gauge", "U.")
    lower = Metric("lower", f"{COLUMN}.2", "gauge", "L.")
    page = Page()
    CompiledModule(Module("m", (), (), (lower, upper))).emit({octets(f"{COLUMN}.2.1"): 1}, page)
    assert page.text().decode().endswith("\nupper 1\n")
