"""Notifications of net-snmp's own senders, and of nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import random
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.bucket import Bucket
from collector.errors import TrapPortError
from collector.sample import Trap
from collector.traps.listener import TrapListener
from collector.traps.receiver import Receiver
from collector.traps.sender import Sender, Timeline
from collector.traps.sieve import SOURCE_BURST, Drop, Sieve, Source
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from configs.settings import Traps
from tests.collector.descriptors import no_descriptor_left

LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
V2C = SnmpCredential("v2c", Version.V2C, community="secret-word")
V3 = SnmpCredential(
    "v3", Version.V3, username="wan", auth_protocol=AuthProtocol.SHA,
    auth_passphrase="passphrase-one", priv_protocol=PrivProtocol.AES,
    priv_passphrase="passphrase-two",
)  # fmt: skip
ENGINE = "0x8000000001020304"


class Heard:
    def __init__(self) -> None:
        self.traps: list[Trap] = []
        self._news = asyncio.Event()

    def __call__(self, trap: Trap) -> None:
        self.traps.append(trap)
        self._news.set()

    async def next(self) -> Trap:
        while not self.traps:
            self._news.clear()
            await self._news.wait()
        return self.traps.pop(0)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def listener(heard: Heard) -> AsyncIterator[TrapListener]:
    listener = TrapListener("hn", Traps(port=0), heard)
    listener.open()
    task = asyncio.create_task(listener.run())
    yield listener
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def expect_from(listener: TrapListener, credential: SnmpCredential | None) -> None:
    listener.replace({"127.0.0.1": Source("hub-01", credential)})


async def until(listener: TrapListener, drop: Drop, count: int = 1) -> None:
    while listener.stats.drops[drop] < count:  # noqa: ASYNC110  (a counter has no event)
        await asyncio.sleep(0.005)


def auth(credential: SnmpCredential, *extra: str) -> list[str]:
    if credential.version is not Version.V3:
        return ["-v", credential.version.value, "-c", credential.community]
    options = ["-v3", "-u", credential.username, "-l", "authPriv"]
    options += ["-a", "SHA", "-A", credential.auth_passphrase]
    options += ["-x", "AES", "-X", credential.priv_passphrase]
    return [*options, *extra]


async def send(
    program: str, listener: TrapListener, options: list[str], *, trap: str = LINK_DOWN
) -> int:
    """Exit code of net-snmp's sender of a linkDown of port 7."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (snmp)")
    process = await asyncio.create_subprocess_exec(
        program, "-r", "0", "-t", "3", *options, f"127.0.0.1:{listener.port}", "", trap,
        "1.3.6.1.2.1.2.2.1.1.7", "i", "7", "1.3.6.1.2.1.31.1.1.1.18.7", "s", "Đi Hà Nội",
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return await process.wait()


@pytest.mark.parametrize("credential", [V2C, V3], ids=["v2c", "v3"])
async def test_a_trap_is_heard(
    listener: TrapListener, heard: Heard, credential: SnmpCredential
) -> None:
    expect_from(listener, credential)
    extra = ["-e", ENGINE] if credential is V3 else []
    assert await send("snmptrap", listener, auth(credential, *extra)) == 0
    trap = await heard.next()
    assert (trap.node, trap.oid) == ("hub-01", LINK_DOWN)
    assert trap.varbinds[2:] == (
        ("1.3.6.1.2.1.2.2.1.1.7", "7"),
        ("1.3.6.1.2.1.31.1.1.1.18.7", "Đi Hà Nội"),
    )
    assert listener.stats.accepted == 1
    assert not listener.stats.drops


@pytest.mark.parametrize("credential", [V2C, V3], ids=["v2c", "v3"])
async def test_an_inform_is_heard_and_confirmed(
    listener: TrapListener, heard: Heard, credential: SnmpCredential
) -> None:
    expect_from(listener, credential)
    for _ in range(2):
        assert await send("snmpinform", listener, auth(credential), trap=LINK_UP) == 0
        assert (await heard.next()).oid == LINK_UP
    assert not listener.stats.drops


async def test_a_v3_sender_is_known_after_its_first_trap(
    listener: TrapListener, heard: Heard
) -> None:
    expect_from(listener, V3)
    for _ in range(2):
        await send("snmptrap", listener, auth(V3, "-e", ENGINE))
        await heard.next()
    await send("snmptrap", listener, auth(V3, "-e", "0x8000000005060708"))
    await heard.next()
    assert listener.stats.accepted == 3


async def test_a_v1_trap_of_a_v2c_node_is_heard(listener: TrapListener, heard: Heard) -> None:
    expect_from(listener, V2C)
    if shutil.which("snmptrap") is None:
        pytest.skip("snmptrap is not installed (snmp)")
    process = await asyncio.create_subprocess_exec(
        "snmptrap", "-v1", "-c", V2C.community, f"127.0.0.1:{listener.port}",
        "1.3.6.1.4.1.9", "10.0.0.1", "2", "0", "",
    )  # fmt: skip
    await process.wait()
    assert (await heard.next()).oid == LINK_DOWN


async def test_a_wrong_community_is_refused(listener: TrapListener, heard: Heard) -> None:
    expect_from(listener, V2C)
    await send("snmptrap", listener, ["-v2c", "-c", "guess"])
    await until(listener, Drop.COMMUNITY)
    assert not heard.traps


@pytest.mark.parametrize(
    ("options", "drop"),
    [
        (["-A", "another-passphrase"], Drop.DIGEST),
        (["-u", "mallory"], Drop.USER),
        (["-l", "authNoPriv"], Drop.SECURITY_LEVEL),
        (["-l", "noAuthNoPriv"], Drop.SECURITY_LEVEL),
    ],
)
async def test_a_v3_trap_that_is_not_what_was_agreed_is_refused(
    listener: TrapListener, heard: Heard, options: list[str], drop: Drop
) -> None:
    expect_from(listener, V3)
    await send("snmptrap", listener, auth(V3, "-e", ENGINE, *options))
    await until(listener, drop)
    assert not heard.traps
    await send("snmptrap", listener, auth(V3, "-e", ENGINE))
    assert (await heard.next()).oid == LINK_DOWN


async def test_an_old_trap_sent_again_is_refused(listener: TrapListener, heard: Heard) -> None:
    """Older than the window, or of an earlier boot (RFC 3414 §3.2.7b)."""
    expect_from(listener, V3)
    await send("snmptrap", listener, auth(V3, "-e", ENGINE, "-Z", "9,500"))
    await heard.next()
    await send("snmptrap", listener, auth(V3, "-e", ENGINE, "-Z", "8,500"))
    await send("snmptrap", listener, auth(V3, "-e", ENGINE, "-Z", "9,300"))
    await until(listener, Drop.TIME_WINDOW, 2)
    assert not heard.traps
    await send("snmptrap", listener, auth(V3, "-e", ENGINE, "-Z", "9,400"))
    await heard.next()


@pytest.mark.parametrize(("sent", "expected"), [(V2C, V3), (V3, V2C)])
async def test_a_version_that_was_not_agreed_is_refused(
    listener: TrapListener, heard: Heard, sent: SnmpCredential, expected: SnmpCredential
) -> None:
    expect_from(listener, expected)
    extra = ["-e", ENGINE] if sent is V3 else []
    await send("snmptrap", listener, auth(sent, *extra))
    await until(listener, Drop.VERSION)
    assert not heard.traps


async def test_nobody_unknown_is_listened_to(listener: TrapListener, heard: Heard) -> None:
    listener.replace({"127.9.9.9": Source("hub-01", V2C)})
    await send("snmptrap", listener, auth(V2C))
    await until(listener, Drop.SOURCE)
    assert not heard.traps


async def test_a_node_without_a_credential_is_not_listened_to(
    listener: TrapListener, heard: Heard
) -> None:
    expect_from(listener, None)
    await send("snmptrap", listener, auth(V2C))
    await until(listener, Drop.CREDENTIAL)
    assert not heard.traps


async def test_evil_packets_are_counted_and_the_next_trap_is_heard(
    listener: TrapListener, heard: Heard
) -> None:
    expect_from(listener, V2C)
    evil = [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 400, bytes(1400)]
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        for packet in evil:
            sender.sendto(packet, ("127.0.0.1", listener.port))
    await until(listener, Drop.MALFORMED, len(evil))
    await send("snmptrap", listener, auth(V2C))
    assert (await heard.next()).oid == LINK_DOWN


async def test_a_storm_is_dropped_by_reason_and_the_loop_goes_on(
    listener: TrapListener, heard: Heard
) -> None:
    expect_from(listener, V2C)
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        for _ in range(500):
            sender.sendto(b"\x30\x03\x02\x01\x01", ("127.0.0.1", listener.port))
    await until(listener, Drop.SOURCE_RATE, 500 - int(SOURCE_BURST) - 30)
    await until(listener, Drop.MALFORMED, int(SOURCE_BURST))
    assert not heard.traps


async def test_without_a_file_descriptor_to_load_the_decoder_with_a_trap_is_lost_and_no_more(
    listener: TrapListener, heard: Heard
) -> None:
    expect_from(listener, V2C)
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", listener.port))
        with no_descriptor_left():
            sender.send(trap_packet())
            await until(listener, Drop.BUSY)
        sender.send(trap_packet())
        assert (await heard.next()).node == "hub-01"


async def test_a_port_in_use_is_told_with_what_to_do(listener: TrapListener) -> None:
    taken = Traps(port=listener.port)
    with pytest.raises(TrapPortError, match=rf"port {listener.port} .*another traps\.host"):
        TrapListener("hn", taken, lambda trap: None).open()


async def test_other_sources_from_now_on(listener: TrapListener, heard: Heard) -> None:
    expect_from(listener, V2C)
    await send("snmptrap", listener, auth(V2C))
    await heard.next()
    listener.replace({})
    await send("snmptrap", listener, auth(V2C))
    await until(listener, Drop.SOURCE)


def trap_packet() -> bytes:
    """A linkDown over v2c, by hand."""
    varbinds = bytes.fromhex(
        "302e"
        "300e06082b06010201010300430204d2"
        "301706 0a2b06010603010104010006092b0601060301010503".replace(" ", "")
    )
    varbinds = b"\x30" + bytes([len(varbinds) - 2]) + varbinds[2:]
    pdu = b"\x02\x01\x05\x02\x01\x00\x02\x01\x00" + varbinds
    pdu = b"\xa7" + bytes([len(pdu)]) + pdu
    body = b"\x02\x01\x01\x04" + bytes([len(V2C.community)]) + V2C.community.encode() + pdu
    return b"\x30" + bytes([len(body)]) + body


@pytest.fixture(scope="module")
def receiver() -> Receiver:
    return Receiver(V2C, b"\x80\x00\xff\xff\x05test", lambda message: None)


def test_the_hand_made_trap_is_a_trap(receiver: Receiver) -> None:
    taken = receiver.take(trap_packet(), 0.0)
    assert isinstance(taken, tuple)
    assert taken[1] == ("1.3.6.1.6.3.1.1.4.1.0", LINK_DOWN)


def test_mangled_traps_never_raise(receiver: Receiver) -> None:
    rng, genuine = random.Random(11), trap_packet()
    outcomes = set()
    for _ in range(800):
        packet = bytearray(genuine)
        for _ in range(rng.randrange(1, 4)):
            packet[rng.randrange(len(packet))] = rng.randrange(256)
        cut = rng.randrange(1, 3 * len(packet))
        taken = receiver.take(bytes(packet[:cut]), 0.0)
        outcomes.add(taken if isinstance(taken, Drop) else type(taken))
    assert {Drop.MALFORMED, Drop.COMMUNITY} <= outcomes


def test_pysnmp_does_not_remember_every_trap(receiver: Receiver) -> None:
    import gc

    def objects() -> int:
        gc.collect()
        return len(gc.get_objects())

    def storm(start: float) -> None:
        for second in range(100):
            receiver.take(trap_packet(), start + second)

    storm(0.0)
    before = objects()
    storm(100.0)
    storm(200.0)
    assert objects() - before < 400


@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=100))
def test_a_bucket_gives_its_burst_and_then_its_rate(steps: list[float]) -> None:
    bucket, now, taken = Bucket(10.0, 20.0), 0.0, 0
    for step in steps:
        now += step
        while bucket.take(now):
            taken += 1
    assert taken <= 20 + now * 10 + 1e-6


def test_one_node_that_storms_does_not_use_up_everybodys_share() -> None:
    sieve = Sieve(rate_per_s=100)
    sieve.replace({"a": Source("a", V2C), "b": Source("b", V2C)})
    for _ in range(1000):
        sieve.admit("a", 1.0)
    assert sieve.admit("b", 1.0) is not None
    assert sieve.drops == {Drop.SOURCE_RATE: 950}


def test_all_together_are_limited_too() -> None:
    sieve = Sieve(rate_per_s=100)
    sieve.replace({str(i): Source(str(i), V2C) for i in range(1000)})
    assert sum(sieve.admit(str(i), 1.0) is not None for i in range(1000)) == 100
    assert sieve.drops == {Drop.RATE: 900}


@pytest.mark.parametrize(
    "credential",
    [replace(V2C, community="bí mật Hà Nội"), replace(V3, username="giám-sát")],
    ids=["v2c", "v3"],
)
async def test_a_credential_may_have_diacritics(
    listener: TrapListener, heard: Heard, credential: SnmpCredential
) -> None:
    expect_from(listener, credential)
    extra = ["-e", ENGINE] if credential.version is Version.V3 else []
    assert await send("snmptrap", listener, auth(credential, *extra)) == 0
    assert (await heard.next()).node == "hub-01"


def test_a_sender_whose_clock_runs_slow_is_believed_for_months() -> None:
    def said(day: int) -> Sender:
        return Sender(b"engine", 3, 1000 + day * 86_390, b"wan")  # ten seconds a day are lost

    timeline = Timeline(said(0), 0.0)
    for day in range(1, 200):
        assert not timeline.is_stale(said(day), day * 86_400.0)
        timeline.hear(said(day), day * 86_400.0)
        assert timeline.is_stale(said(day - 1), day * 86_400.0)


def test_a_machine_without_the_network_of_the_trap_port_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr("collector.traps.listener.socket.socket", refuse)
    with pytest.raises(TrapPortError, match=r"cannot listen on ::1 .*not supported"):
        TrapListener("hn", Traps(host="::1", port=0), lambda trap: None).open()
