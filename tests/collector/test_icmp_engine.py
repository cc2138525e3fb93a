"""The ICMP engine on loopback and on a scripted network (root only)."""

from __future__ import annotations

import asyncio
import errno
import random
import socket
import struct
import time
from collections.abc import AsyncIterator

import pytest

from collector.errors import AddressError, IcmpPermissionError
from collector.failure import Failure
from collector.icmp.engine import IcmpEngine
from collector.icmp.packet import V4, V6, Dialect
from collector.icmp.wire import Wire
from collector.sample import Reach
from tests.collector.namespace import FULL_TO_10_9, Network, in_namespace, scripted_network

PING_SOCKETS = "sysctl -qw net.ipv4.ping_group_range='0 2147483647'"
both_sockets = pytest.mark.parametrize("raw", [True, False], ids=["raw", "ping"])


@pytest.fixture
async def engine() -> AsyncIterator[IcmpEngine]:
    try:
        async with IcmpEngine() as engine:
            yield engine
    except IcmpPermissionError as error:
        pytest.skip(str(error))


async def test_a_fleet_on_loopback_answers(engine: IcmpEngine) -> None:
    targets = [(f"n{i}", f"127.1.{i // 250}.{1 + i % 250}") for i in range(1000)]
    reaches = await engine.sweep(targets)
    assert [reach.node for reach in reaches] == [node for node, _ in targets]
    assert all(reach.answered and reach.rtt_s is not None for reach in reaches)
    assert engine.stats.answered == engine.stats.sent == 1000
    assert engine.stats.forged == engine.stats.duplicate == engine.stats.overflow == 0


async def test_ipv6_answers_too(engine: IcmpEngine) -> None:
    (reach,) = await engine.sweep([("a", "0:0::1")])
    assert reach.answered


async def test_a_name_is_not_an_address(engine: IcmpEngine) -> None:
    with pytest.raises(AddressError, match=r"'hub-01\.wan'"):
        await engine.sweep([("a", "127.0.0.1"), ("b", "hub-01.wan")])


async def test_an_empty_sweep_is_empty(engine: IcmpEngine) -> None:
    assert await engine.sweep([]) == []


async def test_a_look_gives_jitter_and_loss(engine: IcmpEngine) -> None:
    (reach,) = await engine.sweep([("a", "127.0.0.1")], count=3)
    assert reach.loss_ratio == 0.0
    assert reach.jitter_s is not None


async def test_jitter_needs_no_second_packet_but_a_second_look(engine: IcmpEngine) -> None:
    (first,) = await engine.sweep([("a", "127.0.0.1")])
    (second,) = await engine.sweep([("a", "127.0.0.1")])
    engine.forget("a")
    (third,) = await engine.sweep([("a", "127.0.0.1")])
    assert (first.jitter_s, third.jitter_s) == (None, None)
    assert second.jitter_s is not None


async def test_a_clock_set_back_meanwhile_does_not_spoil_the_rtt(
    engine: IcmpEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.icmp.engine.time.time_ns", lambda: 0)
    (reach,) = await engine.sweep([("a", "127.0.0.1")])
    assert reach.rtt_s is not None
    assert 0.0 <= reach.rtt_s < 5.0


async def test_whoever_may_open_no_socket_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("collector.icmp.wire.socket.socket", refuse)
    with pytest.raises(IcmpPermissionError, match=r"CAP_NET_RAW.*ping_group_range"):
        async with IcmpEngine():
            pass


async def test_a_family_that_is_not_allowed_costs_its_nodes_alone(
    engine: IcmpEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(dialect: Dialect, **_: object) -> Wire:
        raise IcmpPermissionError("icmp_not_allowed", group=0)

    monkeypatch.setattr("collector.icmp.engine.Wire", refuse)
    six, four = await engine.sweep([("six", "::1"), ("four", "127.0.0.1")])
    assert (six.answered, six.failure) == (False, Failure.REFUSED)
    assert "CAP_NET_RAW" in six.detail
    assert four.answered


def test_a_way_out_that_is_full_does_not_hold_up_the_others() -> None:
    async def work() -> list[Reach]:
        async with IcmpEngine(raw=False) as engine:
            targets = [("beyond", "10.9.0.2"), ("near", "127.0.0.1")]
            return await engine.sweep(targets, timeout_s=0.2)

    beyond, near = in_namespace(work, PING_SOCKETS, *FULL_TO_10_9)
    assert (beyond.answered, beyond.failure) == (False, Failure.TIMEOUT)
    assert near.answered


@pytest.mark.parametrize(("dialect", "address"), [(V4, "127.0.0.1"), (V6, "::1")])
def test_the_kernel_keeps_other_programs_pings_from_us(dialect: Dialect, address: str) -> None:
    async def work() -> tuple[int, int]:
        ours, other = Wire(dialect, raw=True), Wire(dialect, raw=True)
        for wire in (ours, other, other):
            wire.send(address, 1, b"\1" * 8)
        heard = len(list(ours.receive(10)))
        other.send(address, 2, b"\2" * 8)
        try:
            waiting = len(ours._socket.recv(2048))
        except BlockingIOError:
            waiting = 0
        ours.close()
        other.close()
        return heard, waiting

    assert in_namespace(work) == (1, 0)


def _sum(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(data[i : i + 2]) for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source: bytes, target: bytes, payload: bytes) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, 1, 0) + source + target
    return head[:10] + struct.pack("!H", _sum(head)) + head[12:] + payload


def icmp(kind: int, code: int, rest: bytes) -> bytes:
    message = bytes([kind, code, 0, 0]) + rest
    return bytes([kind, code]) + struct.pack("!H", _sum(message)) + rest


def reply_to(packet: bytes) -> bytes:
    return ip(packet[16:20], packet[12:16], icmp(0, 0, packet[24:]))


def is_echo(packet: bytes) -> bool:
    return packet[0] == 0x45 and packet[9] == 1 and packet[20] == 8


def looked_at(
    network: Network,
    *,
    raw: bool = True,
    count: int = 1,
    timeout_s: float = 0.2,
    held_s: float = 0.0,
) -> tuple[Reach, IcmpEngine]:
    """10.1.2.3 as seen through a network, by a loop that is held for so long after the question."""

    async def work() -> tuple[Reach, IcmpEngine]:
        with scripted_network(lambda packet: network(packet) if is_echo(packet) else []):
            async with IcmpEngine(raw=raw) as engine:
                asyncio.get_running_loop().call_later(0.01, time.sleep, held_s)
                (reach,) = await engine.sweep([("n", "10.1.2.3")], count=count, timeout_s=timeout_s)
                await asyncio.sleep(0.05)
                await engine.sweep([("lo", "127.0.0.1")])  # hears whatever came after the look
                return reach, engine

    return in_namespace(work, PING_SOCKETS)


@both_sockets
def test_the_rtt_is_the_networks_and_not_the_loops(raw: bool) -> None:
    reach, _ = looked_at(
        lambda packet: [(0.05, reply_to(packet))], raw=raw, timeout_s=2.0, held_s=0.5
    )
    assert reach.rtt_s is not None
    assert 0.05 <= reach.rtt_s < 0.4


@both_sockets
def test_loss_is_counted_per_packet(raw: bool) -> None:
    dropping = iter([True, False, False, True])
    reach, engine = looked_at(
        lambda packet: [] if next(dropping) else [(0, reply_to(packet))], raw=raw, count=4
    )
    assert (reach.answered, reach.loss_ratio) == (True, 0.5)
    assert engine.stats.lost == 2


@both_sockets
def test_silence_is_a_timeout(raw: bool) -> None:
    reach, _ = looked_at(lambda packet: [], raw=raw)
    assert (reach.answered, reach.failure) == (False, Failure.TIMEOUT)


@both_sockets
def test_a_reply_after_the_timeout_is_refused_and_counted(raw: bool) -> None:
    reach, engine = looked_at(lambda packet: [(0.22, reply_to(packet))], raw=raw)
    assert not reach.answered
    assert engine.stats.late == 1


@pytest.mark.parametrize("pause_s", [0.0, 0.15])
def test_a_late_reply_serves_the_look_that_waits_or_the_next_one(pause_s: float) -> None:
    late = iter([True, False])

    async def work() -> list[Reach]:
        def network(packet: bytes) -> list[tuple[float, bytes]]:
            return [(0.15, reply_to(packet))] if is_echo(packet) and next(late) else []

        with scripted_network(network):
            async with IcmpEngine() as engine:
                (first,) = await engine.sweep([("n", "10.1.2.3")], timeout_s=0.1)
                await asyncio.sleep(pause_s)
                await engine.sweep([("lo", "127.0.0.1")])
                (second,) = await engine.sweep([("n", "10.1.2.3")], timeout_s=0.2)
                return [first, second]

    first, second = in_namespace(work, PING_SOCKETS)
    assert not first.answered
    assert second.answered
    assert second.rtt_s == pytest.approx(0.15, abs=0.02)
    assert second.asked_at == pytest.approx(first.asked_at, abs=0.001)


@both_sockets
def test_a_duplicate_is_counted_once(raw: bool) -> None:
    reach, engine = looked_at(lambda packet: [(0, reply_to(packet))] * 3, raw=raw)
    assert reach.answered
    assert engine.stats.answered == 2  # this node and the loopback
    assert engine.stats.duplicate == 2


@both_sockets
def test_forged_replies_do_not_bring_a_dead_node_to_life(raw: bool) -> None:
    def forge(packet: bytes) -> list[tuple[float, bytes]]:
        head, cookie = packet[24:28], packet[28:]
        ours, node, other = packet[12:16], packet[16:20], bytes([10, 6, 6, 6])
        return [
            (0, ip(other, ours, icmp(0, 0, head + cookie))),
            (0, ip(node, ours, icmp(0, 0, head + bytes(8)))),
            (0, ip(node, ours, icmp(0, 0, head))),
            (0, ip(node, ours, icmp(0, 0, head + cookie + b"!"))),
            (0, ip(node, ours, icmp(0, 0, head[:2] + b"\xff\xff" + cookie))),
            (0, ip(node, ours, icmp(0, 0, b"\0\0" + head[2:] + cookie))),  # another program's
        ]

    reach, engine = looked_at(forge, raw=raw)
    assert not reach.answered
    assert engine.stats.forged == 5


@both_sockets
def test_an_unreachable_host_is_told_at_once(raw: bool) -> None:
    def unreachable(packet: bytes) -> list[tuple[float, bytes]]:
        router = bytes([10, 0, 0, 254])
        return [(0, ip(router, packet[12:16], icmp(3, 1, bytes(4) + packet[:28])))]

    reach, engine = looked_at(unreachable, raw=raw, timeout_s=10.0)
    assert (reach.answered, reach.failure) == (False, Failure.REFUSED)
    assert "10.0.0.254" in reach.detail
    assert engine.stats.refused == 1


def test_a_forged_error_does_not_take_a_living_node_down() -> None:
    def network(packet: bytes) -> list[tuple[float, bytes]]:
        router, ours = bytes([10, 0, 0, 254]), packet[12:16]
        wrong_sum = packet[:22] + b"\0\0" + packet[24:28]
        wrong_target = packet[:16] + bytes([10, 1, 2, 4]) + packet[20:28]
        return [
            (0, ip(router, ours, icmp(3, 1, bytes(4) + wrong_sum))),
            (0, ip(router, ours, icmp(3, 1, bytes(4) + wrong_target))),
            (0.05, reply_to(packet)),
        ]

    reach, engine = looked_at(network)
    assert reach.answered
    assert engine.stats.forged == 2


@both_sockets
def test_without_a_route_the_look_ends_at_once(raw: bool) -> None:
    async def work() -> Reach:
        async with IcmpEngine(raw=raw) as engine:
            return (await engine.sweep([("n", "10.1.2.3")], timeout_s=10.0))[0]

    reach = in_namespace(work, PING_SOCKETS)
    assert (reach.answered, reach.failure) == (False, Failure.REFUSED)
    assert "network is unreachable" in reach.detail


def test_noise_on_the_line_neither_crashes_nor_deceives() -> None:
    rng = random.Random(7)

    def noise(packet: bytes) -> list[tuple[float, bytes]]:
        genuine = bytearray(packet[24:])
        mangled = []
        for _ in range(200):
            copy = bytearray(genuine)
            copy[rng.randrange(len(copy))] ^= 1 << rng.randrange(8)
            mangled.append((0.0, ip(packet[16:20], packet[12:16], icmp(0, 0, bytes(copy)))))
            junk = rng.randbytes(rng.randrange(60))
            kind = rng.choice([0, 3, 11])
            mangled.append((0.0, ip(packet[16:20], packet[12:16], icmp(kind, 0, junk))))
        return mangled

    reach, _ = looked_at(noise, timeout_s=0.5)
    assert not reach.answered
