"""The hubs talk over SSH, one to commands and one at a prompt, as the field's clients expect."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netmiko import ConnectHandler
from ntc_templates.parse import parse_output

from lab import linux
from lab.country import build
from lab.device import Wiring, device
from lab.ios import understand
from lab.main import LabInfo, request
from lab.ssh import known_hosts
from lab.write import KNOWN_HOSTS, secrets

EXEC, PROMPT = "127.64.4.1", "127.64.4.2"


async def connect(lab: LabInfo, address: str = EXEC) -> asyncssh.SSHClientConnection:
    shared = secrets(lab.directory)
    return await asyncssh.connect(
        address,
        lab.ssh_port,
        username=shared.ssh_username,
        password=shared.ssh_password,
        known_hosts=str(lab.directory / KNOWN_HOSTS),
        client_keys=None,
        config=None,
    )


async def test_an_exec_host_runs_commands_one_by_one(lab: LabInfo) -> None:
    async with await connect(lab) as connection:
        uptime = await connection.run("uptime")
        assert " days, " in str(uptime.stdout)
        listed = await connection.run("ip link show")
        links = parse_output("linux", "ip link show", str(listed.stdout))
        assert links[0]["interface"] == "eth0"
        assert links[0]["state"] == "UP"
        assert links[-1]["interface"] == "lo"
        assert (await connection.run("reboot")).exit_status == 127


async def test_every_host_has_a_key_of_its_own(lab: LabInfo) -> None:
    lines = (lab.directory / KNOWN_HOSTS).read_text("ascii").splitlines()
    assert len({line.split()[2] for line in lines}) == len(lines) > 68
    async with await connect(lab, EXEC) as one, await connect(lab, PROMPT) as other:
        assert one.get_server_host_key() != other.get_server_host_key()


async def test_a_wrong_password_is_refused(lab: LabInfo) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        await asyncssh.connect(
            EXEC,
            lab.ssh_port,
            username="wanwatch",
            password="wrong",
            known_hosts=str(lab.directory / KNOWN_HOSTS),
            client_keys=None,
            config=None,
        )


async def test_netmiko_talks_at_the_prompt_and_ntc_templates_parse_it(lab: LabInfo) -> None:
    shared = secrets(lab.directory)

    def talk() -> tuple[str, str, list[dict[str, str]], list[dict[str, str]]]:
        session = ConnectHandler(
            device_type="cisco_ios",
            host=PROMPT,
            port=lab.ssh_port,
            username=shared.ssh_username,
            password=shared.ssh_password,
            secret=shared.enable_password,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=str(lab.directory / KNOWN_HOSTS),
        )
        with session:
            before = session.find_prompt()
            session.enable()
            after = session.find_prompt()
            version = session.send_command("show version")
            ports = session.send_command("show interfaces")
        return (
            before,
            after,
            parse_output("cisco_ios", "show version", version),
            parse_output("cisco_ios", "show interfaces", ports),
        )

    before, after, version, ports = await asyncio.to_thread(talk)
    assert (before, after) == ("hub-04-r2>", "hub-04-r2#")
    assert version[0]["hostname"] == "hub-04-r2"
    assert version[0]["version"].startswith("17.")
    assert version[0]["hardware"] == ["ISR4451-X/K9"]
    assert ports[-1]["interface"] == "Loopback0"
    assert all(port["link_status"] == "up" for port in ports)


async def test_a_long_answer_stops_at_every_page(lab: LabInfo) -> None:
    async with (
        await connect(lab, PROMPT) as connection,
        connection.create_process(term_type="vt100") as process,
    ):
        process.stdin.write("show interfaces\n")
        page = await process.stdout.readuntil(" --More-- ")
        assert len(page.splitlines()) == 25  # the echoed command, 23 lines, the question
        process.stdin.write("q")
        assert (await process.stdout.readuntil("hub-04-r2>")).endswith("hub-04-r2>")
        process.stdin.write("terminal length 0\nsh ip int br\nexit\n")
        rest = await process.stdout.read()
        assert "--More--" not in rest
        assert "Loopback0" in rest


KILLED = """
import asyncio, asyncssh, os, signal, sys

async def main():
    address, port, username, password = sys.argv[1:]
    async with asyncssh.connect(address, int(port), username=username, password=password,
                                known_hosts=None, client_keys=None, config=None) as connection:
        process = await connection.create_process(term_type="vt100")
        process.stdin.write("terminal length 0\\n" + "show version\\n" * 2000)
        await process.stdout.read(1)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_who_is_killed_in_the_middle_is_not_talked_to_any_more(
    lab: LabInfo, caplog: pytest.LogCaptureFixture
) -> None:
    """asyncio logs whatever is sent in vain: a daemon that was killed made it 10,000 lines."""
    shared = secrets(lab.directory)
    login = PROMPT, str(lab.ssh_port), shared.ssh_username, shared.ssh_password
    client = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *login)
    assert await client.wait() == -signal.SIGKILL
    async with await connect(lab, EXEC) as other:
        assert (await other.run("uptime")).stdout
    assert caplog.text.count("socket.send") < 10


async def test_a_silent_host_says_nothing_and_drops_who_is_there(lab: LabInfo) -> None:
    connection = await connect(lab)
    await asyncio.to_thread(request, lab.directory, {"do": "fail", "what": ["node:hub-04-r1"]})
    await asyncio.wait_for(connection.wait_closed(), 5)
    reader, writer = await asyncio.open_connection(EXEC, lab.ssh_port)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.3)
    writer.close()
    await asyncio.to_thread(request, lab.directory, {"do": "heal", "what": []})
    async with await connect(lab) as again:
        assert str((await again.run("uptime")).stdout).split()[2:4] == ["0", "min,"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("show version", ("show", "version")),
        ("sh ver", ("show", "version")),
        ("sh ip int br", ("show", "ip", "interface", "brief")),
        ("show in", ()),
        ("show inv", ("show", "inventory")),
        ("term len 0", ("terminal", "length", "0")),
        ("terminal length", None),
        ("show version 5", None),
        ("reload", None),
        ("e", ()),
        ("en", ("enable",)),
    ],
)
def test_commands_may_be_abbreviated(line: str, words: tuple[str, ...] | None) -> None:
    assert understand(line) == words


NATION = build(1, 34)
HUB = device(Wiring(NATION), NATION.inventory.nodes["hub-04-r1"])


@given(st.text(max_size=40))
def test_no_command_line_upsets_a_linux_host(line: str) -> None:
    output, status = linux.run(HUB, line, 50_000.0)
    assert isinstance(output, str)
    assert status >= 0


def test_known_hosts_is_only_for_those_who_have_ssh(tmp_path: Path) -> None:
    hosts = known_hosts(secrets(tmp_path), NATION.inventory.nodes.values())
    assert len(hosts.splitlines()) == sum(bool(n.ssh) for n in NATION.inventory.nodes.values())
