"""Discovery of agents that run: net-snmp's, and devices of the lab."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.discovery.device import discover
from collector.errors import SnmpGarbageError
from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from configs.credentials import SnmpCredential, Version
from configs.devicerules import built_in_rules
from configs.loader import load
from lab.main import LabInfo
from tests.snmp.conftest import PASSPHRASE, PRIV_PASSPHRASE, Snmpd
from wanwatch.commands.discover import command

PUBLIC = SnmpCredential("public", community="public")


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
async def test_columns_read_the_same_as_walks(
    engine: SnmpEngine, snmpd: Snmpd, version: Version
) -> None:
    roots = ["1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.99.1", "1.3.6.1.2.1.2.2.1.8"]
    target = snmpd.target(replace(PUBLIC, version=version))
    walked = [await engine.walk(target, root) for root in roots]
    assert await engine.columns(target, roots) == [bind for walk in walked for bind in walk]


async def test_columns_that_are_not_there_cost_little(engine: SnmpEngine, snmpd: Snmpd) -> None:
    target = snmpd.target(PUBLIC)
    assert await engine.columns(target, [f"1.3.6.1.4.1.99999.{n}" for n in range(200)]) == []
    assert engine.stats.requests <= 4


def test_the_command_describes_a_host_over_snmpv3(snmpd: Snmpd, tmp_path: Path) -> None:
    (tmp_path / "auth").write_text(f"{PASSPHRASE}\n")
    (tmp_path / "priv").write_text(f"{PRIV_PASSPHRASE}\n")
    arguments = ["--user", "SHA256-AES", "--auth-file", f"{tmp_path}/auth"]
    arguments += ["--priv-file", f"{tmp_path}/priv", "--json"]
    result = CliRunner().invoke(command, [f"127.0.0.1:{snmpd.port}", *arguments])
    told = json.loads(result.output)
    assert (told["os"], told["sys_name"], told["location"]) == (
        "linux",
        "snmpd-under-test",
        "Hà Nội",
    )
    assert "lo" in {port["name"] for port in told["ports"]}
    assert "127.0.0.1" in {address["address"] for address in told["addresses"]}
    assert told["missing"] == []


def test_the_command_prints_tables_for_people(snmpd: Snmpd) -> None:
    result = CliRunner().invoke(command, [f"localhost:{snmpd.port}"])
    assert result.exit_code == 0, result.output
    assert "os: linux" in result.output
    assert "ports" in result.output


def test_a_device_that_does_not_answer_is_one_line() -> None:
    result = CliRunner().invoke(command, ["127.0.0.1:9", "--timeout", "0.1"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: 127.0.0.1:9")
    assert "Traceback" not in result.output


async def test_devices_of_every_role_in_the_lab_are_recognised(lab: LabInfo) -> None:
    configuration = load(lab.config)
    nodes = {n.role: n for n in configuration.inventory.nodes.values() if n.credential}
    found = set()
    async with SnmpEngine() as engine:
        for node in nodes.values():
            credential = configuration.snmp[node.credential or ""]
            target = Target(node.id, node.address, node.port, credential)
            portrait = await discover(engine, target, built_in_rules())
            found.add(portrait.identity.os)
            assert portrait.identity.version
            assert portrait.ports
    assert len(found) > 1
    assert found <= {"iosxe", "iosxr", "vrp", "routeros", "linux"}


async def test_a_table_longer_than_wanted_is_given_up_at_once(
    engine: SnmpEngine, snmpd: Snmpd
) -> None:
    with pytest.raises(SnmpGarbageError, match="more than 3 rows"):
        await engine.columns(snmpd.target(PUBLIC), ["1.3.6.1.2.1"], most=3)
    assert engine.stats.requests <= 4
