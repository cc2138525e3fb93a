"""What a device says is in the file, in order, and what is missing is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.errors import MalformedError
from collector.recording.line import line
from collector.recording.recorder import ROOTS, Recorder, Tally, in_order
from collector.snmp import ber, message
from collector.snmp.engine import SnmpEngine
from collector.snmp.page import Row
from collector.snmp.target import Target
from configs.credentials import Version
from configs.loader import load
from lab.main import LabInfo
from lab.recording import entry
from tests.lab.conftest import running
from tests.realdata import realdata
from tests.snmp.conftest import Snmpd, community
from tests.snmp.scripted import SYSTEM, Answer, ScriptedAgent, table
from wanwatch.commands.record import command

CLOCKS = ("1.3.6.1.2.1.1.3.0|", "1.3.6.1.2.1.25.1.1.0|", "1.3.6.1.6.3.10.2.1.3.0|")
V2C = community()


async def recorded(
    engine: SnmpEngine, target: Target, roots: tuple[str, ...] = ROOTS
) -> tuple[list[str], Tally]:
    lines: list[str] = []
    recorder = Recorder(engine, target, lambda row, text: lines.append(text.decode()))
    return lines, await recorder.record(in_order(roots))


def agent_target(agent: ScriptedAgent, timeout_s: float = 0.1) -> Target:
    return Target("device", "127.0.0.1", agent.port, agent.credential, timeout_s, 0)


def still(lines: list[str]) -> list[str]:
    """Without the clocks that go on."""
    return [text for text in lines if not text.startswith(CLOCKS)]


@pytest.mark.parametrize("v3_share", [0.0, 1.0])
async def test_a_replayed_recording_is_recorded_the_same_again(
    tmp_path: Path, engine: SnmpEngine, v3_share: float
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in ("iosxr_asr9901", "drac_r640", "vrp_ar169sfp", "fortigate_60fospfv3"):
        path = realdata("librenms", "snmpsim", f"{name}.snmprec")
        (folder / path.name).symlink_to(path)
    async with running(tmp_path / "lab", recordings=folder, v3_share=v3_share) as lab:
        for target in nodes(lab):
            lines, tally = await recorded(engine, target)
            assert tally.complete
            original = (folder / f"{target.node}.snmprec").read_bytes().splitlines()
            objects = {found[0]: found[1] for found in map(entry, filter(None, original))}
            again = dict(entry(text.encode().rstrip(b"\n")) for text in lines)
            assert list(again) == sorted(name for name, value in objects.items() if value)
            clocks = {tuple(map(int, clock[:-1].split("."))) for clock in CLOCKS}
            assert all(again[name] == objects[name] for name in again if name not in clocks)


def nodes(lab: LabInfo) -> list[Target]:
    configuration = load(lab.config)
    return [
        Target(node.id, node.address, node.port, configuration.snmp[node.credential or ""])
        for node in configuration.inventory.nodes.values()
    ]


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
async def test_a_real_agent_is_recorded_whole(
    engine: SnmpEngine, snmpd: Snmpd, version: Version
) -> None:
    lines, tally = await recorded(engine, snmpd.target(community(version)))
    assert tally.complete
    walked = [bind.oid for bind in await engine.walk(snmpd.target(V2C), "1.3.6.1.2.1.1")]
    oids = [text.split("|")[0] for text in lines]
    assert [oid for oid in oids if oid.startswith("1.3.6.1.2.1.1.")] == walked
    names = [tuple(map(int, oid.split("."))) for oid in oids]
    assert names == sorted(names)


async def test_a_page_is_one_answer_and_others_get_their_turn_between_two(
    engine: SnmpEngine,
) -> None:
    async with ScriptedAgent({**SYSTEM, **table(3000)}, V2C) as agent:
        lines, tally = await recorded(engine, agent_target(agent))
        assert (tally.objects, len(lines)) == (9003, 9003)
        assert tally.pages < 60
        assert engine.stats.waiting == 0


async def test_the_community_is_not_in_the_file_whatever_the_device_says(
    engine: SnmpEngine,
) -> None:
    told = b"trap receiver 10.0.0.1 public udp"
    spelt = ".".join(map(str, b"public"))
    objects = {
        **SYSTEM,
        "1.3.6.1.4.1.1.1.0": (ber.OCTET_STRING, told),
        f"1.3.6.1.4.1.1.2.6.{spelt}": (ber.INTEGER, b"\1"),
        "1.3.6.1.6.3.18.1.1.1.2.1": (ber.OCTET_STRING, b"another community"),
    }
    async with ScriptedAgent(objects, V2C) as agent:
        lines, tally = await recorded(engine, agent_target(agent))
    assert tally.objects == 4
    assert "1.3.6.1.4.1.1.1.0|4|trap receiver 10.0.0.1 ****** udp\n" in lines


async def test_a_table_that_the_device_chokes_on_is_told_and_the_rest_is_there(
    engine: SnmpEngine,
) -> None:
    def mute(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        choking = ber.encode_oid((1, 3, 6, 1, 2, 1, 2, 2, 1, 2))
        if not any(oid.startswith(choking) for oid, _, _ in answer.binds):
            yield agent.encode(answer)

    beyond = {"1.3.6.1.4.1.5.1.0": (ber.INTEGER, b"\1")}
    async with ScriptedAgent({**SYSTEM, **table(40), **beyond}, V2C, script=mute) as agent:
        lines, tally = await recorded(engine, agent_target(agent, 0.03))
    assert not tally.complete
    assert not tally.gone
    assert lines[-1] == "1.3.6.1.4.1.5.1.0|2|1\n"
    assert tally.gaps[0].oid.startswith("1.3.6.1.2.1.2.2.1.")
    assert "no answer" in tally.gaps[0].reason


async def test_a_device_that_falls_silent_ends_the_recording(engine: SnmpEngine) -> None:
    def tired(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if len(agent.requests) < 8:
            yield agent.encode(answer)

    async with ScriptedAgent({**SYSTEM, **table(3000)}, V2C, script=tired) as agent:
        lines, tally = await recorded(engine, agent_target(agent, 0.03))
    assert tally.gone
    assert 0 < len(lines) < 9003
    assert len(tally.gaps) == 1


async def test_a_device_without_end_is_given_up(engine: SnmpEngine) -> None:
    async with ScriptedAgent({**SYSTEM, **table(3000)}, V2C) as agent:
        lines: list[bytes] = []
        target = agent_target(agent)
        recorder = Recorder(engine, target, lambda row, text: lines.append(text), most=1000)
        tally = await recorder.record(in_order(ROOTS))
    assert 1000 <= tally.objects < 2000
    assert not tally.complete
    assert "enough" in tally.gaps[0].reason


def test_every_type_has_its_line() -> None:
    def of(tag: int, content: bytes) -> bytes | None:
        return line(Row(b"\x2b\x06", tag, content))

    assert of(ber.INTEGER, b"\xfb") == b"1.3.6|2|-5\n"
    assert of(ber.COUNTER32, b"\xff\xff\xff\xff") == b"1.3.6|65|4294967295\n"
    assert of(ber.COUNTER64, b"\0" + b"\xff" * 8) == b"1.3.6|70|18446744073709551615\n"
    assert of(ber.UINTEGER32, b"\7") == b"1.3.6|66|7\n"
    assert of(ber.TIME_TICKS, b"\7") == b"1.3.6|67|7\n"
    assert of(ber.OCTET_STRING, b"a|b") == b"1.3.6|4|a|b\n"
    assert of(ber.OCTET_STRING, b"a ") == b"1.3.6|4x|6120\n"
    assert of(ber.OCTET_STRING, b"\n") == b"1.3.6|4x|0A\n"
    assert of(ber.OCTET_STRING, "Hà".encode()) == b"1.3.6|4x|48C3A0\n"
    assert of(ber.OBJECT_ID, b"") == b"1.3.6|6|0.0\n"
    assert of(ber.IP_ADDRESS, bytes((10, 0, 0, 1))) == b"1.3.6|64|10.0.0.1\n"
    assert of(ber.IP_ADDRESS, b"") == b"1.3.6|64x|\n"
    assert of(ber.OPAQUE, b"\x9f\x78\x04\0\0\0\0") == b"1.3.6|68x|9F780400000000\n"
    assert of(ber.NSAP_ADDRESS, b"\1") == b"1.3.6|4x|01\n"
    assert of(ber.NULL, b"") is None
    with pytest.raises(MalformedError):
        of(message.GET, b"")


def test_roots_are_read_in_order_and_once() -> None:
    assert in_order(["1.3.6.1.4", "1.0.8802", ".1.3.6.1.4.1", "1.3.6.1.2"]) == [
        ber.encode_oid(ber.parse_oid(oid)) for oid in ("1.0.8802", "1.3.6.1.2", "1.3.6.1.4")
    ]


def test_the_command_writes_a_file_for_its_owner_alone(snmpd: Snmpd, tmp_path: Path) -> None:
    file = tmp_path / "host.snmprec"
    arguments = [f"127.0.0.1:{snmpd.port}", "-o", str(file), "--root", "1.3.6.1.2.1.1"]
    result = CliRunner().invoke(command, [*arguments, "--language", "en"])
    assert result.exit_code == 0, result.output
    assert "objects recorded in" in result.stderr
    assert file.read_bytes().count(b"\n") > 8
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["host.snmprec"]
    again = CliRunner().invoke(command, arguments)
    assert (again.exit_code, "--force" in again.stderr) == (2, True)


def test_the_command_leaves_nothing_behind_when_nobody_answers(tmp_path: Path) -> None:
    file = tmp_path / "none.snmprec"
    result = CliRunner().invoke(
        command, ["127.0.0.1:9", "-o", str(file), "--timeout", "0.1", "--retries", "0"]
    )
    assert result.exit_code == 1
    assert "không ghi được gì" in result.stderr
    assert list(tmp_path.iterdir()) == []


async def test_the_command_names_what_is_not_whole(tmp_path: Path) -> None:
    def tired(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        if len(agent.requests) < 4:
            yield agent.encode(answer)

    file = tmp_path / "half.snmprec"
    async with ScriptedAgent({**SYSTEM, **table(3000)}, V2C, script=tired) as agent:
        arguments = ["--timeout", "0.1", "--retries", "0", "--language", "en", "--root", "1.3.6"]
        result = await asyncio.to_thread(
            CliRunner().invoke, command, [f"127.0.0.1:{agent.port}", "-o", str(file), *arguments]
        )
    assert result.exit_code == 1
    assert "the device stopped answering" in result.stderr
    assert "not whole: 700 objects" in result.stderr
    assert os.listdir(tmp_path) == ["half.snmprec.partial"]  # noqa: PTH208  no loop waits for it
