"""Recordings of seventy devices give what a real snmp_exporter 0.21 made of them, line by line."""

from __future__ import annotations

from functools import cache

import pytest
from prometheus_client.parser import text_string_to_metric_families

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


@pytest.mark.parametrize(
    "recording",
    [
        "iosxe_c9300",
        "routeros_crs317",
        "panos",
        "apc_ap7900b",
        "dsm_ds214se-dsm6",
        "liebert_weblbds",
    ],
)
def test_every_published_module_makes_parsable_text_of_any_device(recording: str) -> None:
    values = values_of(realdata("librenms", "snmpsim", f"{recording}.snmprec"))
    for module in load_modules([realdata("snmp_exporter", "snmp.yml")]).values():
        page = Page()
        CompiledModule(module).emit(asked_by(module, values), page)
        samples = [
            sample
            for family in text_string_to_metric_families(page.text().decode())
            for sample in family.samples
        ]
        assert len(samples) == len(page)
