"""Every node is an agent that net-snmp's own client can talk to."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

import pytest

from lab.errors import LabError, NotRunningError
from lab.main import LabInfo, request

pytestmark = pytest.mark.skipif(
    shutil.which("snmpbulkwalk") is None, reason="snmpbulkwalk is missing (Debian package snmp)"
)


async def snmp(lab: LabInfo, program: str, address: str, *oids: str) -> list[tuple[str, str]]:
    """What net-snmp's client says: (OID, value) pairs; nothing when the agent is silent."""
    community = (lab.directory / "secrets" / "community").read_text("utf-8")
    options = ("-v2c", "-c", community, "-On", "-OQ", "-Oe", "-Ot", "-t1", "-r0")
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


async def ask(lab: LabInfo, **what: Any) -> dict[str, Any]:
    return await asyncio.to_thread(request, lab.directory, what)


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


async def test_a_cut_hub_goes_silent_with_all_behind_it_and_comes_back(lab: LabInfo) -> None:
    name = ".1.3.6.1.2.1.1.5.0"
    assert await snmp(lab, "snmpget", "127.64.4.3", name)
    assert (await ask(lab, do="fail", what=["site:hub-04"]))["silent"] >= 3
    assert await snmp(lab, "snmpget", "127.64.4.3", name) == []
    assert await snmp(lab, "snmpget", "127.64.1.1", name)
    assert (await ask(lab, do="truth"))["uncovered"][0] == "hub-04"
    assert (await ask(lab, do="heal", what=["site:hub-04"]))["silent"] == 0
    assert await snmp(lab, "snmpget", "127.64.4.3", name)
    ((_, uptime),) = await snmp(lab, "snmpget", "127.64.4.1", ".1.3.6.1.2.1.1.3.0")
    assert int(uptime) < 1000  # it was switched on again just now


async def test_the_remote_control_refuses_what_it_does_not_know(lab: LabInfo) -> None:
    with pytest.raises(LabError, match="there is no such node"):
        await ask(lab, do="fail", what=["node:nowhere"])
    with pytest.raises(LabError, match="explode"):
        await ask(lab, do="explode")
    with pytest.raises(LabError, match="list of targets"):
        await ask(lab, do="fail", what="node:hub-04-r1")
    with pytest.raises(NotRunningError, match="lab up"):
        await asyncio.to_thread(request, lab.directory / "inventory", {"do": "status"})
