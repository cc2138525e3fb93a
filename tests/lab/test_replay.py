"""Recordings of real devices are nodes of a lab like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from configs.loader import load
from lab.country import Access
from lab.errors import RecordingError, RefusedError
from lab.recording import read, read_all
from lab.replay import replayed
from tests.lab.conftest import ask, running
from tests.realdata import realdata

SYSTEM = (
    "1.3.6.1.2.1.1.1.0|4|Acme router\n"
    "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1\n"
    "1.3.6.1.2.1.1.3.0|67|4711\n"
    "1.3.6.1.2.1.1.5.0|4x|48c3a0204ee1bb99692d31\n"
    "1.3.6.1.2.1.2.2.1.10.1|65|4294967295\n"
    "1.3.6.1.2.1.4.20.1.1.192.0.2.1|64|192.0.2.1\n"
    "1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n"
)


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.snmprec").write_text(text)
    return folder


async def targets(directory: Path) -> list[Target]:
    configuration = load(directory / "wanwatch.yaml")
    return [
        Target(node.id, node.address, node.port, configuration.snmp[node.credential or ""])
        for node in configuration.inventory.nodes.values()
    ]


@pytest.mark.parametrize("v3_share", [0.0, 1.0])
async def test_what_was_recorded_is_said_again_in_both_versions(
    tmp_path: Path, v3_share: float
) -> None:
    folder = written(tmp_path / "recordings", one=SYSTEM, two=SYSTEM)
    async with running(tmp_path / "lab", recordings=folder, v3_share=v3_share) as lab:
        assert (lab.nodes, lab.sites, lab.links) == (2, 2, 0)
        found = await targets(lab.directory)
        assert len({target.address for target in found}) == 2
        async with SnmpEngine() as engine:
            for target in found:
                said = {bind.oid: bind.value for bind in await engine.walk(target, "1")}
                assert len(said) == 7
                assert said["1.3.6.1.2.1.1.5.0"] == "Hà Nội-1".encode()
                assert said["1.3.6.1.2.1.1.2.0"] == "1.3.6.1.4.1.99999.1"
                assert said["1.3.6.1.2.1.2.2.1.10.1"] == 2**32 - 1
                assert said["1.3.6.1.2.1.31.1.1.1.6.1"] == 2**64 - 1
                assert said["1.3.6.1.2.1.4.20.1.1.192.0.2.1"] == "192.0.2.1"
                uptime = said["1.3.6.1.2.1.1.3.0"]
                assert isinstance(uptime, int)
                assert 4711 <= uptime < 4711 + 2000  # its clock goes on


async def test_a_recorded_node_that_is_broken_is_silent_and_then_starts_again(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / "recordings", one=SYSTEM.replace("4711", "471100"), two=SYSTEM)
    async with running(tmp_path / "lab", recordings=folder, v3_share=0.0) as lab:
        first = (await targets(lab.directory))[0]
        async with SnmpEngine() as engine:
            assert (await ask(lab, "fail", "node:one"))["silent"] == 1
            with pytest.raises(TimeoutError):
                await engine.get(
                    Target("one", first.address, first.port, first.credential, 0.1, 0),
                    ["1.3.6.1.2.1.1.3.0"],
                )
            await ask(lab, "heal", "node:one")
            (uptime,) = await engine.get(first, ["1.3.6.1.2.1.1.3.0"])
            assert isinstance(uptime.value, int)
            assert uptime.value < 2000


async def test_recordings_of_real_devices_are_served_to_the_last_object(tmp_path: Path) -> None:
    names = ("vrp_5720", "routeros_crs317", "apc_ap7900b")
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in names:
        path = realdata("librenms", "snmpsim", f"{name}.snmprec")
        (folder / path.name).symlink_to(path)
    async with running(tmp_path / "lab", recordings=folder) as lab, SnmpEngine() as engine:
        for target in await targets(lab.directory):
            said = [tuple(map(int, b.oid.split("."))) for b in await engine.walk(target, "1")]
            assert said == read(folder / f"{target.node}.snmprec").names


MISTAKES = (
    "1.3.6.1.2.1.1.1.0\n"
    "one.two|4|x\n"
    "1.3.6.1.2.1.1.2.0|99|x\n"
    "1.3.6.1.2.1.1.3.0|67|soon\n"
    "1.3.6.1.2.1.1.4.0|4x|abc\n"
    "1.3.6.1.2.1.1.5.0|4|right\n"
    "1.3.6.1.2.1.1.6.0|65|4294967296\n"
    "1.3.6.1.2.1.1.7.0|64|10.0.0\n"
    "1.3.6.1.2.1.1.8.0|6|none\n"
    "1.3.6.1.2.1.1.9.0|2:numeric|rate=1\n"
)


def test_every_line_that_is_none_is_named_with_its_file(tmp_path: Path) -> None:
    folder = written(tmp_path, bad=MISTAKES, worse="\n", good=SYSTEM)
    (folder / "bad name.snmprec").write_text(SYSTEM)
    with pytest.raises(RecordingError) as caught:
        replayed(folder, 1, Access())
    told = str(caught.value).splitlines()
    lines = {line.split(": ")[0] for line in told}
    assert lines == {f"bad.snmprec:{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10)} | {
        "worse.snmprec:1",
        "bad name.snmprec",
    }
    assert "bad.snmprec:10: snmpsim's variation modules" in str(caught.value)
    assert "mỗi dòng có ba phần" in caught.value.text("vi")


def test_a_file_of_nothing_but_mistakes_does_not_flood_the_terminal(tmp_path: Path) -> None:
    folder = written(tmp_path, bad="x\n" * 5000)
    with pytest.raises(RecordingError) as caught:
        read(folder / "bad.snmprec")
    assert caught.value.count == 5000
    assert str(caught.value).endswith("... and 4900 more")


def test_a_folder_without_recordings_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="put files NODE"):
        replayed(tmp_path, 1, Access())


def test_escapes_null_values_and_comments_are_understood(tmp_path: Path) -> None:
    text = "# by hand\n1.3.6.1.1|4e|a\\x00\\n\\\\\n1.3.6.1.2|5|\n1.3.6.1.3|2|-5\n1.3.6.1.3|2|6\n"
    recording = read_all([*written(tmp_path, x=text).glob("*.snmprec")])["x"]
    assert recording.names == [(1, 3, 6, 1, 1), (1, 3, 6, 1, 3)]
    assert recording.values == [b"\x04\x04a\x00\n\\", b"\x02\x01\xfb"]
