"""Modules go to the nodes that have their objects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.assignments import Assignments
from collector.discovery.device import discover
from collector.portrait import Portrait
from collector.snmp.ber import Value
from configs.devicerules import built_in_rules
from configs.modulefile import built_in_modules
from tests.discovery.recorded import HERE, Recorded, recording
from tests.realdata import realdata

UPS_MIB = {
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.2254.2.4",
    "1.3.6.1.2.1.33.1.4.1.0": 3,
}
APC = {
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.318.1.3.27",
    "1.3.6.1.2.1.33.1.4.1.0": 3,
    "1.3.6.1.4.1.318.1.1.1.4.1.1.0": 2,
}


async def portrait(values: dict[str, Value]) -> Portrait:
    return await discover(Recorded(values), HERE, built_in_rules())


@pytest.mark.parametrize(
    ("values", "modules"),
    [
        (UPS_MIB, ("ups",)),
        (APC, ("ups", "apc_ups")),
        ({"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.9.1.2093"}, ()),
        # A Synology calls itself by net-snmp's number.
        (
            {"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.6574.1.1.0": 1},
            ("synology",),
        ),
    ],
)
async def test_a_node_has_the_modules_that_it_answers_for(
    values: dict[str, Value], modules: tuple[str, ...]
) -> None:
    assert (await portrait(values)).modules == modules


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("fortigate_100e.snmprec", "fortinet_health"),
        ("panos.snmprec", "paloalto_sessions"),
        ("apc_smx750.snmprec", "apc_ups"),
        ("junos_mx5t-isis.snmprec", "juniper_health"),
    ],
)
async def test_recorded_devices_have_the_modules_of_their_makers(name: str, module: str) -> None:
    agent = recording(realdata("librenms", "snmpsim", name))
    assert module in (await discover(agent, HERE, built_in_rules())).modules


async def test_a_device_is_not_asked_for_what_only_another_maker_has() -> None:
    agent = Recorded({"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.14988.1"})
    await discover(agent, HERE, built_in_rules())
    assert "1.3.6.1.2.1.33.1.4.1.0" in agent.asked
    assert not [oid for oid in agent.asked if oid.startswith("1.3.6.1.4.1.12356.")]


def test_every_module_of_the_rules_exists_and_reads_the_object_that_it_goes_by() -> None:
    modules = built_in_modules()
    uses = [use for file in built_in_rules() for use in file.modules]
    assert {"ups", "apc_ups"} <= {use.module for use in uses}
    for use in uses:
        assert use.has in {metric.oid for metric in modules[use.module].metrics}


async def test_like_nodes_share_their_plans_and_others_give_theirs_back() -> None:
    assigned = Assignments(built_in_modules())
    ups, apc = await portrait(UPS_MIB), await portrait(APC)
    assert assigned.plans("a") == ()
    assert assigned.learn("a", apc) == ()
    assert assigned.learn("b", apc) == ()
    assert assigned.plans("a") is assigned.plans("b")
    (gone,) = assigned.learn("a", ups)
    assert gone.name == "apc_ups"
    assert [plan.name for plan in assigned.plans("a")] == ["ups"]
    assigned.forget(["b"])
    assert assigned.plans("b") == ()


async def test_a_survey_that_broke_off_takes_no_module_away() -> None:
    assigned, apc = Assignments(built_in_modules()), await portrait(APC)
    assigned.learn("a", apc)
    broken = replace(apc, modules=(), missing=("a: get: no answer",))
    assert assigned.learn("a", broken) == ()
    assert len(assigned.plans("a")) == 2


async def test_no_module_takes_the_place_of_the_vital_signs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    modules = built_in_modules()
    assigned = Assignments({"vitals": replace(modules["ups"], name="vitals")})
    assigned.learn("a", replace(await portrait(UPS_MIB), modules=("vitals",)))
    assert assigned.plans("a") == ()
    assert "module=vitals" in caplog.text


async def test_a_module_that_is_not_there_is_told_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assigned = Assignments({})
    assigned.learn("a", await portrait(UPS_MIB))
    assert assigned.plans("a") == ()
    assert "module=ups" in caplog.text
