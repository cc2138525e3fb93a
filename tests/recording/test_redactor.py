"""Nothing of whoever owns a device is left in its recording, and what the device is, is."""

from __future__ import annotations

import string
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from collector.discovery.device import discover
from collector.portrait import Portrait
from collector.recording.line import line
from collector.recording.redactor import Redactor
from collector.recording.spool import Spool
from collector.snmp import ber
from collector.snmp.page import Row
from configs.devicerules import built_in_rules
from configs.redaction import redaction
from lab.ber import peek
from lab.recording import read
from tests.discovery.recorded import HERE, recording
from tests.realdata import realdata
from tests.snmp.conftest import Snmpd
from wanwatch.commands.record import command

KEY = b"a key of a test, and of nothing else"
NUMBER = ber.encode_integer(1)[2:]


def row(oid: str, tag: int, content: bytes) -> Row:
    return Row(ber.encode_oid(ber.parse_oid(oid)), tag, content)


def text(oid: str, content: str | bytes) -> Row:
    octets = content.encode() if isinstance(content, str) else content
    return row(oid, ber.OCTET_STRING, octets)


def number(oid: str) -> Row:
    return row(oid, ber.INTEGER, NUMBER)


def redacted(rows: Iterable[Row], folder: Path, key: bytes = KEY) -> dict[str, str]:
    """OID to tag and value, in the order of the file."""
    lines: list[bytes] = []
    with Spool(folder, Redactor(key, redaction())) as spool:
        for each in rows:
            spool.put(each)
        spool.pour(lines.append, lambda done: None)
    found = dict(each.decode().rstrip("\n").split("|", 1) for each in lines)
    names = [tuple(map(int, oid.split("."))) for oid in found]
    assert names == sorted(names)
    return found


def value(found: dict[str, str], oid: str) -> bytes:
    tag, _, octets = found[oid].partition("|")
    return bytes.fromhex(octets) if tag.endswith("x") else octets.encode()


WORD = st.text(string.ascii_letters, min_size=7, max_size=12)
HOST = st.builds("{}-{}-{}".format, WORD, WORD, st.integers(10, 99))
IP = st.builds(
    lambda first, rest: bytes((first, *rest)),
    st.sampled_from((10, 14, 113, 172, 192, 203)),
    st.binary(min_size=3, max_size=3).filter(lambda rest: max(rest) > 60 and min(rest) > 2),
)
MAC = st.builds(lambda own: b"\x00\x1a\x2b" + own, st.binary(min_size=3, max_size=3).filter(any))
IP6 = st.builds(lambda own: b"\x20\x01\x0d\xb8" + own, st.binary(min_size=12, max_size=12))


def dotted(octets: bytes) -> str:
    return ".".join(map(str, octets))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),  # nothing of it is worth minutes of shrinking
    deadline=None,
)
@given(
    host=HOST,
    other=HOST,
    place=st.lists(WORD, min_size=1, max_size=4),
    serial=st.from_regex(r"[A-Z]{3}[0-9]{4}[A-Z0-9]{4}", fullmatch=True),
    ips=st.lists(IP, min_size=3, max_size=3, unique=True),
    macs=st.lists(MAC, min_size=2, max_size=2, unique=True),
    ip6=IP6,
)
def test_nothing_of_the_original_is_left_anywhere(
    tmp_path: Path,
    host: str,
    other: str,
    place: list[str],
    serial: str,
    ips: list[bytes],
    macs: list[bytes],
    ip6: bytes,
) -> None:
    known = {word.encode() for word in redaction().words}
    assume(not known & {w.lower().encode() for w in [*place, *host.split("-"), *other.split("-")]})
    first, second, third = map(dotted, ips)
    mac = macs[0].hex(":")
    rows = [
        text("1.3.6.1.2.1.1.1.0", f"Linux {host} 5.10.0 #1 SMP x86_64"),
        text("1.3.6.1.2.1.1.4.0", f"{place[0]}@{place[-1]}.vn"),
        text("1.3.6.1.2.1.1.5.0", host),
        text("1.3.6.1.2.1.1.6.0", " ".join(place)),
        text("1.3.6.1.2.1.2.2.1.2.1", "GigabitEthernet0/1"),
        text("1.3.6.1.2.1.2.2.1.6.1", macs[0]),
        row(f"1.3.6.1.2.1.4.20.1.1.{first}", ber.IP_ADDRESS, ips[0]),
        text(f"1.3.6.1.2.1.4.22.1.2.1.{second}", macs[1]),
        number(f"1.3.6.1.2.1.4.34.1.3.2.16.{dotted(ip6)}"),
        number(f"1.3.6.1.2.1.15.3.1.2.{third}"),
        number(f"1.3.6.1.2.1.17.7.1.2.2.1.2.5.{dotted(macs[1])}"),
        text("1.3.6.1.2.1.31.1.1.1.18.1", f"to {other} {first}"),
        text("1.3.6.1.2.1.47.1.1.1.1.2.1", f"Chassis {serial}"),
        text("1.3.6.1.2.1.47.1.1.1.1.11.1", serial),
        text("1.0.8802.1.1.2.1.4.1.1.5.0.1.1", macs[1]),
        text("1.0.8802.1.1.2.1.4.1.1.9.0.1.1", other),
        number(f"1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.{second}"),
        number(f"1.0.8802.1.1.2.1.4.2.1.3.0.1.1.6.6.{dotted(macs[1])}"),
        number(f"1.3.6.1.4.1.99999.1.1.{len(host)}.{dotted(host.encode())}.7"),
        number(f"1.3.6.1.4.1.99999.2.1.5.{dotted(macs[0])}"),
        row(
            "1.3.6.1.4.1.99999.3.0",
            ber.OBJECT_ID,
            row(f"1.3.6.1.4.1.99999.2.1.5.{dotted(macs[0])}", 0, b"").oid,
        ),
        text(
            "1.3.6.1.4.1.99999.4.0", f"login {place[0]} from {third} ({mac}) via {IPv6Address(ip6)}"
        ),
        text("1.3.6.1.4.1.99999.5.0", b"\x01\x80" + macs[0] + b"\x00\x01"),
        text("1.3.6.1.4.1.99999.6.0", "hostname " + host + "\ninterface GigabitEthernet0/1\n"),
    ]
    found = redacted(rows, tmp_path)
    assert len(found) == len(rows)
    everything = "\n".join(f"{oid} {kind}" for oid, kind in found.items()).lower()
    for oid in found:
        octets = value(found, oid)
        everything += "\n" + octets.decode("latin-1").lower() + "\n" + octets.hex() + dotted(octets)
    secrets = [host, other, serial, *place, *host.split("-")[:2], *other.split("-")[:2]]
    for secret in secrets:
        assert secret.lower() not in everything
        assert dotted(secret.encode()) not in everything
    for address in (*ips, ip6, *macs):
        changed = IPv4Address(address) if len(address) == 4 else address
        assert f"{dotted(address)}." not in everything.replace("\n", ". "), changed
        if len(address) > 4:
            assert address.hex() not in everything
    assert mac not in everything
    assert "gigabitethernet0/1" in everything
    assert value(found, "1.3.6.1.2.1.1.1.0").endswith(b" 5.10.0 #1 SMP x86_64")


def test_what_was_the_same_is_the_same_and_neighbours_still_match(tmp_path: Path) -> None:
    ours = redacted(
        [
            text("1.3.6.1.2.1.1.5.0", "HN-CORE-01.moi.gov.vn"),
            text("1.0.8802.1.1.2.1.4.1.1.5.0.1.1", bytes.fromhex("001a2b3c4d5e")),
            text("1.0.8802.1.1.2.1.4.1.1.7.0.1.1", "Gi0/2"),
            text("1.0.8802.1.1.2.1.4.1.1.8.0.1.1", "to HN-CORE-01"),
            text("1.0.8802.1.1.2.1.4.1.1.9.0.1.1", "hub-04-r1"),
            number("1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.10.4.0.2"),
        ],
        tmp_path,
    )
    theirs = redacted(
        [
            text("1.3.6.1.2.1.1.5.0", "hub-04-r1.moi.gov.vn"),
            text("1.3.6.1.2.1.2.2.1.2.2", "Gi0/2"),
            text("1.3.6.1.2.1.31.1.1.1.18.2", "to hn-core-01"),
            text("1.0.8802.1.1.2.1.3.2.0", bytes.fromhex("001a2b3c4d5e")),
            row("1.3.6.1.2.1.4.20.1.1.10.4.0.2", ber.IP_ADDRESS, bytes((10, 4, 0, 2))),
        ],
        tmp_path,
    )
    remote = "1.0.8802.1.1.2.1.4.1.1"
    name = value(theirs, "1.3.6.1.2.1.1.5.0")
    assert name.startswith(value(ours, f"{remote}.9.0.1.1") + b".")
    assert b"hub" not in name
    assert value(ours, f"{remote}.5.0.1.1") == value(theirs, "1.0.8802.1.1.2.1.3.2.0")
    assert value(ours, f"{remote}.7.0.1.1") == value(theirs, "1.3.6.1.2.1.2.2.1.2.2") == b"Gi0/2"
    port = value(theirs, "1.3.6.1.2.1.31.1.1.1.18.2")
    assert value(ours, f"{remote}.8.0.1.1").lower() == port.lower()
    (address,) = (oid.split(".1.1.4.")[1] for oid in ours if ".4.2.1.3." in oid)
    assert f"1.3.6.1.2.1.4.20.1.1.{address}" in theirs
    assert address != "10.4.0.2"


def test_a_mask_an_interface_name_and_a_version_stay(tmp_path: Path) -> None:
    found = redacted(
        [
            text("1.3.6.1.2.1.1.1.0", "Acme OS Version 10.2.3.4"),
            row("1.3.6.1.2.1.4.20.1.3.10.1.2.3", ber.IP_ADDRESS, b"\xff\xff\xff\0"),
            text("1.3.6.1.2.1.31.1.1.1.1.1", "TenGigE0/0/0/1"),
            text("1.3.6.1.2.1.31.1.1.1.18.1", "TenGigE0/0/0/1"),
            text("1.3.6.1.2.1.47.1.1.1.1.13.1", "AX-4000-Z"),
            text("1.3.6.1.2.1.1.5.0", "AX-4000-Z"),
            text("1.3.6.1.4.1.99999.1.0", "Fan 1 speed, PSU-2 inlet temperature 35.5 C"),
        ],
        tmp_path,
    )
    assert value(found, "1.3.6.1.2.1.1.1.0") == b"Acme OS Version 10.2.3.4"
    (mask,) = (kind for oid, kind in found.items() if oid.startswith("1.3.6.1.2.1.4.20"))
    assert mask == "64|255.255.255.0"
    assert value(found, "1.3.6.1.2.1.31.1.1.1.1.1") == b"TenGigE0/0/0/1"
    assert value(found, "1.3.6.1.2.1.31.1.1.1.18.1") == b"TenGigE0/0/0/1"
    assert value(found, "1.3.6.1.2.1.47.1.1.1.1.13.1") == b"AX-4000-Z"
    assert value(found, "1.3.6.1.2.1.1.5.0") != b"AX-4000-Z"
    sensor = value(found, "1.3.6.1.4.1.99999.1.0")
    assert sensor == b"Fan 1 speed, PSU-2 inlet temperature 35.5 C"


def test_words_that_nobody_knows_are_replaced_wherever_they_stand(tmp_path: Path) -> None:
    found = redacted(
        [
            text("1.3.6.1.4.1.99999.1.0", "Fan 3 of Zkqwyr, call 0912345678"),
            text("1.3.6.1.4.1.99999.2.0", "tủ mạng Zkqwyr"),
            text("1.3.6.1.2.1.2.2.1.2.1", "ether1-zkqwyr"),
        ],
        tmp_path,
    )
    fan = value(found, "1.3.6.1.4.1.99999.1.0").decode()
    start, other, end = fan[:9], fan[9:15], fan[15:]
    assert start == "Fan 3 of "
    assert end.startswith(", call ")
    assert "0912345678" not in fan
    assert other != "Zkqwyr"
    assert value(found, "1.3.6.1.4.1.99999.2.0").decode("latin-1").endswith(other)
    assert value(found, "1.3.6.1.2.1.2.2.1.2.1").decode().endswith(other.lower())


def rows_of(path: Path) -> Iterable[Row]:
    recorded = read(path)
    for name, encoded in zip(recorded.names, recorded.values, strict=True):
        tag, start, stop = peek(encoded, 0, len(encoded))
        yield Row(ber.encode_oid(name), tag, encoded[start:stop])


async def portrait(path: Path) -> Portrait:
    return await discover(recording(path), HERE, built_in_rules())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "ios_c3560",
        "routeros_crs317",
        "vrp_ar169sfp",
        "fortigate_60fospfv3",
        "drac_r640",
        "apc_smx750",
        "panos",
        "junos_mx5t-isis",
    ],
)
async def test_a_redacted_device_is_still_recognised(name: str, tmp_path: Path) -> None:
    original = realdata("librenms", "snmpsim", f"{name}.snmprec")
    copy = tmp_path / "copy.snmprec"
    lines: list[bytes] = []
    with Spool(tmp_path, Redactor(KEY, redaction())) as spool:
        for each in rows_of(original):
            spool.put(each)
        spool.pour(lines.append, lambda done: None)
    copy.write_bytes(b"".join(lines))
    assert len(read(copy).names) == len(read(original).names)
    was, now = await portrait(original), await portrait(copy)
    for field in ("os", "vendor", "hardware", "version"):
        assert getattr(now.identity, field) == getattr(was.identity, field)
    for parts in ("ports", "sensors", "processors", "memory", "storage", "neighbours"):
        assert len(getattr(now, parts)) == len(getattr(was, parts)), parts
    assert [s.value for s in now.sensors] == [s.value for s in was.sensors]
    if was.identity.serial:
        assert now.identity.serial != was.identity.serial


def test_the_command_redacts_and_makes_its_key_once(snmpd: Snmpd, tmp_path: Path) -> None:
    key = tmp_path / "key"
    texts = []
    for name in ("one", "two"):
        file = tmp_path / f"{name}.snmprec"
        arguments = ["-o", str(file), "--root", "1.3.6.1.2.1.1", "--redact-key", str(key)]
        result = CliRunner().invoke(command, [f"127.0.0.1:{snmpd.port}", *arguments])
        assert result.exit_code == 0, result.output
        texts.append([part for part in file.read_bytes().splitlines() if b".1.3.0|" not in part])
    assert texts[0] == texts[1]
    assert b"snmpd-under-test" not in b"".join(texts[0])
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "key",
        "one.snmprec",
        "two.snmprec",
    ]


def test_a_key_that_is_none_is_refused(snmpd: Snmpd, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("short\n")
    arguments = ["-o", str(tmp_path / "x.snmprec"), "--redact-key", str(key)]
    result = CliRunner().invoke(command, [f"127.0.0.1:{snmpd.port}", *arguments])
    assert result.exit_code == 2
    assert "holds no key" in result.stderr
    assert not line(row("1.3.6.1", ber.NULL, b""))
