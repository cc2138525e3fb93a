"""The whole discovery of a device."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from click.testing import CliRunner

from collector.discovery.device import discover
from collector.errors import SnmpTimeoutError
from collector.snmp.engine import VarBind
from collector.snmp.target import Target
from configs.devicerules import built_in_rules
from tests.discovery.recorded import HERE, Recorded, recording
from tests.realdata import realdata
from wanwatch.commands.discover import command, readable


class Failing(Recorded):
    """An agent that does not answer for one column."""

    def __init__(self, values: dict[str, str | bytes | int | float | None], dumb: str) -> None:
        super().__init__(values)
        self.dumb = dumb

    async def columns(
        self, target: Target, roots: Sequence[str], most: int | None = None
    ) -> list[VarBind]:
        if self.dumb in roots:
            raise SnmpTimeoutError("device", "walk", "no answer")
        return await super().columns(target, roots, most)


async def test_what_cannot_be_read_is_told_and_costs_nothing_else() -> None:
    values = {"1.3.6.1.2.1.1.1.0": b"Linux a 6.1.0 x86_64", "1.3.6.1.2.1.25.3.3.1.2.1": 12}
    portrait = await discover(Failing(values, "1.3.6.1.2.1.2.2.1.2"), HERE, built_in_rules())
    assert portrait.ports == ()
    assert [processor.usage_ratio for processor in portrait.processors] == [0.12]
    assert portrait.missing == ("device: walk: no answer",)


@pytest.mark.parametrize("object_id", ["1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.99999.1"])
async def test_hosts_and_unknown_devices_are_asked_for_the_tables_of_every_maker(
    object_id: str,
) -> None:
    agent = Recorded(
        {"1.3.6.1.2.1.1.2.0": object_id, "1.3.6.1.4.1.232.6.2.9.3.1.4.0.1": 3}  # CPQHLTH-MIB
    )
    (sensor,) = (await discover(agent, HERE, built_in_rules())).sensors
    assert (sensor.status, sensor.alarm) == ("degraded", True)


async def test_a_known_device_is_not_asked_for_the_tables_of_other_makers() -> None:
    agent = Recorded({"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.14988.1"})
    await discover(agent, HERE, built_in_rules())
    assert not [oid for oid in agent.asked if oid.startswith("1.3.6.1.4.1.232.")]


async def test_a_device_that_does_not_say_what_it_is_raises() -> None:
    class Dead(Recorded):
        async def get(self, target: Target, oids: Sequence[str]) -> list[VarBind]:
            raise SnmpTimeoutError("device", "get", "no answer")

    with pytest.raises(SnmpTimeoutError):
        await discover(Dead({}), HERE, built_in_rules())


async def test_nothing_is_asked_twice() -> None:
    agent = recording(realdata("librenms", "snmpsim", "vrp_5720.snmprec"))
    await discover(agent, HERE, built_in_rules())
    assert len(agent.asked) == len(set(agent.asked))


async def test_a_recorded_switch_is_described_whole() -> None:
    agent = recording(realdata("librenms", "snmpsim", "vrp_5720.snmprec"))
    told = json.loads(json.dumps(readable(await discover(agent, HERE, built_in_rules()))))
    assert (told["os"], told["vendor"]) == ("vrp", "Huawei")
    assert len(told["ports"]) == 65
    assert {n["remote_name"] for n in told["neighbors"]} >= {"LNS-Huawei", "pm-test", "CE-NG"}
    assert [round(p["usage_ratio"], 2) for p in told["processors"]] == [0.44]
    assert {s["class"] for s in told["sensors"]} >= {"temperature", "voltage", "current"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["127.0.0.1:99999"], "port 99999"),
        (["127.0.0.1", "--snmp-version", "3"], "--user"),
        (
            ["127.0.0.1", "--user", "x", "--auth-protocol", "ROT13", "--auth-file", __file__],
            "ROT13",
        ),
        (["127.0.0.1", "--user", "x", "--priv-file", __file__], "--auth-file"),
    ],
)
def test_what_cannot_be_asked_is_told_without_asking(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert told in result.output
