"""Bursts, closed ports and small privileges."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from collector.errors import AddressError
from collector.failure import Failure
from collector.sample import Reach
from collector.snmp import sockets
from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from tests.collector.namespace import FULL_TO_10_9, in_namespace
from tests.snmp.conftest import Snmpd, community, free_port
from tests.snmp.test_snmpd import probe


async def test_closed_ports_do_not_disturb_their_neighbours(
    engine: SnmpEngine, snmpd: Snmpd
) -> None:
    """The kernel reports a closed port by failing the next send, whoever that is for."""
    closed = free_port()
    alive = [snmpd.target(community(), f"127.0.2.{n}") for n in range(1, 60)]
    dead = [replace(target, port=closed) for target in alive]
    mixed = [target for pair in zip(alive, dead, strict=True) for target in pair]
    reaches = await asyncio.gather(*(probe(engine, target) for target in mixed))
    assert all(reach.answered for reach in reaches[::2])
    assert {reach.failure for reach in reaches[1::2]} == {Failure.REFUSED}
    assert {reach.detail for reach in reaches[1::2]} == {"Connection refused"}
    assert engine.stats.unreachable == len(dead)
    assert engine.stats.in_flight == engine.stats.waiting == 0


def test_a_way_out_that_is_full_loses_packets_and_refuses_nobody() -> None:
    """The kernel tells us, because errors of ICMP are wanted, what others never hear of."""

    async def work() -> tuple[Reach, int]:
        async with SnmpEngine() as engine:
            beyond = Target("cpe-1", "10.9.0.2", 161, community(), 0.05, 1)
            return await probe(engine, beyond), engine.stats.requests

    reach, requests = in_namespace(work, *FULL_TO_10_9)
    assert (reach.answered, reach.failure, requests) == (False, Failure.TIMEOUT, 2)


async def test_without_privilege_several_sockets_share_the_burst(
    engine: SnmpEngine, snmpd: Snmpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SO_RCVBUFFORCE", socket.SO_RCVBUF)
    monkeypatch.setattr(sockets, "DEEP_BUFFER", 1 << 30)
    targets = [snmpd.target(community(), f"127.0.3.{n}") for n in range(1, 130)]
    reaches = await asyncio.gather(*(probe(engine, target) for target in targets))
    assert all(reach.answered for reach in reaches)
    assert len(engine._transport._peers._sockets[socket.AF_INET]) == sockets.MOST_SOCKETS


async def test_a_burst_wider_than_the_window_is_answered_whole(snmpd: Snmpd) -> None:
    async with SnmpEngine(window=7) as engine:
        targets = [snmpd.target(community(), f"127.0.4.{n}") for n in range(1, 200)]
        reaches: list[Reach] = []
        for target in targets:
            engine.probe(target, reaches.append)
        assert engine.stats.waiting == len(targets)
        while len(reaches) < len(targets):
            assert engine.stats.in_flight <= 7
            await asyncio.sleep(0.001)
        assert all(reach.answered for reach in reaches)


async def test_dead_nodes_wait_side_by_side_whatever_the_window() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("0.0.0.0", 0))  # noqa: S104  all of 127.0.0.0/8, and it never answers
        port = silent.getsockname()[1]
        dead = [Target(f"n{n}", f"127.0.5.{n}", port, community(), 0.6, 0) for n in range(1, 21)]
        async with SnmpEngine(window=4) as engine:
            started = asyncio.get_running_loop().time()
            await asyncio.gather(*(probe(engine, target) for target in dead))
            took_s = asyncio.get_running_loop().time() - started
        assert took_s < len(dead) / 4 * 0.6  # what it would take four at a time


@pytest.mark.parametrize("address", ["router.example", "10.0.0", "", "10.0.0.1/24", "fe80::1%none"])
async def test_an_address_that_is_none_is_named(engine: SnmpEngine, address: str) -> None:
    with pytest.raises(AddressError, match="hub-7: "):
        engine.probe(Target("hub-7", address, 161, community()), lambda _: None)


@pytest.mark.parametrize("port", [0, 65_536, -1])
async def test_a_port_that_is_none_is_named(engine: SnmpEngine, port: int) -> None:
    with pytest.raises(AddressError, match="hub-7: port"):
        engine.probe(Target("hub-7", "10.0.0.1", port, community()), lambda _: None)


def test_addresses_are_spelt_as_the_kernel_spells_them() -> None:
    def spelt(address: str) -> str:
        return Target("n", address, 161, community()).socket_address()[1][0]

    assert spelt("2001:DB8:0::0001") == "2001:db8::1"
    assert spelt("fe80::1%lo") == "fe80::1"
    assert spelt("127.0.0.1") == "127.0.0.1"
