"""snmp_exporter's own table of cases: the same input gives the same samples, labels and texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from collector.modules.hint import HintError, with_hint
from collector.modules.part import split
from collector.modules.text import wording
from collector.snmp import ber
from configs.module import Index, Lookup, Metric, Module, RegexExtract
from exporters.exposition import escaped
from exporters.snmp.compiled import CompiledModule
from exporters.snmp.labels import Labeller
from exporters.snmp.moment import by_pattern, date_and_time, ntp_timestamp
from exporters.snmp.page import Page, figure
from tests.realdata import FOLDER, realdata

CASES = FOLDER / "snmp_exporter" / "cases.json"
COUNT = 73
# Cases whose OIDs (such as 1.42) exist nowhere stand below this one.
ROOT = "1.3.6"
DEVIATIONS = {
    "TestOidToList 0": "a single arc is no OID: it cannot be asked for, and is refused when read",
}

DESC = re.compile(r'Desc{fqName: "([^"]*)", help: "([^"]*)", [^}]*}, variableLabels: {[^}]*}}')
LABEL = re.compile(r'label:{name:"([^"]*)" value:"([^"]*)"}')
VALUE = re.compile(r"(gauge|counter):{value:([^}]*)}")


def value_of(written: Any) -> ber.Value:
    """A value in the notation of the cases; texts stay texts."""
    if isinstance(written, dict):
        return bytes(written["$bytes"]) if "$bytes" in written else written["v"]
    return written


def below_root(oid: str) -> str:
    return f"{ROOT}.{oid}"


def octets(oid: str) -> bytes:
    return ber.encode_oid(ber.parse_oid(below_root(oid)))


def found_beside(case: dict[str, Any]) -> dict[bytes, ber.Value]:
    return {
        octets(oid): value_of(pdu["Value"]) for oid, pdu in (case.get("oidToPdu") or {}).items()
    }


def names(written: dict[str, str] | None) -> dict[int, str]:
    return {int(number): name for number, name in (written or {}).items()}


def index_of(written: dict[str, Any]) -> Index:
    return Index(
        written["Labelname"],
        written["Type"],
        fixed_size=written.get("FixedSize", 0),
        enum_values=names(written.get("EnumValues")),
    )


def lookup_of(written: dict[str, Any]) -> Lookup:
    return Lookup(
        tuple(written.get("Labels", ())),
        written["Labelname"],
        below_root(written["Oid"]) if "Oid" in written else "",
        written.get("Type", ""),
        enum_values=names(written.get("EnumValues")),
    )


def metric_of(written: dict[str, Any]) -> Metric:
    return Metric(
        written["Name"],
        below_root(written["Oid"]),
        written.get("Type", "OctetString"),
        written["Help"],
        indexes=tuple(map(index_of, written.get("Indexes", ()))),
        enum_values=names(written.get("EnumValues")),
        regex_extracts={
            suffix: tuple(RegexExtract(each["Regex"], each["Value"]) for each in extracts)
            for suffix, extracts in written.get("RegexpExtracts", {}).items()
        },
        scale=written.get("Scale", 1.0),
        offset=written.get("Offset", 0.0),
    )


def text_of(expected: str) -> set[str]:
    """The lines that a metric in Go's notation is in Prometheus' text."""
    desc, value = DESC.match(expected), VALUE.search(expected)
    assert desc is not None
    assert value is not None
    labels = ",".join(f'{name}="{escaped(text)}"' for name, text in LABEL.findall(expected))
    inside = f"{{{labels}}}" if labels else ""
    return {
        f"# HELP {desc[1]} {desc[2]}",
        f"# TYPE {desc[1]} {value[1]}",
        f"{desc[1]}{inside} {figure(float(value[2]))}",
    }


def check_samples(case: dict[str, Any]) -> None:
    metric = metric_of(case["metric"])
    page = Page()
    index = ber.encode_subids(case.get("indexOids") or ())
    value = {octets(case["metric"]["Oid"]) + index: value_of(case["pdu"]["Value"])}
    CompiledModule(Module("", (), (), (metric,))).emit(value | found_beside(case), page)
    expected: set[str] = set().union(*map(text_of, case["expectedMetrics"]))
    assert set(page.text().decode().splitlines()) == expected


def check_labels(case: dict[str, Any]) -> None:
    written = case["metric"]
    labeller = Labeller(
        tuple(map(index_of, written.get("Indexes", ()))),
        tuple(map(lookup_of, written.get("Lookups", ()))),
    )
    row = labeller.bound(found_beside(case))(ber.encode_subids(case["oid"]))
    assert row.pairs == tuple(f'{name}="{text}"' for name, text in sorted(case["result"].items()))


def check_text(case: dict[str, Any]) -> None:
    text = wording(case.get("typ", "OctetString"), case.get("displayHint", ""))
    assert text(value_of(case["pdu"]["Value"])) == case["result"]


def check_moment(read: Callable[[ber.Value], int | None], case: dict[str, Any]) -> None:
    wrong = case.get("err") or case.get("shouldErr")
    assert read(value_of(case["pdu"]["Value"])) == (None if wrong else case["result"])


def check_pattern(case: dict[str, Any]) -> None:
    check_moment(by_pattern(case["metric"]["DateTimePattern"]), case)


def check_split(case: dict[str, Any]) -> None:
    head, tail = split(tuple(case["oid"]), case["count"])
    assert (list(head), list(tail)) == (case["resultHead"], case["resultTail"])


def check_hint(case: dict[str, Any]) -> None:
    assert with_hint(case["hint"], value_of(case["data"])) == case["result"]


def check_bad_hint(case: dict[str, Any]) -> None:
    with pytest.raises(HintError):
        with_hint(case["hint"], value_of(case["data"]))


def check_huge_hint(case: dict[str, Any]) -> None:
    """More octets than there are: all that are left."""
    assert with_hint(case["hint"], value_of(case["data"]))


def check_oid(case: dict[str, Any]) -> None:
    assert list(ber.parse_oid(case["oid"])) == case["result"]


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "TestPduToSample": check_samples,
    "TestNtpTimestamp": lambda case: check_moment(ntp_timestamp, case),
    "TestOidToList": check_oid,
    "TestSplitOid": check_split,
    "TestPduValueAsString": check_text,
    "TestParseDateAndTime": lambda case: check_moment(date_and_time, case),
    "TestParseDateAndTimeWithPattern": check_pattern,
    "TestIndexesToLabels": check_labels,
    "TestApplyDisplayHint": check_hint,
    "TestApplyDisplayHintErrors": check_bad_hint,
    "TestApplyDisplayHintUTF8": check_hint,
    "TestApplyDisplayHintOverflowPanic": check_huge_hint,
    "TestApplyDisplayHintZeroWidthValid": check_hint,
    "TestApplyDisplayHintZeroWidthInvalid": check_bad_hint,
}


def table() -> list[Any]:
    """Every case, or one that skips where there are none."""
    if not CASES.exists():
        return [pytest.param("", {}, id="none")]
    cases = json.loads(CASES.read_text("utf-8"))["cases"]
    return [
        pytest.param(test, case, id=f"{test} {case['n']}")
        for test, listed in cases.items()
        for case in listed
    ]


@pytest.mark.parametrize(("test", "case"), table())
def test_a_case_of_the_original_comes_out_the_same(test: str, case: dict[str, Any]) -> None:
    realdata("snmp_exporter", "cases.json")
    if f"{test} {case['n']}" in DEVIATIONS:
        with pytest.raises(ValueError, match="not an OID"):
            CHECKS[test](case)
    else:
        CHECKS[test](case)


def test_the_table_is_whole() -> None:
    realdata("snmp_exporter", "cases.json")
    assert len(table()) == COUNT
