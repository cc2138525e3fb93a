"""The modules that come with the program, on recordings of the devices that they are for."""

from __future__ import annotations

from functools import cache

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collector.snmp.plan import Plan
from configs.module import Metric, Module
from configs.modulefile import built_in_modules, load_modules
from exporters.snmp.compiled import CompiledModule
from exporters.snmp.page import Page
from tests.realdata import realdata
from tests.scrape.recording import asked_by, series, values_of

MODULES = built_in_modules()
# Published files rename these by overrides.
RENAMED = {"upsAdvBatteryReplaceIndicator"}


@cache
def published() -> dict[str, Metric]:
    """Metrics of the published modules by OID."""
    modules = load_modules([realdata("snmp_exporter", "snmp.yml")]).values()
    return {m.oid.removesuffix(".0"): m for module in modules for m in module.metrics}


def text(module: Module, recording: str) -> str:
    values = values_of(realdata("librenms", "snmpsim", f"{recording}.snmprec"))
    page = Page()
    CompiledModule(module).emit(asked_by(module, values), page)
    return page.text().decode()


@pytest.mark.parametrize(
    ("module", "recording", "expected"),
    [
        ("host_resources", "arista_eos_vrf", "hrProcessorLoad"),
        ("ups", "eaton-mgeups_5px", "upsOutputSource"),
        ("apc_ups", "apc_smx750", "upsBasicOutputStatus"),
        ("cisco_health", "ios_c3560", "ciscoEnvMonSupplyState"),
        ("huawei_health", "vrp_5720", "hwEntityTemperature"),
        ("juniper_health", "junos_mx5t-isis", "jnxOperatingState"),
        ("mikrotik_health", "routeros_rb5009upr+s+", "mtxrGaugeValue"),
        ("fortinet_health", "fortigate_100e", "fgSysSesCount"),
        ("paloalto_sessions", "panos", "panSessionActive"),
        ("synology", "dsm_ds214se-dsm6", "diskTemperature"),
    ],
)
def test_a_recorded_device_gives_what_its_module_is_for(
    module: str, recording: str, expected: str
) -> None:
    found = text(MODULES[module], recording)
    assert any(name.startswith(expected) for name in series(found)), sorted(series(found))
    assert list(text_string_to_metric_families(found))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_reads_what_it_names_and_nothing_else(name: str) -> None:
    module = MODULES[name]
    wanted = {metric.oid for metric in module.metrics}
    looked_up = {lookup.oid for metric in module.metrics for lookup in metric.lookups}
    assert wanted | looked_up == {*module.walk, *module.get}
    assert len(Plan.of(module).gets) == len(module.get)
    assert all(metric.help.endswith(f" - {metric.oid}") for metric in module.metrics)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_calls_things_as_published_modules_do(name: str) -> None:
    for metric in MODULES[name].metrics:
        known = published().get(metric.oid.removesuffix(".0"))
        if known is not None and metric.name not in RENAMED:
            assert known.name.removesuffix("_seconds") == metric.name
            labels = [index.labelname for index in metric.indexes]
            assert labels == [index.labelname for index in known.indexes]
            if known.enum_values:
                assert metric.enum_values == known.enum_values
