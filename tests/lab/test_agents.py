"""Every node is an agent that net-snmp's own client can talk to."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from lab.country import build
from lab.errors import LabError, NotRunningError
from lab.main import LabInfo, request
from lab.nation import V3
from lab.write import secrets
from tests.lab.conftest import ask

pytestmark = pytest.mark.skipif(
    shutil.which("snmpbulkwalk") is None, reason="snmpbulkwalk is missing (Debian package snmp)"
)


async def snmp(
    lab: LabInfo,
    program: str,
    address: str,
    *oids: str,
    v3: bool = False,
    passphrase: str = "",
) -> list[tuple[str, str]]:
    """What net-snmp's client says: (OID, value) pairs; nothing when the agent is silent."""
    shared = secrets(lab.directory)
    login = ["-v2c", "-c", shared.community]
    if v3:
        login = ["-v3", "-l", "authPriv", "-u", shared.username, "-a", "SHA", "-x", "AES"]
        login += ["-A", passphrase or shared.auth_passphrase, "-X", shared.priv_passphrase]
    options = (*login, "-On", "-OQ", "-Oe", "-Ot", "-t1", "-r0")
    process = await asyncio.create_subprocess_exec(
        program,
        *options,
        f"{address}:{lab.port}",
        *oids,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    pairs = (line.partition(" = ") for line in out.decode().splitlines() if line.startswith("."))
    return [(name, value) for name, _, value in pairs]


async def test_a_walk_of_a_cpe_ends_and_is_in_order(lab: LabInfo) -> None:
    walked = await snmp(lab, "snmpbulkwalk", "127.64.4.3", ".1")
    names = [tuple(map(int, name.strip(".").split("."))) for name, _ in walked]
    assert len(names) > 250
    assert names == sorted(names)
    assert await snmp(lab, "snmpwalk", "127.64.4.3", ".1") != []


async def test_scalars_and_exceptions(lab: LabInfo) -> None:
    got = dict(
        await snmp(
            lab,
            "snmpget",
            "127.64.4.1",
            ".1.3.6.1.2.1.1.5.0",
            ".1.3.6.1.2.1.1.2.0",
            ".1.3.6.1.2.1.2.2.1.8.9999",
            ".1.3.6.1.2.1.77.0",
        )
    )
    assert got[".1.3.6.1.2.1.1.5.0"] == '"hub-04-r1"'
    assert got[".1.3.6.1.2.1.1.2.0"] == ".1.3.6.1.4.1.8072.3.2.10"
    assert "No Such Instance" in got[".1.3.6.1.2.1.2.2.1.8.9999"]
    assert "No Such Object" in got[".1.3.6.1.2.1.77.0"]


async def test_version_3_walks_and_a_wrong_passphrase_gets_nothing(lab: LabInfo) -> None:
    nodes = build(1, 68).inventory.nodes.values()
    address = next(node.address for node in nodes if node.credential == V3 and "cpe" in node.id)
    walked = await snmp(lab, "snmpbulkwalk", address, ".1", v3=True)
    assert len(walked) > 250
    assert await snmp(lab, "snmpbulkwalk", address, ".1") == []
    uptime = ".1.3.6.1.2.1.1.3.0"
    assert await snmp(lab, "snmpget", address, uptime, v3=True, passphrase="not this one") == []


async def test_a_cut_hub_goes_silent_with_all_behind_it_and_comes_back(lab: LabInfo) -> None:
    name = ".1.3.6.1.2.1.1.5.0"
    assert await snmp(lab, "snmpget", "127.64.4.3", name)
    assert (await ask(lab, "fail", "site:hub-04"))["silent"] >= 3
    assert await snmp(lab, "snmpget", "127.64.4.3", name) == []
    assert await snmp(lab, "snmpget", "127.64.1.1", name)
    assert (await ask(lab, "truth"))["uncovered"][0] == "hub-04"
    assert (await ask(lab, "heal", "site:hub-04"))["silent"] == 0
    assert await snmp(lab, "snmpget", "127.64.4.3", name)
    ((_, uptime),) = await snmp(lab, "snmpget", "127.64.4.1", ".1.3.6.1.2.1.1.3.0")
    assert int(uptime) < 1000  # it was switched on again just now


async def test_the_remote_control_refuses_what_it_does_not_know(lab: LabInfo) -> None:
    with pytest.raises(LabError, match="there is no such thing"):
        await ask(lab, "fail", "node:nowhere")
    with pytest.raises(LabError, match="explode"):
        await ask(lab, "explode")
    with pytest.raises(LabError, match="list of targets"):
        await asyncio.to_thread(request, lab.directory, {"do": "fail", "what": "node:hub-04-r1"})
    with pytest.raises(NotRunningError, match="lab up"):
        await asyncio.to_thread(request, lab.directory / "inventory", {"do": "status"})
