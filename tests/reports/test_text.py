from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from configs.messages import messages
from exporters.reports.availability import report
from exporters.reports.schema import By, ReportOut
from exporters.reports.sheet import sheet
from exporters.reports.text import WIDTH, lasted, lines, percent
from store.availability import SiteTime
from tests.exporters.daemon import country
from tests.reports.test_availability import TEN_H, at, times
from topology.chronicle import Run

HANOI = timezone(timedelta(hours=7))
SITES = {
    "c-1": SiteTime(TEN_H, 3_600, 600, 120, 1, 600, 2, 600),
    "c-2": SiteTime(TEN_H - 900, cut_s=5_400, cuts=12, longest_s=4_000),
    "hub-66": SiteTime(TEN_H),
    "dc-1": SiteTime(TEN_H),
    "gone": SiteTime(TEN_H),
}

PAGE = """\
Độ sẵn sàng của mạng
01/11/2026 07:00 – 01/11/2026 17:00 (giờ UTC+07:00)

điểm                        sẵn sàng  mất k.nối  lần  lâu nhất  bảo trì  chưa rõ
────────────────────────────────────────────────────────────────────────────────
Cả nước                      95,698%    1:40:00   13   1:06:40  1:00:00  0:15:00
────────────────────────────────────────────────────────────────────────────────
Phường Buôn Ma Thuột, Đắk…   84,615%    1:30:00   12   1:06:40        –  0:15:00
Xã Ea Súp, Đắk Lắk           98,148%    0:10:00    1   0:10:00  1:00:00        –
… và 2 nữa; --limit 0 cho thấy tất cả

Thời gian bảo trì không tính vào; mất kết nối trong lúc bảo trì: 0:02:00.
Chưa rõ: không ai theo dõi; không tính là tốt, cũng không tính là hỏng.
Có số liệu từ 01/11/2026 08:00.
Không ai theo dõi 1 lần, tổng cộng 0:30:00; lâu nhất từ 01/11/2026 10:00 đến
01/11/2026 10:30.
1 điểm có số liệu nhưng không còn trong danh mục, không tính.
"""


def some(by: By = By.PROVINCE) -> ReportOut:
    found = times(SITES, Run(1, at(1), at(3)), Run(2, at(3.5), at(10)))
    return report(found, country(), by, with_maintenance=False)


def test_a_report_as_a_person_reads_it() -> None:
    inventory = country()
    inventory.provinces["66"] = replace(inventory.provinces["66"], name="Đắk Lắk")
    found = times(SITES, Run(1, at(1), at(3)), Run(2, at(3.5), at(10)))
    made = report(found, inventory, By.SITE, with_maintenance=False)
    assert list(lines(made, messages("vi"), limit=2, zone=HANOI)) == PAGE.splitlines()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("by", By)
def test_no_line_is_wider_than_80_cells(language: str, by: By) -> None:
    for line in lines(some(by), messages(language), zone=UTC):
        assert cell_len(line) <= WIDTH, line


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_name_in_decomposed_letters_stands_in_line(language: str) -> None:
    inventory = country()
    name = unicodedata.normalize("NFD", "Phường Buôn Ma Thuột")
    inventory.sites["c-2"] = replace(inventory.sites["c-2"], name=name)
    made = report(times(SITES, Run(1, at(0), at(10))), inventory, By.SITE, with_maintenance=False)
    table = [
        line for line in lines(made, messages(language), zone=UTC) if "%" in line or "─" in line
    ]
    assert {cell_len(line) for line in table} == {WIDTH}


def test_where_nothing_is_known_there_is_no_table() -> None:
    nothing = report(times({}), country(), By.PROVINCE, with_maintenance=False)
    text = "\n".join(lines(nothing, messages("en"), zone=UTC))
    assert "There are no figures" in text
    assert "%" not in text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.0, "100.000%"), (0.9999999, "99.999%"), (0.99998, "99.998%"), (0.0, "0.000%"), (None, "–")],
)
def test_a_second_of_downtime_never_shows_as_100_percent(ratio: float | None, text: str) -> None:
    assert percent(ratio) == text


@given(down=st.integers(1, 10**6), more=st.integers(1, 10**12))
def test_only_what_was_never_down_is_at_100_percent(down: int, more: int) -> None:
    assert percent(1.0 - down / (down + more)) != "100.000%"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00:00"), (59.6, "0:01:00"), (3_599_999, "999:59:59"), (3_600_000, "1,000 h")],
)
def test_durations_are_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    assert lasted(seconds) == text


def test_a_sheet_has_a_line_for_every_row_and_the_mark_of_utf_8() -> None:
    text = sheet(some(By.SITE))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 4
    assert rows[0]["name"] == "Phường Buôn Ma Thuột"
    assert rows[0]["since"] == "2026-11-01T00:00:00+00:00"
    assert float(rows[0]["down_s"]) == 5_400
    assert rows[0]["province_name"] == 'Đắk "Lắk" \\ Cao\nnguyên'


def test_a_sheet_of_the_country_is_one_line() -> None:
    assert len(list(csv.reader(io.StringIO(sheet(some(By.COUNTRY)))))) == 2


@pytest.mark.parametrize("area", ["report.", "backup."])
def test_both_languages_have_the_same_sentences_with_the_same_fields(area: str) -> None:
    def fields(language: str) -> dict[str, set[str | None]]:
        texts = messages(language)._texts
        return {
            key: {name for _, name, _, _ in Formatter().parse(text) if name}
            for key, text in texts.items()
            if key.startswith(area)
        }

    assert fields("vi") == fields("en") != {}
