"""As root the fleet stands in a network namespace of its own, where it also answers ICMP."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lab.main import LabInfo
from lab.write import KNOWN_HOSTS, secrets
from tests.lab.conftest import ask, running

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace needs root"),
    pytest.mark.skipif(not Path("/dev/net/tun").exists(), reason="/dev/net/tun is missing"),
    pytest.mark.skipif(shutil.which("ip") is None, reason="ip is missing (Debian: iproute2)"),
]


@pytest.fixture
async def island(tmp_path: Path) -> AsyncIterator[LabInfo]:
    async with running(tmp_path / "lab", communes=68, netns=True, trap_port=9162) as info:
        yield info


async def run(lab: LabInfo, *command: str) -> str:
    """What a command prints inside the lab's namespace, errors included."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is missing (tests/README.md)")
    assert lab.netns
    process = await asyncio.create_subprocess_exec(
        *("ip", "netns", "exec", lab.netns, *command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return out.decode()


async def test_icmp_answers_after_the_time_that_the_path_takes(island: LabInfo) -> None:
    out = await run(island, "fping", "-q", "-C3", "-p50", "10.64.4.1", "10.64.96.1")
    near, far = (
        sorted(map(float, re.findall(r"[\d.]+", line.split(":")[1])))[0]
        for line in out.splitlines()
    )
    assert 2 < near < 20
    assert 20 < far < 80


async def test_a_node_behind_a_cut_answers_nothing_and_an_agent_answers_again(
    island: LabInfo,
) -> None:
    community = secrets(island.directory).community
    get = (
        "snmpget",
        "-v2c",
        "-c",
        community,
        "-t1",
        "-r0",
        "-Oqv",
        "10.64.4.1",
        ".1.3.6.1.2.1.1.5.0",
    )
    assert await run(island, *get) == '"hub-04-r1"\n'
    await ask(island, "fail", "site:hub-04")
    assert "Timeout" in await run(island, *get)
    assert await run(island, "fping", "-q", "-C1", "-r0", "10.64.4.1") == "10.64.4.1 : -\n"
    await ask(island, "heal")
    assert await run(island, *get) == '"hub-04-r1"\n'


async def test_ssh_reaches_the_node_that_was_called(island: LabInfo, tmp_path: Path) -> None:
    if shutil.which("ssh") is None:
        pytest.skip("ssh is missing (Debian: openssh-client)")
    password = tmp_path / "askpass"
    password.write_text(f"#!/bin/sh\necho '{secrets(island.directory).ssh_password}'\n", "utf-8")
    password.chmod(0o700)
    out = await run(
        island,
        *("env", f"SSH_ASKPASS={password}", "SSH_ASKPASS_REQUIRE=force", "ssh", "-F", "none"),
        *("-o", f"UserKnownHostsFile={island.directory / KNOWN_HOSTS}"),
        *("-o", "StrictHostKeyChecking=yes", "-o", "PubkeyAuthentication=no"),
        *("wanwatch@10.64.4.1", "hostname"),
    )
    assert out == "hub-04-r1\n"


async def namespaces() -> set[str]:
    process = await asyncio.create_subprocess_exec(
        "ip", "netns", "list", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return {line.split()[0] for line in out.decode().splitlines()}


async def test_the_namespace_is_gone_afterwards(tmp_path: Path) -> None:
    async with running(tmp_path / "lab", communes=34, netns=True) as info:
        assert info.netns in await namespaces()
    assert info.netns not in await namespaces()
