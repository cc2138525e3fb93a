"""Recordings of seventy devices give what a real snmp_exporter 0.21 made of them, line by line."""

from __future__ import annotations

from functools import cache

import pytest

from configs.module import Module
from configs.modulefile import load_modules
from exporters.snmp.compiled import CompiledModule
from exporters.snmp.page import Page
from tests.realdata import FOLDER, realdata
from tests.scrape.recording import asked_by, golden, heads, names_of, series, values_of

GOLDEN = FOLDER / "snmp_exporter" / "golden-0.21.0"


@cache
def modules() -> dict[str, Module]:
    return load_modules([FOLDER / "snmp_exporter" / "snmp-0.21.0.yml"])


@pytest.mark.parametrize("name", names_of(GOLDEN.glob("*.prom*")) or ["none"])
def test_a_recording_gives_the_same_series_values_help_and_types(name: str) -> None:
    expected = golden(realdata("snmp_exporter", "golden-0.21.0", name))
    recording, module_name = name.partition(".prom")[0].rsplit(".", 1)
    module = modules()[module_name]
    path = realdata("librenms", "snmpsim", f"{recording}.snmprec")
    page = Page()
    CompiledModule(module).emit(asked_by(module, values_of(path)), page)
    text = page.text().decode()
    assert series(text) == pytest.approx(series(expected), rel=1e-9, nan_ok=True)
    assert heads(text) == heads(expected)
